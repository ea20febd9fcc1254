"""What every provider file exports: one SOURCE that plans requests and parses bodies without touching the world."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol, runtime_checkable

from barograph.core.feed import Feed
from barograph.core.observation import Item
from barograph.core.series import Series


@dataclass(frozen=True, slots=True)
class Job:
    """What `run/ingest` wants: these series over this window of periods, or what these feeds hold.

    `looked_at` is when the same series were last looked at (None: never), `now` the run's clock, `has_key` whether the
    user gave this provider a key.
    """

    series: tuple[Series, ...]
    window: tuple[date, date]
    now: datetime
    looked_at: datetime | None = None
    has_key: bool = False
    feeds: tuple[Feed, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP GET, as it may be stored and shown: no key in it.

    `url` starts with `https://` (or `package:`/`file:` for what is read locally), `params` are sorted by the caller,
    `key_param` names the query parameter into which the HTTP client puts the user's key when it sends. `series` are the
    ids that the answer speaks about, `window` the periods it looks at, `note` what `parse` needs to know besides.
    """

    source: str
    url: str
    params: tuple[tuple[str, str], ...]
    series: tuple[str, ...]
    window: tuple[date, date]
    key_param: str = ""
    note: str = ""
    vintages: bool = False  # whether the answer holds, or leads to, every vintage of its series that is known by then

    def describe(self) -> str:
        """The request as stored in the archive: address and parameters, never a key."""
        from urllib.parse import urlencode

        return self.url + ("?" + urlencode(self.params) if self.params else "")


class Partial(list[Item]):
    """Items of an answer of which some entries could not be taken; `left_out` says how many and why, or nothing."""

    def __init__(self, items: Iterable[Item] = (), left_out: str = "") -> None:
        super().__init__(items)
        self.left_out = left_out


class Whole(Partial):
    """Every event that a calendar holds from one day to another, both included: what it does not name is struck."""

    def __init__(self, items: Iterable[Item], span: tuple[date, date], left_out: str = "") -> None:
        super().__init__(items, left_out)
        self.span = span


class Source(Protocol):
    """A provider. `plan`, `follow` and `parse` are pure: same arguments, same answer, no clock, no file, no socket."""

    name: str
    title: str
    hosts: tuple[str, ...]
    terms: str  # one or two sentences, printed at first use
    key: Literal["none", "optional", "required"]
    shape_tested_only: bool
    per_host: int  # requests under way at once

    def plan(self, job: Job) -> list[Request]:
        """The first requests for `job`, smallest number that serves it."""
        ...

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """Further requests that `body` calls for (pages, vintage chunks); usually none."""
        ...

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> Sequence[Item]:
        """Readings in the body, in the series' units, or a feed's items. A body in another shape raises SourceError."""
        ...


@runtime_checkable
class FallsBack(Protocol):
    """A provider that can be asked for the same thing in another way."""

    def otherwise(self, request: Request, found: str) -> list[Request]:
        """What to ask instead of a request that failed, `found` says why; empty where there is nothing else."""
        ...
