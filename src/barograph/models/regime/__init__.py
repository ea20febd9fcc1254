"""The regime: quadrants and cells, states of the market, shocks of the day."""
