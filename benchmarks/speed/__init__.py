"""How fast nb2pipe is, beside the tools people would use instead: ``python -m benchmarks.speed``."""
