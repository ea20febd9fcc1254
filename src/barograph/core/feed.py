"""What the catalogue says of a feed: a provider's list of headlines or of coming events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from barograph.core.observation import EventKind
from barograph.core.series import Rights


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of headlines (`gives` news) or of coming events (`gives` calendar).

    `source` names the provider file, `code` what that provider calls it (an address for `rss`). Every headline of the
    feed belongs to `themes`, besides those that its own words say. `not_before` is the time of day in New York before
    which none of them counts as published, for a body that stamps its news while they are still under embargo.

    Of a calendar, `kind` says what its events are where they do not say it themselves, and `shows` whether the page shows
    all of them or only those of the catalogue's publications.
    """

    id: str
    title: str
    source: str
    code: str
    gives: Literal["news", "calendar"]
    rights: Rights
    citation: str
    agency: str = ""
    themes: tuple[str, ...] = ()
    not_before: str = ""
    kind: EventKind = "other"
    shows: Literal["all", "publications"] = "all"
