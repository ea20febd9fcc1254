"""Who moved the index: members, sectors, tilts, universes, mega caps."""
