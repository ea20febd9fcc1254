"""The catalogue in memory: rows by id, by provider code, and the closures that bend their release days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from barograph.catalog.check import check_row, collisions, nearest
from barograph.core.errors import CatalogError, UnknownSeries
from barograph.core.feed import Feed
from barograph.core.observation import Announcement
from barograph.core.publication import Publication
from barograph.core.release import Closure
from barograph.core.series import Series, family_of, member_of, second_of
from barograph.core.time import NEW_YORK

#: Corporate actions of a price row, by ex day: `us.equity.spy[dividend]` per share, `us.equity.spy[split]` new per old.
ACTIONS = {"dividend": "usd", "split": "ratio"}
#: What the member of a family may be called.
MEMBER = re.compile(r"[A-Z0-9][A-Z0-9.\-/ ]{0,14}")


class Catalog:
    """Every series that can be recorded, in the order of the files.

    Iterating gives the rows; `in` and `[]` take ids, those of a family's members (`us.equity.member.weight[NVDA]`) and
    of a price's corporate actions (`us.equity.spy[dividend]`) included.
    """

    def __init__(
        self,
        rows: dict[str, Series],
        closures: tuple[Closure, ...],
        codes: Mapping[tuple[str, str], str] = MappingProxyType({}),
        feeds: tuple[Feed, ...] = (),
        publications: tuple[Publication, ...] = (),
        events: tuple[Announcement, ...] = (),
        schedules: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`codes` are names of rows besides those of their providers: (provider, code) to id. `events` are the coming and
        past events that the catalogue itself knows, each from the instant at which it was announced; `schedules` says by
        whom, for each of their calendars."""
        self._rows = dict(rows)
        self._made: dict[str, Series] = {}
        self.closures = closures
        self.feeds = feeds
        self.publications = publications
        self.events = events
        self.schedules = schedules
        self._codes = {**codes, **{(p.source, p.code): s.id for s in self._rows.values() for p in s.providers}}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Series]:
        return iter(self._rows.values())

    def __contains__(self, series_id: object) -> bool:
        return isinstance(series_id, str) and self.get(series_id) is not None

    def __getitem__(self, series_id: str) -> Series:
        series = self.get(series_id)
        if series is None:
            raise self._unknown(series_id)
        return series

    def get(self, series_id: str) -> Series | None:
        """The row, or None; a member of a family is the family's row under the member's id."""
        row = self._rows.get(series_id) or self._made.get(series_id)
        if row is not None:
            return row
        if second := second_of(series_id):
            row = self._rows.get(series_id.partition("@")[0])
            providers = tuple(p for p in row.providers[1:] if p.source == second) if row else ()
            if row is None or not providers:
                return None
            title = f"{row.title}, as {second} has it"
            return self._made.setdefault(series_id, replace(row, id=series_id, title=title, providers=providers))
        row, member = self._rows.get(family_of(series_id)), member_of(series_id)
        if row is None:
            return None
        if row.family:
            if not MEMBER.fullmatch(member):
                return None
            # Rows never change: five hundred members are made once and not for every model of every page.
            return self._made.setdefault(series_id, replace(row, id=series_id))
        if member in ACTIONS and row.transform == "return":
            title = f"{row.title}: {member}s"
            made = replace(
                row, id=series_id, title=title, unit=ACTIONS[member], transform="level", kind="none", tolerance=None
            )
            return self._made.setdefault(series_id, made)
        return None

    def ids(self) -> list[str]:
        """The ids of all rows, members of families left aside."""
        return list(self._rows)

    def resolve(self, text: str) -> str:
        """The id that `us.labour.payrolls` or `fred:PAYEMS` means; raises UnknownSeries with the nearest ones."""
        text = text.strip()
        source, colon, code = text.partition(":")
        if colon:
            found = self._codes.get((source.lower(), code))
            if found is None:
                codes = [f"{s}:{c}" for s, c in self._codes]
                raise UnknownSeries(
                    f"series {text}",
                    f"no row of the catalogue takes {code!r} from {source!r}",
                    ", ".join(c for c in codes if c.casefold() == text.casefold())
                    or nearest(text, codes)
                    or nearest(code, codes),
                    "List what there is with `barograph series`.",
                )
            return found
        return self[text].id

    def by_source(self, name: str, disabled: frozenset[str] = frozenset()) -> list[Series]:
        """The rows whose first provider that is not in `disabled` is `name`."""
        return [s for s in self if next((p.source for p in s.providers if p.source not in disabled), None) == name]

    def seconds(self, name: str, disabled: frozenset[str] = frozenset()) -> list[Series]:
        """The rows that `name` is asked for a second opinion on, under ids of their own: `us.vol.vix@fred`.

        These are the rows with a tolerance whose second provider that is not in `disabled` is `name`.
        """
        out = []
        for series in self:
            on = [p.source for p in series.providers if p.source not in disabled]
            if series.tolerance is not None and on[1:2] == [name]:
                out.append(self[f"{series.id}@{name}"])
        return out

    def feeds_of(self, name: str) -> list[Feed]:
        """The feeds that provider `name` serves."""
        return [f for f in self.feeds if f.source == name]

    def sources(self) -> list[str]:
        """The providers that any row names, sorted."""
        return sorted({p.source for s in self for p in s.providers} | {f.source for f in self.feeds})

    def closure_at(self, instant: datetime) -> Closure | None:
        """The government closure that is on at `instant` (New York's date), or None."""
        day = instant.astimezone(NEW_YORK).date()
        return next((c for c in self.closures if c.start <= day <= c.end), None)

    def check(self) -> list[str]:
        """What is wrong with the rows, as sentences; an empty list when nothing is."""
        found = collisions(self)
        for series in self:
            try:
                check_row(series, f"catalogue row {series.id}")
            except CatalogError as error:
                found.append(f"{series.id}: {error.found}")
        return found

    def _unknown(self, series_id: str) -> UnknownSeries:
        word = series_id.rpartition(".")[2].casefold()
        codes = [f"{s}:{c}" for s, c in self._codes if c.casefold() == series_id.casefold()]
        near = ", ".join(codes[:3]) or nearest(series_id, self._rows)
        if not near and len(word) > 2:
            near = ", ".join([i for i, s in self._rows.items() if word in i or word in s.title.casefold()][:3])
        found = "no row of the catalogue has this id"
        if "[" in series_id and family_of(series_id) in self._rows:
            found = f"{family_of(series_id)} is no family, or the member's name is not a ticker"
        return UnknownSeries(f"series {series_id}", found, near, "List what there is with `barograph series`.")
