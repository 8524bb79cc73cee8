"""What a run puts into the kernels of its steps: sent as text, never imported by nb2pipe itself."""
