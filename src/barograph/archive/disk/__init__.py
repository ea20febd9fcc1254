"""Bytes, files, locks and tables: what the archive is made of on disk."""
