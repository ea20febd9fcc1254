"""The manifest: which segments exist, in one append-only chained table, and the head that anchors the past.

Every commit adds a row, compaction adds one that names what it replaces. `tails` of a row holds the ends of the other
chains (batches, quarantine, news, ...), so that the link of one manifest row vouches for all of them.

The head is `b1-<ledger rows>-<manifest rows>-<sha256 of both links>`: printed on the page, it lets anybody prove later
that the first so many rows are still the same. A copy lies beside the database in the file HEAD, by which the loss of
the database or of its newest rows is noticed.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from barograph.archive.disk import files
from barograph.archive.disk.chain import GENESIS, Row, Tail
from barograph.archive.disk.database import BATCHES, BODIES, LEDGER, MANIFEST, NEWS, QUARANTINE
from barograph.archive.disk.segments import Segment

_HEAD = re.compile(r"b1-(\d+)-(\d+)-([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest read up to `tail`: live segments in the order of their rows; names of all that were replaced."""

    tail: Tail = Tail(0, GENESIS)
    live: dict[str, Segment] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)  # name -> name of the segment that holds its rows now

    def onward(self, con: sqlite3.Connection) -> Manifest:
        """This manifest with the rows added since."""
        tail = MANIFEST.tail(con)
        if tail == self.tail:
            return self
        live, replaced = dict(self.live), dict(self.replaced)
        for row in MANIFEST.read(con, self.tail):
            segment = segment_of(row)
            if segment is not None:
                for name in replaced_by(row):
                    del live[name]
                    replaced[name] = segment.name
                live[segment.name] = segment
        return Manifest(tail, live, replaced)


def segment_of(row: Row) -> Segment | None:
    """The segment that a manifest row adds, if any."""
    _, _, name, sha256, size, rows, content, *_ = row
    if not name:
        return None
    return Segment(str(name), str(sha256), int(size or 0), int(rows or 0), str(content))


def replaced_by(row: Row) -> list[str]:
    """The segments that a manifest row replaces."""
    return [str(name) for name in json.loads(str(row[7]))]


def append(con: sqlite3.Connection, kind: str, segment: Segment | None, replaced: list[str], at: int) -> None:
    """Add a row, after all other tables of the transaction have been written."""
    part: Row = ("", "", 0, 0, "")
    if segment is not None:
        part = (segment.name, segment.sha256, segment.size, segment.rows, segment.content)
    tails = {c.name: (lambda t: [t.n, t.link])(c.tail(con)) for c in (BATCHES, QUARANTINE, BODIES, NEWS)}
    sealed = con.execute("SELECT n, link FROM heads WHERE name = 'coverage'").fetchone()
    tails["coverage"] = list(sealed)
    MANIFEST.append(con, [(kind, *part, json.dumps(replaced), at, json.dumps(tails, sort_keys=True))])


def head_text(ledger: Tail, manifest: Tail) -> str:
    """The head for two ends."""
    both = hashlib.sha256(f"{ledger.link}{manifest.link}".encode()).hexdigest()
    return f"b1-{ledger.n}-{manifest.n}-{both}"


def current_head(con: sqlite3.Connection) -> str:
    """The head now."""
    return head_text(LEDGER.tail(con), MANIFEST.tail(con))


def head_at(con: sqlite3.Connection, at: int) -> str:
    """The head as it stood when rows stored up to `at` (microseconds) were there."""
    ledger = sum(1 for row in LEDGER.read(con) if int(row[3] or 0) <= at)
    manifest = sum(1 for row in MANIFEST.read(con) if int(row[8] or 0) <= at)
    return head_text(Tail(ledger, LEDGER.link_at(con, ledger)), Tail(manifest, MANIFEST.link_at(con, manifest)))


def contradiction(con: sqlite3.Connection, anchor: str) -> str:
    """Why the tables are not the ones of which `anchor` was printed, or an empty string; reads links only."""
    found = _HEAD.fullmatch(anchor.strip())
    if found is None:
        return f"{anchor[:80]!r} is not a head (b1-<ledger rows>-<manifest rows>-<sha256>)"
    counts = {LEDGER: int(found[1]), MANIFEST: int(found[2])}
    tails = []
    for chain, n in counts.items():
        end = chain.tail(con)
        if end.n < n:
            return f"the {chain.name} held {n} rows then and holds {end.n} now"
        tails.append(Tail(n, chain.link_at(con, n)))
    if head_text(tails[0], tails[1]) != anchor.strip():
        return "rows that the head vouches for have been changed"
    return ""


def write_witness(folder: Path, con: sqlite3.Connection) -> None:
    """Renew HEAD after a transaction."""
    files.write_whole(folder / "HEAD", (current_head(con) + "\n").encode())


def read_witness(folder: Path) -> str | None:
    """What HEAD says; None where there is no such file."""
    try:
        return (folder / "HEAD").read_bytes().decode("ascii", "replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise files.damaged(f"read {folder / 'HEAD'}", error.strerror or str(error)) from error


def is_empty(head: str) -> bool:
    """Whether a head stands for an archive in which nothing was committed."""
    return head.startswith("b1-0-0-")
