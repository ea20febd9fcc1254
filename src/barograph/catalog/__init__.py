"""What is recorded: one TOML file per block, one row per series, and the days on which releases broke the rule."""
