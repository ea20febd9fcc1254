"""What rates do to every asset: betas, breaks, days of events, scenarios."""
