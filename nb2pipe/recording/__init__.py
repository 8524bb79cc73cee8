"""The observed run of the original notebook, and the probe that looks at it from inside the kernel."""
