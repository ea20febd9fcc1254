"""Calendars on the web in the iCalendar format (RFC 5545), one request per feed of the catalogue; its code is its address.

A calendar is foreign text. It is read in a process of its own under limits (`_ics_child`): titles become plain words,
times become New York's, repetitions are written out for two years, and an event whose zone nobody knows is left out and
counted. What a calendar no longer names is struck from the day of the look on.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Literal, cast

from barograph.core.observation import EventKind
from barograph.core.series import Series
from barograph.core.time import NEW_YORK
from barograph.sources._calendars import events_in
from barograph.sources._protocol import Job, Request, Whole
from barograph.sources._wire import refuse


class IcsSource:
    """Coming events as their publishers announce them: name, day, time, and an event's own identity."""

    name = "ics"
    title = "Calendars"
    hosts: tuple[str, ...] = ()
    terms = "Calendars of public bodies, and your own: each calendar's terms are its row's."
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = True
    per_host = 2

    def plan(self, job: Job) -> list[Request]:
        """One request per calendar: it says what it holds now, whatever the window."""
        today = job.now.astimezone(NEW_YORK).date()
        return [
            Request(self.name, feed.code, (), (feed.id,), job.window, note=f"{today} {feed.kind}")
            for feed in job.feeds
            if feed.gives == "calendar"
        ]

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """Nothing: a calendar comes in one piece."""
        return []

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> Whole:
        """The calendar's events of the next two years; what was left out stands beside them.

        Raises
        ------
        SourceError
            More than 2 MB, no calendar, a reader stopped by its limits, or events of which not one could be taken.
        """
        [feed] = request.series
        today, _, kind = request.note.partition(" ")
        say = partial(refuse, request)
        return events_in(body, feed, cast(EventKind, kind), date.fromisoformat(today), say)


SOURCE = IcsSource()
