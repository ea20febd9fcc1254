"""Frozen types and pure functions that every other room may use; nothing here reads a clock, a file or a socket."""
