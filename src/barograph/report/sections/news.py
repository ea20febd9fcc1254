"""Section 2: what was published since the page before, by theme; quoted with time, source and link, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.catalog.themes import Theme, gazetteer
from barograph.core.observation import Headline
from barograph.core.time import NEW_YORK
from barograph.findings.headlines import Development, developments, looked_at
from barograph.report.blocks import Block, Headlines, Paragraph, Reported, Section
from barograph.report.day import NO_CONDITION, Day, SectionState
from barograph.report.narrative.setting import short_day

#: Headlines of one theme on the page; further ones are counted.
MOST = 8
NONE_SEEN = "no feed has been looked at"


@dataclass(frozen=True)
class NewsSection:
    """Headlines of the feeds that were looked at; no number and no claim on the page is taken from one."""

    number: int = 2
    slug: str = "news"
    title: str = "Main developments"

    def build(self, day: Day) -> Section:
        """Insufficient where no feed was looked at; a session without a headline says so."""
        feeds = tuple(f for f in day.catalog.feeds if f.gives == "news")
        coverage = {f.id: c for f in feeds if (c := day.view.coverage(f.id)) is not None}
        headlines = day.view.headlines()
        since = day.page_before
        seen = looked_at(feeds, coverage, headlines, since.astimezone(NEW_YORK).date(), day.session)
        state, reason = self._state(len(seen), len(feeds), bool(coverage))
        blocks: tuple[Block, ...] = ()
        if seen:
            found = developments(headlines, feeds, gazetteer(), since, day.as_of)
            blocks = (self._since(day, bool(found)), *(_theme(theme, news) for theme, news in found))
            if found:
                blocks = (*blocks, Paragraph((QUOTED,), "note"))
        return Section(
            number=self.number,
            slug=self.slug,
            title=self.title,
            state=state,
            reason=reason,
            have=len(seen),
            want=len(feeds),
            basis=(),
            blocks=blocks,
            wrong_if=day.wrong_if(self.slug) or (NO_CONDITION if state == "insufficient" else ""),
        )

    def _state(self, seen: int, feeds: int, ever: bool) -> tuple[SectionState, str]:
        if not seen:
            return "insufficient", f"{NONE_SEEN} for this session" if ever else NONE_SEEN
        if seen < feeds:
            gone = feeds - seen
            return "degraded", f"{gone} feed{' was' if gone == 1 else 's were'} not looked at for this session"
        return "ok", ""

    def _since(self, day: Day, any_: bool) -> Paragraph:
        start = f"Since {short_day(day.previous_session, day.session)}: "
        said = (
            "headlines of the feeds looked at, by theme." if any_ else "no lawful headline recorded for this session."
        )
        return Paragraph((start + said,), "since")


QUOTED = (
    "Titles are quoted as their publishers wrote them; no figure and no statement of this page rests on one. Times are "
    "those that the feeds give. Titles that tell the same are shown in one line."
)


def _theme(theme: Theme, news: tuple[Development, ...]) -> Headlines:
    return Headlines(
        theme.title, tuple(_reported(d) for d in news[:MOST]), link=theme.section, more=max(0, len(news) - MOST)
    )


def _reported(development: Development) -> Reported:
    headline: Headline = development.headline
    item = headline.item
    return Reported(item.title, item.url, item.published_at, development.feed.title, len(development.also))


SECTION = NewsSection()
