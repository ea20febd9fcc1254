"""The archive's SQLite file: its tables, how connections are set up, and transactions.

WAL mode, `synchronous=FULL`. SQLite before 3.51.3 can corrupt a database when two connections write or checkpoint at
once (sqlite.org/wal.html#walresetbug): readers are opened read-only, which cannot checkpoint, and the one writer holds
the archive's lock. `mmap_size` stays 0, so that a disk error is an error and not a signal.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from barograph.archive.disk.chain import GENESIS, Chain
from barograph.archive.disk.files import adopt, damaged, free_space, remove
from barograph.core.errors import ArchiveError

#: Format of the archive; a change of any table or of the segments' columns raises it.
FORMAT = 1
APPLICATION = 0x4241524F
SYNCHRONOUS = "FULL"

MANIFEST = Chain("manifest", ("kind", "name", "sha256", "bytes", "rows", "content", "replaced", "at", "tails"))
BATCHES = Chain(
    "batches",
    ("source", "request", "stored_at", "sha256", "start", "stop", "code_version", "rows", "new", "series"),
)
LEDGER = Chain("ledger", ("made_on", "statement", "stored_at"))
QUARANTINE = Chain("quarantine", ("entry", "state", "body", "at"))
BODIES = Chain("bodies", ("source", "request", "sha256", "reason", "at"))
PROBLEMS = Chain("problems", ("body", "at"))
RUNS = Chain("runs", ("name", "until", "summary", "exit_code", "at"))
NEWS = Chain("news", ("source", "url", "published_at", "seen_at", "title", "hash"))
CHAINS = (MANIFEST, BATCHES, LEDGER, QUARANTINE, BODIES, PROBLEMS, RUNS, NEWS)

_KEYED = (
    "CREATE TABLE heads (name TEXT PRIMARY KEY, n, link) WITHOUT ROWID",
    "CREATE TABLE coverage (series_id TEXT PRIMARY KEY, start, stop, looked_at, steps, digest) WITHOUT ROWID",
    "CREATE TABLE conditional (request TEXT PRIMARY KEY, etag, last_modified, series, digest) WITHOUT ROWID",
    "CREATE TABLE states (key TEXT PRIMARY KEY, body, digest) WITHOUT ROWID",
)


class Database:
    """One connection. Reads run in one transaction each and so see one state; a lock makes it usable from threads."""

    def __init__(self, path: Path, *, writing: bool) -> None:
        self.path = path
        self._lock = threading.RLock()
        mode = "rw" if writing else "ro"
        # A read-only folder has no room for the shared-memory file; with no log beside it the file alone is the state.
        still = not writing and not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists()
        self._con = connect(path, f"mode={mode}" + ("&immutable=1" if still else ""))
        with self._translated("open"):
            pragma = self._con.execute
            pragma("PRAGMA mmap_size = 0")
            pragma("PRAGMA trusted_schema = OFF")
            pragma("PRAGMA cell_size_check = ON")
            if writing:
                pragma(f"PRAGMA synchronous = {SYNCHRONOUS}")
            pragma(f"PRAGMA wal_autocheckpoint = {1000 if writing else 0}")
            self._check_format()

    def _check_format(self) -> None:
        version = self._con.execute("PRAGMA user_version").fetchone()[0]
        application = self._con.execute("PRAGMA application_id").fetchone()[0]
        if application != APPLICATION or version < 1:
            raise damaged(f"open {self.path}", f"not an archive's state (application {application}, format {version})")
        if version > FORMAT:
            raise ArchiveError(
                f"open {self.path}",
                f"it has format {version}; this Barograph reads up to format {FORMAT}",
                "a newer Barograph wrote it",
                "Install the newer Barograph; nothing was changed.",
            )

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent state of all tables."""
        with self._lock, self._translated("read"):
            if self._con.in_transaction:  # inside another reading of this thread
                yield self._con
                return
            self._con.execute("BEGIN")
            try:
                yield self._con
            finally:
                self._con.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on disk for good when this returns."""
        with self._lock, self._translated("write"):
            self._con.execute("BEGIN IMMEDIATE")
            try:
                yield self._con
                self._con.execute("COMMIT")
            finally:
                if self._con.in_transaction:
                    self._con.execute("ROLLBACK")

    def checkpoint(self) -> None:
        """Move the log into the file; only under the writer lock."""
        with self._lock, self._translated("write"):
            self._con.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def check(self) -> list[str]:
        """SQLite's own integrity check: what it complains about."""
        with self._lock, self._translated("read"):
            return [str(r[0]) for r in self._con.execute("PRAGMA integrity_check") if r[0] != "ok"]

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._con.close()

    @contextmanager
    def _translated(self, verb: Literal["open", "read", "write"]) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if verb == "write":
                raise ArchiveError(
                    f"write {self.path}",
                    f"SQLite says: {error}; {free_space(self.path)}",
                    "everything acknowledged so far is kept",
                    "Free space or mend the disk, then run the command again: a failed write is not retried.",
                ) from error
            raise damaged(f"{verb} {self.path}", f"SQLite says: {error}") from error


def connect(path: Path, query: str) -> sqlite3.Connection:
    """A connection without implicit transactions."""
    # Quoted by hand: as_uri refuses relative paths, and only these characters mean something in a URI.
    quoted = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    try:
        return sqlite3.connect(
            f"file:{quoted}?{query}", uri=True, isolation_level=None, timeout=30, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise damaged(f"open {path}", f"SQLite says: {error}") from error


def create(path: Path) -> None:
    """Make the file with its empty tables, under the writer lock; it bears its name only once it is complete."""
    draft = path.with_name(path.name + ".new")
    for leftover in (draft, Path(f"{draft}-wal"), Path(f"{draft}-shm"), Path(f"{draft}-journal")):
        remove(leftover)
    con = connect(draft, "mode=rwc")
    try:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
        con.execute("BEGIN IMMEDIATE")
        for statement in (*_KEYED, *(c.ddl for c in CHAINS)):
            con.execute(statement)
        rows = [(c.name, 0, GENESIS) for c in CHAINS] + [("coverage", 0, GENESIS)]
        con.executemany("INSERT INTO heads VALUES (?, ?, ?)", rows)
        con.execute("CREATE UNIQUE INDEX news_once ON news (hash)")
        con.execute(f"PRAGMA application_id = {APPLICATION}")
        con.execute(f"PRAGMA user_version = {FORMAT}")
        con.execute("COMMIT")
        con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise ArchiveError(
            f"create {path}", f"SQLite says: {error}; {free_space(path)}", "", "Free space or mend the disk, then retry."
        ) from error
    finally:
        con.close()
    adopt(draft, path)
