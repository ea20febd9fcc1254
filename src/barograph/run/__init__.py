"""The only room with a clock, keys and settings: the command line, the Python entry, ingest and the daily page."""
