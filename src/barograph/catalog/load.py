"""Read the catalogue: the packaged rows, an archive's own rows, and the user's folder, in that order."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from barograph.catalog.agenda import events_of, publication_of
from barograph.catalog.catalog import Catalog
from barograph.catalog.check import BLOCKS, collisions, nearest, refuse
from barograph.catalog.feeds import feed_of
from barograph.catalog.rows import add_days, closure_of, series_of
from barograph.catalog.themes import GAZETTEER
from barograph.core.errors import CatalogError
from barograph.core.feed import Feed
from barograph.core.observation import Announcement
from barograph.core.release import Closure
from barograph.core.series import Series

TABLES = ("block", "groups", "series", "override", "closure", "release", "never", "feed", "publication", "schedule")
_BIGGEST = 1_000_000  # bytes; a hand-written file is a hundredth of that


def packaged() -> Traversable:
    """The folder of the packaged rows."""
    return resources.files("barograph.catalog")


def sample_overlay() -> dict[str, str]:
    """The rows of the packaged sample: file name -> TOML text.

    Whoever fills a sample archive writes them into `<archive>/catalogue/`, so that every later reading of that archive
    finds them; no other archive has them.
    """
    folder = packaged() / "sample"
    return {f.name: f.read_text("utf-8") for f in _files(folder)}


def load(user_folder: Path | None = None, *, archive_folder: Path | None = None, sample: bool = False) -> Catalog:
    """Load the catalogue.

    Parameters
    ----------
    user_folder
        A folder of TOML files with rows to add (`[[series]]`) or to change (`[[override]]` with an id and the keys to
        change). It must exist when given.
    archive_folder
        The archive's own catalogue folder (imported files, the sample); need not exist.
    sample
        Add the rows of the packaged sample.

    Raises
    ------
    CatalogError
        A file that is no TOML, an unknown key, unit, rule or reader, an id or a provider code given twice.
    """
    reading = _Reading()
    for file in _files(packaged()):
        if file.name != GAZETTEER:  # words, no rows
            reading.add(file, file.name)
    if sample:
        for file in _files(packaged() / "sample"):
            reading.add(file, f"sample/{file.name}")
    for folder in (archive_folder, user_folder):
        if folder is None or (folder is archive_folder and not folder.is_dir()):
            continue
        if not folder.is_dir():
            raise CatalogError(
                f"the catalogue folder {folder}", "no such folder", "", "Make it, or unset BAROGRAPH_CATALOGUE."
            )
        for file in _files(folder):
            reading.add(file, str(folder / file.name))
    return reading.catalog()


def _files(folder: Traversable | Path) -> list[Traversable | Path]:
    return sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)


class _Reading:
    """Tables gathered from the files; rows are built at the end, when every override is known."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[dict[str, Any], str]] = {}
        self.closures: list[Closure] = []
        self.days: list[tuple[dict[str, Any], bool, str]] = []
        self.codes: dict[tuple[str, str], str] = {}
        self.feeds: dict[str, Feed] = {}
        self.publications: dict[str, tuple[dict[str, Any], str]] = {}
        self.events: list[Announcement] = []
        self.schedules: dict[str, str] = {}

    def add(self, file: Traversable | Path, name: str) -> None:
        """Take in one file; rows of an earlier file may be overridden, never repeated."""
        body = file.read_bytes()
        if len(body) > _BIGGEST:
            raise refuse(name, f"{len(body)} bytes", f"{_BIGGEST} bytes", "Split the file.")
        try:
            content = tomllib.loads(body.decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise refuse(name, f"no TOML: {error}", "", "Correct the file.") from None
        for key in content:
            if key not in TABLES:
                raise refuse(name, f"unknown table {key!r}", nearest(key, TABLES) or ", ".join(TABLES))
        for table in _tables(content, "series", name):
            row = self._grouped(table, content, name)
            where = f"catalogue row {row['id']} in {name}"
            if row["id"] in self.rows:
                raise refuse(
                    where,
                    f"a duplicate id: {self.rows[row['id']][1]} has it",
                    "[[override]]",
                    "Give another id, or change the row with an [[override]] table.",
                )
            self.rows[row["id"]] = (row, where)
        for table in _tables(content, "override", name):
            changes = self._grouped(table, content, name)
            if changes["id"] not in self.rows:
                raise refuse(f"override in {name}", f"unknown id {changes['id']!r}", nearest(changes["id"], self.rows))
            row, where = self.rows[changes["id"]]
            changes.pop("block", None)
            if "providers" in changes:  # the row can still be named by the codes that it had
                self.codes.update({(p.source, p.code): changes["id"] for p in series_of(row, where).providers})
            self.rows[changes["id"]] = ({**row, **changes}, f"{where}, overridden in {name}")
        for table in _tables(content, "feed", name):
            feed = feed_of(table, name)
            self.feeds[feed.id] = feed  # a later file's feed of the same id takes its place
        for table in _tables(content, "publication", name):
            self.publications[str(table.get("id"))] = (table, name)  # and so does a publication
        for table in _tables(content, "schedule", name):
            self.events += events_of(table, name)
            self.schedules[table["calendar"]] = table["by"]
        self.closures += [closure_of(t, f"closure in {name}") for t in _tables(content, "closure", name)]
        self.days += [(t, False, f"release days in {name}") for t in _tables(content, "release", name)]
        self.days += [(t, True, f"never in {name}") for t in _tables(content, "never", name)]

    def _grouped(self, table: dict[str, Any], content: dict[str, Any], name: str) -> dict[str, Any]:
        """The row with the keys of its group and the file's block filled in; a row's own key wins."""
        if not isinstance(table.get("id"), str):
            raise refuse(name, f"a row without id: {str(table)[:80]}", 'id = "us.rates.par_10y"', "Give it an id.")
        groups, group = content.get("groups", {}), table.get("group")
        if group is not None and group not in groups:
            raise refuse(
                f"catalogue row {table['id']} in {name}", f"unknown group {group!r}", nearest(str(group), groups)
            )
        block = content.get("block")
        if block is not None and block not in BLOCKS:
            raise refuse(name, f"unknown block {block!r}", nearest(str(block), BLOCKS) or ", ".join(BLOCKS))
        row = {**groups.get(group, {}), **table} if group is not None else dict(table)
        row.pop("group", None)
        return {"block": block, **row} if block is not None else row

    def catalog(self) -> Catalog:
        """Build the rows, hang the exceptional days on them, and refuse a provider code in two rows."""
        rows: dict[str, Series] = {i: series_of(row, where) for i, (row, where) in self.rows.items()}
        for table, never, where in self.days:
            add_days(rows, table, never, where)
        for sentence in collisions(rows.values()):
            raise refuse(
                "the catalogue",
                f"one provider code in two rows: {sentence}",
                "",
                "Keep it in one of them, or override.",
            )
        for feed_id in self.feeds.keys() & rows.keys():
            raise refuse("the catalogue", f"{feed_id} is the id of a series and of a feed", "", "Give one another id.")
        publications = tuple(publication_of(table, rows, where) for table, where in self.publications.values())
        feeds = tuple(self.feeds.values())
        return Catalog(rows, tuple(self.closures), self.codes, feeds, publications, tuple(self.events), self.schedules)


def _tables(content: dict[str, Any], key: str, name: str) -> Iterator[dict[str, Any]]:
    tables = content.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise refuse(name, f"{key} is not a list of tables", f"[[{key}]]", f"Write [[{key}]] above each.")
    yield from tables
