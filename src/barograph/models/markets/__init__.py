"""Levels, ranges, momentum, mean reversion and positioning of the traded assets."""
