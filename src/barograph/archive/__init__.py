"""The archive: an append-only log of vintages, how far we have looked, as-of views, and the ledger of statements."""

from __future__ import annotations

import sqlite3


def sqlite_version() -> tuple[int, ...]:
    """The version of the SQLite library in use."""
    return sqlite3.sqlite_version_info
