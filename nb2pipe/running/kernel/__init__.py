"""Kernels: which one, forked or started, talked to, watched and ended."""
