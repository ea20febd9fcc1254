"""Append-only tables whose rows are chained by sha256 over all columns, and keyed rows that carry their own digest.

A row's link is sha256(link of the row before, table, id and every column). Reading checks the link of each row read,
so a changed, swapped, inserted or removed row is found by whoever reads it; a removed tail is found by the heads table,
and a rewritten table by an anchor kept outside (`manifest.head_text`). After the construction of Certificate
Transparency (Laurie, Langley, Kasper 2013, RFC 6962) without its tree: these logs are short enough to be read through.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from barograph.archive.disk.files import damaged

Cell = str | int | None
Row = tuple[Cell, ...]
GENESIS = "0" * 64
_AT_ONCE = 500  # parameters in one IN list


def digest_of(previous: str, name: str, row: Sequence[Cell]) -> str:
    """sha256 over the link before, the table's name and every cell; types count, so 1 is not "1"."""
    text = json.dumps([previous, name, *row], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a chain: number of rows and link of the last one."""

    n: int
    link: str


@dataclass(frozen=True, slots=True)
class Chain:
    """One append-only table. `columns` leave out `id` (1, 2, 3, ...) and `link`."""

    name: str
    columns: tuple[str, ...]

    @property
    def ddl(self) -> str:
        """Columns have no type: SQLite then gives back what it was given."""
        return f"CREATE TABLE {self.name} (id INTEGER PRIMARY KEY, {', '.join(self.columns)}, link)"

    @property
    def _select(self) -> str:
        return f"SELECT id, {', '.join(self.columns)}, link FROM {self.name}"

    def tail(self, con: sqlite3.Connection) -> Tail:
        """The end of the chain, checked against the last row there is."""
        head = con.execute("SELECT n, link FROM heads WHERE name = ?", (self.name,)).fetchone()
        last = con.execute(f"SELECT id, link FROM {self.name} ORDER BY id DESC LIMIT 1").fetchone()
        if head is None or tuple(head) != tuple(last or (0, GENESIS)):
            raise damaged(f"read table {self.name}", f"its head says {head}, its last row is {last}")
        return Tail(*head)

    def append(self, con: sqlite3.Connection, rows: Iterable[Row]) -> Tail:
        """Add rows inside the caller's transaction; returns the new end."""
        tail = self.tail(con)
        n, link = tail.n, tail.link
        full: list[Row] = []
        for row in rows:
            n += 1
            link = digest_of(link, self.name, (n, *row))
            full.append((n, *row, link))
        if full:
            marks = ", ".join("?" * (len(self.columns) + 2))
            con.executemany(f"INSERT INTO {self.name} VALUES ({marks})", full)
            con.execute("UPDATE heads SET n = ?, link = ? WHERE name = ?", (n, link, self.name))
        return Tail(n, link)

    def read(self, con: sqlite3.Connection, after: Tail | None = None) -> list[Row]:
        """All rows after `after` as (id, columns...), each link checked, nothing missing in between or at the end."""
        start = after or Tail(0, GENESIS)
        end = self.tail(con)
        if start.n and self.link_at(con, start.n) != start.link:
            raise damaged(f"read table {self.name}", f"row {start.n} is no longer the row it was")
        n, link, out = start.n, start.link, []
        for row in con.execute(f"{self._select} WHERE id > ? ORDER BY id", (start.n,)):
            n += 1
            link = self._checked(row, n, link)
            out.append(tuple(row[:-1]))
        if (n, link) != (end.n, end.link):
            raise damaged(f"read table {self.name}", f"it ends at row {n}, not at row {end.n}")
        return out

    def newest(self, con: sqlite3.Connection, limit: int) -> list[Row]:
        """The last `limit` rows, oldest first."""
        end = self.tail(con)
        begin = max(end.n - limit, 0)
        return self.read(con, Tail(begin, self.link_at(con, begin)))

    def pick(self, con: sqlite3.Connection, ids: Sequence[int]) -> dict[int, Row]:
        """Single rows by id, each checked against its link and the link before it."""
        out: dict[int, Row] = {}
        wanted = sorted(set(ids))
        columns = ", ".join(f"a.{c}" for c in ("id", *self.columns, "link"))
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            query = (
                f"SELECT p.link, {columns} FROM {self.name} a LEFT JOIN {self.name} p ON p.id = a.id - 1 "
                f"WHERE a.id IN ({', '.join('?' * len(part))})"
            )
            for row in con.execute(query, part):
                before = GENESIS if row[1] == 1 else row[0]
                self._checked(row[1:], row[1], before)
                out[row[1]] = tuple(row[1:-1])
        missing = [i for i in wanted if i not in out]
        if missing:
            raise damaged(f"read table {self.name}", f"row {missing[0]} is gone")
        return out

    def link_at(self, con: sqlite3.Connection, n: int) -> str:
        """The link of row `n`, as stored; the start of all chains for 0."""
        if n == 0:
            return GENESIS
        row = con.execute(f"SELECT link FROM {self.name} WHERE id = ?", (n,)).fetchone()
        if row is None:
            raise damaged(f"read table {self.name}", f"row {n} is gone")
        return str(row[0])

    def _checked(self, row: Sequence[Cell], n: int, before: object) -> str:
        try:
            link = digest_of(str(before), self.name, row[:-1])
        except TypeError:  # damage turned a cell into bytes or a float
            link = ""
        if row[0] != n or link != row[-1]:
            raise damaged(f"read table {self.name}", f"row {row[0]} does not match its chain")
        return link


def seal(name: str, row: Sequence[Cell]) -> str:
    """The digest that a keyed row carries in its last column."""
    return digest_of("", name, row)


def opened(name: str, row: Sequence[Cell]) -> Row:
    """A keyed row without its digest, checked."""
    try:
        good = seal(name, row[:-1]) == row[-1]
    except TypeError:
        good = False
    if not good:
        raise damaged(f"read table {name}", f"the row of {row[0]!r} does not match its digest")
    return tuple(row[:-1])
