"""Section 13: what is to come, by day: releases, policy meetings, auctions, and the events of calendars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from barograph.catalog.agenda import newest_day
from barograph.core.observation import Untrusted
from barograph.core.time import new_york
from barograph.findings.catalysts import RULE, Catalyst
from barograph.report.blocks import Agenda, Block, Expected, Paragraph, Ref, Section, Text
from barograph.report.dates import period_name
from barograph.report.day import NO_CONDITION, Day, SectionState, shown_facts
from barograph.report.sections._prints import CHANGES, OVER

#: Days that the list of everything reaches.
NEXT = timedelta(14)
#: Weights at and from which an event stands on the near list, on the far list, and on the summary.
NEAR_WEIGHT, FAR_WEIGHT, TOP_WEIGHT = 1, 3, 2
#: Policy meetings must be known at least so far ahead.
POLICY_REACH = timedelta(60)
POLICY = "us.fed.fomc"


@dataclass(frozen=True)
class CatalystsSection:
    """Days by rule, by announcement and by calendar, each with who named it; no reaction is estimated here."""

    number: int = 13
    slug: str = "catalysts"
    title: str = "Catalysts"

    def build(self, day: Day) -> Section:
        """Degraded where a calendar was not looked at for the session; rules always foresee something."""
        coming = day.coming
        near = day.session + NEXT
        soon = [c for c in coming if c.day is not None and c.day <= near and c.weight >= NEAR_WEIGHT]
        soon = once(soon, below=TOP_WEIGHT)
        far = [c for c in coming if c.day is not None and c.day > near and c.weight >= FAR_WEIGHT]
        lost = [c for c in coming if c.day is None]
        blocks: list[Block] = [
            Paragraph(("Days and times only: what a release may move is not estimated on this page.",), "note")
        ]
        for title, some, note in (
            ("The coming two weeks", soon, _RULE if any(c.source == RULE for c in soon) else ""),
            ("Further ahead, what moves most", far, ""),
            ("Without a day", lost, _LOST if lost else ""),
        ):
            if some:
                blocks.append(Agenda(title, tuple(expected(day, c) for c in some), note))
        have, want, reason = self._coverage(day)
        state: SectionState = "ok" if have == want else "degraded"
        if not coming:
            state, reason = "insufficient", "no event is known at this as-of"
        return Section(
            number=self.number,
            slug=self.slug,
            title=self.title,
            state=state,
            reason=reason,
            have=have,
            want=want,
            basis=(),
            blocks=tuple(blocks) if coming else (),
            wrong_if=NO_CONDITION if state == "insufficient" else "",
            facts=shown_facts(blocks) if coming else (),
        )

    def _coverage(self, day: Day) -> tuple[int, int, str]:
        """Calendars looked at for the session, and the policy meetings known far enough ahead; what is missing."""
        feeds = [f for f in day.catalog.feeds if f.gives == "calendar" and f.source != "files"]
        gone = [f for f in feeds if (c := day.view.coverage(f.id)) is None or c.end < day.session]
        last = newest_day(day.view.announcements(), POLICY)
        policy = last is not None and last >= day.session + POLICY_REACH
        reasons = []
        if gone:
            every = len(gone) == len(feeds)
            many = "no calendar was" if every else f"{len(gone)} calendar{' was' if len(gone) == 1 else 's were'} not"
            reasons.append(f"{many} looked at for this session")
        if not policy:
            reasons.append("policy meetings are not on record far enough ahead")
        return len(feeds) - len(gone) + policy, len(feeds) + 1, "; ".join(reasons)


_RULE = (
    "By: a release rule names a day by which the figure is out, so it may come before that; a calendar that was looked at "
    "names the day itself, and the time."
)
_LOST = "Suspended: it was due while the agency was closed. Overdue: the day is past and the figure is not there."


def once(events: Iterable[Catalyst], below: int = 4) -> list[Catalyst]:
    """Of releases that come again, those lighter than `below` at their first day only."""
    seen: set[str] = set()
    out = []
    for c in events:
        if c.kind != "release" or c.weight >= below or c.title not in seen:
            out.append(c)
        seen.add(c.title)
    return out


def expected(day: Day, c: Catalyst) -> Expected:
    """An event as the page shows it."""
    # A rule knows the day by which a figure is out; an hour beside it would promise more than that.
    by = c.source == RULE and c.day is not None
    at = None if c.day is None or c.at is None or by else new_york(c.day, c.at)
    about = c.subject
    if c.period is not None:
        about = period_name(day.catalog[c.series].stamp, c.period)
    title = Untrusted(c.title) if c.quoted else c.title
    closure = day.catalog.closure_at(day.as_of)
    note = "" if closure is not None and c.note == closure.title else c.note  # the page says so once, on top
    return Expected(title, c.day, at, about, c.state, c.source, note, c.was, _last(day, c), c.more, by)


def _last(day: Day, c: Catalyst) -> Text:
    """The newest figure of a release, of the first of its rows that the page prints: its usual change, and the period."""
    printed = {
        fact.lineage[0].series_id: fact_id
        for fact_id, fact in day.facts.items()
        if fact_id.startswith("macro.us.") and fact_id.endswith(".latest") and day.has(fact_id) and fact.lineage
    }
    fact_id = next((printed[i] for i in (c.series, *c.rows) if i in printed), None)
    if fact_id is None:
        return ()
    series = day.catalog[day.facts[fact_id].lineage[0].series_id]
    stem = fact_id.removesuffix(".latest")
    changes = [f"{stem}.{w}" for w in CHANGES if day.has(f"{stem}.{w}")]
    level = series.transform == "level" or series.kind == "rate" or not changes
    if level:
        return (Ref(fact_id), Ref(fact_id, "period"))
    return (Ref(changes[0]), f"{OVER[changes[0].rpartition('.')[2]]}, ", Ref(fact_id, "period"))


SECTION = CatalystsSection()
