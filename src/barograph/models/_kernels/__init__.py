"""Compiled kernels: pure functions on arrays, imported by the models that need them when they need them."""
