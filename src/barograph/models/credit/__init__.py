"""Credit spreads: levels, conditional bands, asymmetry, carry."""
