"""The journal: one append-only SQLite table in which every commit, look, problem and statement is an entry.

Each entry is linked to the one before by a sha256 over all its columns, its number included, so that a changed, deleted,
inserted or reordered entry breaks the chain; the head of the chain, printed on every page, finds a cut-off tail.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from barograph.archive.files import make_folder, sync_folder, unwritable
from barograph.core.errors import ArchiveError, DamageError

#: Form of the archive. A newer one is refused in words, an older one is read.
SCHEMA = 1
GENESIS = "0" * 64
_TABLE = """CREATE TABLE IF NOT EXISTS entry (
    seq INTEGER PRIMARY KEY, stored_at TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, link TEXT NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its number from 1 on, when it was stored (UTC), its kind, its body, and its link in the chain."""

    seq: int
    stored_at: datetime
    kind: str
    body: dict[str, Any]
    link: str


def link_of(previous: str, seq: int, stored_at: str, kind: str, body: str) -> str:
    """The link of an entry: sha256 over the link before and all columns, lengths included so that none can be shifted."""
    digest = hashlib.sha256()
    for piece in (previous, str(seq), stored_at, kind, body):
        data = piece.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


class Journal:
    """A connection to the journal. Readers never checkpoint; the writer does, under its lock."""

    def __init__(self, path: Path, *, writer: bool = False, create: bool = False) -> None:
        self.path, self.frozen = path, False
        if create and not path.exists():
            make_folder(path.parent)
        try:
            self._db = self._connect(writer, create)
        except sqlite3.Error as error:
            raise self._unreadable(error) from error
        except OSError as error:
            raise unwritable(path, error) from error

    def _refuse_lost(self) -> None:
        """Raise where segments lie beside a journal that is gone or empty: to begin anew would disown them."""
        wal = self.path.with_name(self.path.name + "-wal")
        if any(p.is_file() and p.stat().st_size for p in (self.path, wal)):
            return
        if next((self.path.parent / "log").glob("*.parquet"), None) is not None:
            raise DamageError(
                f"the journal {self.path.name}",
                f"it is {'empty' if self.path.exists() else 'gone'}, and there are segments that only it can name",
                "",
                "Restore the archive from a backup.",
            )

    def _connect(self, writer: bool, create: bool) -> sqlite3.Connection:
        self._refuse_lost()
        if not self.path.exists() and not create:
            if self.path.parent.is_file():
                raise ArchiveError(
                    f"the archive {self.path.parent}", "a file is there", "", "Give a folder with --archive."
                )
            raise ArchiveError(
                f"the archive {self.path.parent}",
                "no archive is there",
                "",
                "Run `barograph update` to make one, or give its folder with --archive.",
            )
        fresh = not self.path.exists()
        if not writer:
            return self._reader()
        else:
            db = sqlite3.connect(self.path, isolation_level=None, timeout=30, check_same_thread=False)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.execute("PRAGMA wal_autocheckpoint=1000")
        db.execute("PRAGMA mmap_size=0")
        if create:
            db.execute(_TABLE)
        if fresh:
            sync_folder(self.path.parent)
        return db

    def _reader(self) -> sqlite3.Connection:
        """A read-only connection: it cannot checkpoint, not even as the last one to close."""
        try:
            db = self._open_as("mode=ro")
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            # The shared memory beside a journal in use cannot be made where this process may not write. With nothing
            # waiting in the write-ahead log the file alone is whole; it is opened anew at each refresh.
            if "unable to open" not in str(error) and "readonly" not in str(error):
                raise
            wal = self.path.with_name(self.path.name + "-wal")
            if wal.is_file() and wal.stat().st_size:
                raise ArchiveError(
                    f"reading the archive {self.path.parent}",
                    "its newest entries wait in the write-ahead log, which this user may not open",
                    "",
                    "Wait until the writer has ended, or grant write permission on the folder.",
                ) from error
            self.frozen = True
            db = self._open_as("immutable=1")
        db.execute("PRAGMA mmap_size=0")
        return db

    def _open_as(self, mode: str) -> sqlite3.Connection:
        address = f"file:{quote(str(self.path))}?{mode}"
        return sqlite3.connect(address, uri=True, isolation_level=None, timeout=30, check_same_thread=False)

    def reopen_if_frozen(self) -> None:
        """Look at the file anew where what others write cannot be followed."""
        if self.frozen:
            self._db.close()
            self.frozen = False
            try:
                self._db = self._reader()
            except sqlite3.Error as error:
                raise self._unreadable(error) from error

    @staticmethod
    def is_begun(path: Path) -> bool:
        """Whether a journal with its table lies there."""
        if not path.is_file() or not path.stat().st_size:
            return False
        try:
            db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
            try:
                return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone() is not None
            finally:
                db.close()
        except sqlite3.Error:
            return False  # a power loss while it was made; whoever makes it says so if it is more than that

    def _unreadable(self, error: sqlite3.Error) -> ArchiveError:
        if any(words in str(error) for words in ("disk is full", "disk I/O error")):
            return unwritable(self.path, OSError(0, str(error)))
        if "readonly" in str(error) or "unable to open" in str(error):
            return ArchiveError(
                f"the archive {self.path.parent}",
                f"cannot be opened for writing: {error}",
                "",
                "Grant write permission, or give another folder with --archive.",
            )
        if "no such table" in str(error):
            return ArchiveError(
                f"the archive {self.path.parent}",
                "it was begun and never filled",
                "",
                "Run `barograph update` to fill it.",
            )
        return DamageError(
            f"the journal {self.path.name}", f"damaged: {error}", "", "Restore the archive from a backup."
        )

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def rows(self) -> Iterator[tuple[int, str, str, str, str]]:
        """The raw rows in order of number."""
        try:
            yield from self._db.execute("SELECT seq, stored_at, kind, body, link FROM entry ORDER BY seq")
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def entries(self, after: int = 0, link: str = GENESIS) -> Iterator[Entry]:
        """Entries after number `after` (whose link is `link`), each checked against the chain.

        Raises
        ------
        DamageError
            An entry is not what was written, or one is missing.
        """
        try:
            cursor = self._db.execute(
                "SELECT seq, stored_at, kind, body, link FROM entry WHERE seq > ? ORDER BY seq", (after,)
            )
            for expected, row in enumerate(cursor, after + 1):
                seq, stored_at, kind, body, written = row
                if seq != expected or link_of(link, seq, stored_at, kind, body) != written:
                    raise DamageError(
                        f"entry {expected} of the journal",
                        "it is not what was written, or one before it is missing",
                        "",
                        "Restore the archive from a backup; nothing was read from it.",
                    )
                link = written
                yield Entry(seq, datetime.fromisoformat(stored_at), kind, json.loads(body), written)
        except (sqlite3.Error, TypeError, AttributeError, ValueError, OverflowError) as error:
            if isinstance(error, sqlite3.Error):
                raise self._unreadable(error) from error
            raise DamageError(
                "the journal", f"an entry cannot be read: {error}", "", "Restore the archive from a backup."
            ) from error

    def newest(self) -> tuple[int, str]:
        """Number and link of the newest entry."""
        try:
            row = self._db.execute("SELECT seq, link FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
        except sqlite3.Error as error:
            raise self._unreadable(error) from error
        return (row[0], row[1]) if row else (0, GENESIS)

    def append(self, stored_at: datetime, items: list[tuple[str, dict[str, Any]]]) -> list[Entry]:
        """Append entries in one transaction, durable when this returns. Only the holder of the writer lock calls it."""
        seq, link = self.newest()
        at = stored_at.astimezone(UTC).isoformat(timespec="microseconds")
        made = []
        for kind, body in items:
            seq += 1
            text = json.dumps(body, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
            link = link_of(link, seq, at, kind, text)
            made.append((seq, at, kind, text, link))
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT INTO entry VALUES (?,?,?,?,?)", made)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise ArchiveError(
                f"writing {self.path.name}",
                str(error),
                "the archive is as it was before",
                "Make room or grant write permission, then run the command again.",
            ) from error
        return [Entry(s, datetime.fromisoformat(a), k, json.loads(b), lk) for s, a, k, b, lk in made]

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the database; under the writer lock only."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
