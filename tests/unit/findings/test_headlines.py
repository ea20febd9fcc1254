"""Themes by words, near-duplicates by shingles, and an order that does not depend on the order of arrival."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from barograph.catalog.feeds import THEMES
from barograph.catalog.load import load
from barograph.catalog.themes import Gazetteer, gazetteer, gazetteer_of, words_of
from barograph.core.errors import CatalogError
from barograph.core.observation import Coverage, Headline
from barograph.findings import _duplicates
from barograph.findings._duplicates import ALIKE, fold, same_news, shingles, similarity
from barograph.findings.headlines import Development, developments, looked_at
from barograph.report.sections import makers
from invented_feeds import feed, news

SINCE, UNTIL = datetime(2025, 11, 4, 23, 0, tzinfo=UTC), datetime(2025, 11, 5, 23, 0, tzinfo=UTC)
FEEDS = (
    feed("a.fed", "FRB", ("fed",)), feed("a.fed2", "FRB", ("fed",)), feed("b.ecb", "ECB", ("central_banks",)),
    feed("c.own"), feed("d.own", themes=("data",)),
)  # fmt: skip
WORDS = gazetteer()


def headline(
    title: str, feed_id: str = "c.own", hours: float = 2.0, known: datetime | None = None, url: str = ""
) -> Headline:
    at = UNTIL - timedelta(hours=hours)
    item = news(at, title, feed_id, url or f"https://www.example.org/{feed_id}/{title}")
    return Headline(item, known or at, UNTIL, "b000001")


def shown(*headlines: Headline, words: Gazetteer = WORDS) -> dict[str, list[Development]]:
    return {t.id: list(d) for t, d in developments(headlines, FEEDS, words, SINCE, UNTIL)}


# ---------------------------------------------------------------- themes


@pytest.mark.parametrize(
    ("title", "feed_id", "theme"),
    [
        ("Federal Reserve issues FOMC statement", "c.own", "fed"),
        ("Minutes of the Board's discount rate meetings", "b.ecb", "fed"),
        ("Treasury Announces Results of 10-Year Note Auction", "c.own", "fiscal"),
        ("Monetary policy decisions", "b.ecb", "central_banks"),
        ("Bank of England, Federal Reserve and others extend swap lines", "c.own", "central_banks"),
        ("New tariffs on Chinese goods", "c.own", "trade"),
        ("Senate confirms nominee", "c.own", "politics"),
        ("Household debt and delinquencies", "c.own", "credit"),
        ("CPI for all items rises; gasoline up", "c.own", "data"),
        ("Trade war widens", "c.own", "trade"),
        ("Investors fed up", "c.own", ""),
        ("Agencies publish a calendar", "a.fed", "fed"),
        ("Agencies publish a calendar", "d.own", "data"),
        ("Agencies publish a calendar", "c.own", ""),
        ("Confederation of industry", "c.own", ""),
    ],
)
def test_themes(title: str, feed_id: str, theme: str) -> None:
    assert WORDS.theme_of(title, next(f for f in FEEDS if f.id == feed_id)) == theme


def test_the_packaged_gazetteer_and_feeds_fit_each_other() -> None:
    assert [t.id for t in WORDS.themes] == list(THEMES)
    slugs = {m.slug for m in makers()}
    assert {t.section for t in WORDS.themes} <= slugs | {""}
    feeds = [f for f in load().feeds if f.gives == "news"]
    assert len(feeds) == 13 and all(f.gives == "news" and f.source == "rss" and f.themes for f in feeds)
    assert set(WORDS.weights) <= {f.agency for f in feeds}
    assert all(f.code.startswith("https://") and f.citation for f in feeds)


def test_every_word_of_the_gazetteer_is_found_by_itself() -> None:
    for theme in WORDS.themes:
        for word in theme.words:
            assert theme.hits(f"x {word} y") >= 1, (theme.id, word)
        for phrase in theme.without:
            assert theme.hits(phrase) == 0, (theme.id, phrase)


@pytest.mark.parametrize(
    "spoiled", ['[[theme]]\nid = "fed"\ntitle = "x"\nwords = ["a"]\n', '[[theme]]\nid = "weather"\ntitle = "x"\nwords = ["a"]\n',
                '[[theme]]\nid = "fed"\ntitle = "x"\nwords = ["a"]\nword = 1\n'],
)  # fmt: skip
def test_a_gazetteer_that_does_not_fit_is_refused(spoiled: str) -> None:
    with pytest.raises(CatalogError):
        gazetteer_of(spoiled)


def test_what_has_no_theme_stands_last_and_is_not_lost() -> None:
    found = shown(headline("Weather"), headline("Payrolls rise"), headline("FOMC minutes"))
    assert list(found) == ["fed", "data", ""]


# ---------------------------------------------------------------- near-duplicates

WORD_LIST = ["Fed", "cuts", "rates", "by", "25", "50", "points", "again", "ECB", "holds"]
titles = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(WORD_LIST), max_size=12).map(" ".join),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(titles, titles)
def test_similarity_is_symmetric_and_between_none_and_all(a: str, b: str) -> None:
    assert similarity(a, b) == similarity(b, a)
    assert same_news(a, b) == same_news(b, a)
    assert 0.0 <= similarity(a, b) <= 1.0
    assert similarity(a, a) == (1.0 if words_of(a) else 0.0)
    if similarity(a, b) == 1.0:
        assert shingles(a) == shingles(b)
    assert similarity(a.upper(), a) == similarity(a, a) or a.upper().casefold() != a.casefold()


def test_a_measure_that_is_not_symmetric_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def contained(a: str, b: str) -> float:
        one, two = shingles(a), shingles(b)
        return len(one & two) / len(one) if one else 0.0

    monkeypatch.setitem(globals(), "similarity", contained)
    with pytest.raises(AssertionError):
        test_similarity_is_symmetric_and_between_none_and_all()


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Federal Reserve issues FOMC statement", "Federal Reserve issues FOMC statement", True),
        ("Federal Reserve issues FOMC statement", "FEDERAL RESERVE ISSUES FOMC STATEMENT.", True),
        ("Fed holds rates steady, as expected", "Fed holds rates steady as expected by all", True),
        ("Results of the 2-year note auction", "Results of the 5-year note auction", False),
        ("Fed cuts rates by 25 basis points", "Fed cuts rates by 50 basis points", False),
        ("Fed cuts rates", "ECB cuts rates", False),
        ("Statement by the Governor", "Speech by the Chair", False),
    ],
)
def test_what_tells_the_same(a: str, b: str, same: bool) -> None:
    assert same_news(a, b) is same


def test_the_settings_are_those_of_the_decision() -> None:
    assert (_duplicates.SHINGLE, ALIKE) == (2, 0.5)


@settings(max_examples=200, deadline=None)
@given(st.lists(titles, max_size=12))
def test_folding_loses_and_doubles_nothing(given_titles: list[str]) -> None:
    groups = fold(given_titles, str)
    assert sorted(t for g in groups for t in g) == sorted(given_titles)
    for group in groups:
        assert all(same_news(group[0], t) or t == group[0] for t in group)


def test_others_that_report_the_same_are_counted_once_each() -> None:
    same = "Federal Reserve issues FOMC statement"
    found = shown(
        headline(same, "c.own", 1.0), headline(same, "a.fed", 2.0), headline(same, "a.fed2", 3.0), headline(same, "b.ecb", 4.0)
    )  # fmt: skip
    [one] = found["fed"]
    # In the words of the publisher that is nearest to it; of its two feeds the earlier.
    assert (one.feed.id, one.also) == ("a.fed2", ("ECB", "Feed c.own"))


# ---------------------------------------------------------------- window and order


def test_the_window_is_what_became_known_since_the_page_before() -> None:
    late = headline("Known late", hours=100.0, known=UNTIL - timedelta(hours=1))
    inside = headline("Inside")
    edge = headline("Edge", known=UNTIL)
    out = [
        headline("Before", hours=24.0),
        headline("After", known=UNTIL + timedelta(microseconds=1)),
        headline("Strange", "no.feed"),
    ]
    found = {d.headline.item.title for ds in shown(late, inside, edge, *out).values() for d in ds}
    assert found == {"Known late", "Inside", "Edge"}


def test_the_order_is_weight_then_reports_then_newest() -> None:
    found = shown(
        headline("FOMC one", "c.own", 1.0), headline("FOMC two speaks at length today", "c.own", 5.0),
        headline("FOMC two speaks at length today", "b.ecb", 6.0), headline("FOMC three", "b.ecb", 2.0),
        headline("FOMC four", "a.fed", 9.0),
    )  # fmt: skip
    assert [d.headline.item.title for d in found["fed"]] == [
        "FOMC four", "FOMC two speaks at length today", "FOMC three", "FOMC one",
    ]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(titles, st.sampled_from([f.id for f in FEEDS]), st.integers(0, 30)), max_size=10), st.randoms()
)
def test_the_order_of_arrival_says_nothing(drawn: list[tuple[str, str, int]], rng: random.Random) -> None:
    items = [headline(t, f, h, url=f"https://www.example.org/{n}") for n, (t, f, h) in enumerate(drawn)]
    shuffled = list(items)
    rng.shuffle(shuffled)
    assert shown(*items) == shown(*shuffled)


# ---------------------------------------------------------------- coverage


@pytest.mark.parametrize(
    ("start", "end", "oldest", "seen"),
    [
        (date(2025, 11, 3), date(2025, 11, 5), None, True),
        (date(2025, 11, 4), date(2025, 11, 6), None, True),
        (date(2025, 11, 5), date(2025, 11, 5), None, False),
        (date(2025, 11, 5), date(2025, 11, 5), 40.0, True),
        (date(2025, 11, 6), date(2025, 11, 6), 1.0, False),
        (date(2025, 11, 3), date(2025, 11, 4), 40.0, False),
        (None, None, None, False),
    ],
)
def test_looked_at(start: date | None, end: date | None, oldest: float | None, seen: bool) -> None:
    coverage = {"c.own": Coverage("c.own", start, end, UNTIL)} if start and end else {}
    held = [headline("Old", hours=oldest)] if oldest else []
    found = looked_at(FEEDS, coverage, held, SINCE.date(), UNTIL.date())
    assert [f.id for f in found] == (["c.own"] if seen else [])
