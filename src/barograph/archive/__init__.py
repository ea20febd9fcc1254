"""The vintage log: what was known, when, and since when we hold it."""
