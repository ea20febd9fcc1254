"""Feeds: three forms, plain words, lawful links, times with their offset, bounds, and what is left out."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import invented_feeds as feeds
from barograph.core.errors import SourceError
from barograph.core.observation import NewsItem, Untrusted
from barograph.sources import Job, _rss_child, rss
from barograph.sources._protocol import Partial
from invented_feeds import item

SOURCE = rss.SOURCE


def parse(body: bytes, address: str = feeds.ADDRESS) -> Partial:
    return SOURCE.parse(body, feeds.request(address), {})


def test_one_request_per_feed_of_headlines() -> None:
    other = feeds.feed("test.other", code="https://example.net/b")
    events = feeds.Feed("test.days", "Days", "rss", "https://example.net/c", "calendar", "public", "invented")
    job = Job((), (feeds.TODAY, feeds.TODAY), feeds.NOW, feeds=(feeds.feed(), other, events))
    plan = SOURCE.plan(job)
    assert [(r.url, r.series) for r in plan] == [
        (feeds.ADDRESS, ("test.feed",)), ("https://example.net/b", ("test.other",)),
    ]  # fmt: skip
    assert SOURCE.plan(Job((), (feeds.TODAY, feeds.TODAY), feeds.NOW)) == []


def test_rss() -> None:
    found = parse(feeds.body("feed_rss.xml"))
    assert list(found) == [
        NewsItem(
            "test.feed",
            "https://www.example.org/newsevents/monetary20251105a.htm",
            datetime(2025, 11, 5, 19, 0, tzinfo=UTC),
            Untrusted("Invented Board issues FOMC statement"),
            Untrusted("Monetary Policy"),
        ),
        NewsItem(
            "test.feed",
            "https://www.example.org/newsevents/bcreg20251105a.htm?part=%28b%29&lang=en",
            datetime(2025, 11, 5, 15, 30, tzinfo=UTC),
            Untrusted("Agencies jointly announce stress test scenarios & dates"),
            Untrusted("Banking & Consumer Regulatory Policy"),
        ),
        NewsItem(
            "test.feed",
            "https://www.example.org/by-guid.htm",
            datetime(2025, 11, 4, 7, 5, 9, tzinfo=UTC),
            Untrusted("Known by its guid"),
        ),
    ]
    assert all(isinstance(i.title, Untrusted) for i in found if isinstance(i, NewsItem))
    assert found.left_out == "entries left out: 1 without a date that has an offset, 1 dated in the future"


def test_rdf() -> None:
    found = parse(feeds.body("feed_rdf.xml"))
    [only] = found
    assert isinstance(only, NewsItem)
    assert (only.title, only.published_at) == (
        "Invented National Bank leaves policy rate unchanged", datetime(2025, 11, 4, 8, 30, tzinfo=UTC),
    )  # fmt: skip
    assert found.left_out == "entries left out: 1 without a date that has an offset"


def test_atom() -> None:
    cpi, payrolls = parse(feeds.body("feed_atom.xml"))
    assert isinstance(cpi, NewsItem) and isinstance(payrolls, NewsItem)
    assert (cpi.title, cpi.url, cpi.category) == (
        "Invented CPI for October",
        "https://www.example.org/news/cpi",
        "Prices",
    )
    assert cpi.published_at == datetime(2025, 11, 5, 13, 30, 0, 123000, tzinfo=UTC)
    # Against the feed's own address: what xml:base names is another's.
    assert (payrolls.title, payrolls.url) == (
        "Invented payrolls rise",
        "https://www.example.org/feeds/payrolls?month=10",
    )


def test_equal_bytes_give_equal_items() -> None:
    for name in ("feed_rss.xml", "feed_rdf.xml", "feed_atom.xml"):
        assert parse(feeds.body(name)) == parse(feeds.body(name))


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("Wed, 05 Nov 2025 19:00:00 GMT", "2025-11-05T19:00:00+00:00"),
        ("Wed, 05 Nov 2025 14:00:00 EST", "2025-11-05T19:00:00+00:00"),
        ("05 Nov 2025 14:00 -0500", "2025-11-05T19:00:00+00:00"),
        ("Wed, 05 Nov 25 19:00:00 UT", "2025-11-05T19:00:00+00:00"),
        ("Wed, 05 Nov 2025 19:00:00 -0000", "2025-11-05T19:00:00+00:00"),
        ("2025-11-05T19:00:00Z", "2025-11-05T19:00:00+00:00"),
        ("2025-11-06T04:00:00+0900", "2025-11-05T19:00:00+00:00"),
        ("2025-11-05T19:00Z", "2025-11-05T19:00:00+00:00"),
        ("Wed, 05 Nov 2025 19:00:00", None),
        ("Wed, 05 Nov 2025 19:00:00 CEST", None),
        ("2025-11-05T19:00:00", None),
        ("2025-11-05", None),
        ("yesterday", None),
        ("Wed, 45 Nov 2025 19:00:00 GMT", None),
        ("Mon, 01 Jan 1601 00:00:00 GMT", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
        ("1" * 5_000, None),
    ],
)
def test_times(text: str, utc: str | None) -> None:
    found = _rss_child.instant(text)
    assert (found and found.isoformat()) == utc


def test_a_day_ahead_is_the_most() -> None:
    for ahead, kept in ((timedelta(hours=23), 1), (timedelta(hours=25), 0)):
        at = (feeds.NOW + ahead).strftime("%a, %d %b %Y %H:%M:%S +0000")
        body = feeds.rss(item("Good"), item("Ahead", "https://www.example.org/b", at))
        assert len(parse(body)) == 1 + kept


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html></html>", "HTML page"),
        (b"<!DOCTYPE rss><rss/>", "document type"),
        (b'{"items": []}', "not XML"),
        (b"<rss><channel>", "not XML"),
        (b"<a/>", "XML document 'a'"),
        (feeds.rss("<title>x</title><link>https://example.org</link>"), "none of use: 1 without a date"),
        (feeds.rss(item(" \u200b ")), "1 without a title"),
        (feeds.rss(item("x", "javascript:alert(1)")), "1 without a lawful link"),
        (b"<rss>" + b" " * rss.MOST_BYTES + b"</rss>", "bytes"),
        ("<rss>\xe9</rss>".encode("latin-1"), "not XML"),
    ],
)
def test_what_is_no_feed_is_refused(body: bytes, found: str) -> None:
    with pytest.raises(SourceError) as error:
        parse(body)
    assert found in error.value.found


def test_a_feed_may_be_empty() -> None:
    assert list(parse(feeds.rss())) == []


def test_at_most_two_hundred_entries() -> None:
    found = parse(feeds.rss(*(item(f"Title {n}", f"https://www.example.org/{n}") for n in range(250))))
    assert len(found) == rss.MOST_ENTRIES == 200
    assert found.left_out == "entries left out: 50 after the first 200"


def test_an_address_stands_once() -> None:
    assert [i.title for i in parse(feeds.rss(item("First"), item("Again")))] == ["First"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "body",
    [
        feeds.rss(item("<b>" * 70_000 + "x" + "</b>" * 70_000)),
        feeds.rss(item("<b>x</b>" * 60_000)),
        b"<rss><channel>" + b"<item>" * 80_000,
        b"<a>" * 70_000 + b"</a>" * 70_000,
        b"<rss " + b" ".join(b"a%d='1'" % n for n in range(40_000)) + b"/>",
        feeds.rss(item("&lt;b" * 90_000)),
        feeds.rss(item("&amp;lt;" * 60_000)),
        feeds.rss(item("e" + "\u0301" * 200_000)),
        feeds.rss(item("x", "https://" + "a." * 200_000)),
        feeds.rss(item("x", at="(" * 200_000)),
    ],
)
def test_a_heavy_feed_is_read_or_refused_within_the_limits(body: bytes) -> None:
    try:
        assert all(len(i.title) <= 300 for i in parse(body))  # type: ignore[union-attr]
    except SourceError as error:
        assert error.found


def test_the_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rss, "MEMORY", 20 << 20)
    with pytest.raises(SourceError, match="limits"):
        parse(feeds.rss(*(item(f"T {n} " + "x" * 2000, f"https://www.example.org/{n}") for n in range(200))))


@pytest.mark.parametrize(
    ("attempt", "raised"),
    [("open('/etc/hostname')", "OSError"), ("__import__('socket').socket()", "OSError"), ("while True: pass", "")],
)
def test_the_reader_can_open_nothing_and_run_for_no_longer(attempt: str, raised: str) -> None:
    program = (
        f"import sys, socket; sys.path.insert(0, {str(Path(_rss_child.__file__).parent)!r})\n"
        f"import _rss_child as c; c.prepare(); c.limit({256 << 20}, 1)\n"
        f"try:\n    {attempt}\nexcept Exception as e:\n    print(type(e).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout.strip() == raised
    assert (done.returncode == 0) == bool(raised)


def test_the_reader_knows_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spy = tmp_path / "spy.py"
    spy.write_text("import json, os, sys; json.dump({'found': repr(sorted(os.environ))}, sys.stdout)\n")
    monkeypatch.setattr(rss, "_CHILD", spy)
    monkeypatch.setenv("BAROGRAPH_FRED_API_KEY", "canary")
    with pytest.raises(SourceError) as error:
        parse(feeds.rss())
    assert "BAROGRAPH" not in error.value.found and "canary" not in error.value.found


# ---------------------------------------------------------------- laws of the words and links


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_words_are_plain(text: str) -> None:
    words = _rss_child.plain(text, 300)
    assert len(words) <= 300 and words == " ".join(words.split())
    assert unicodedata.is_normalized("NFC", words)
    assert not [
        c for c in words if unicodedata.category(c)[0] == "C" or (unicodedata.category(c)[0] == "Z" and c != " ")
    ]
    assert not _rss_child._OPENS.search(words)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["", "https://", "http://example.org/", "//", "/", "?", "javascript:"]))
def test_links_are_lawful_or_nothing(text: str, start: str) -> None:
    from barograph.report.words import lawful_link

    made = _rss_child.lawful(start + text, feeds.ADDRESS)
    if made is not None:
        assert made.startswith(("http://", "https://")) and made.isascii()
        assert lawful_link(made) == made
        assert _rss_child.lawful(made, feeds.ADDRESS) == made


def test_a_name_in_another_script_is_shown_in_its_true_form() -> None:
    assert _rss_child.lawful("https://www.\u0435xample.org/x", feeds.ADDRESS) == "https://www.xn--xample-2of.org/x"


def test_an_embargoed_hour_does_not_count_as_publication() -> None:
    """Items stamped 07:50 in New York are out at 08:30, summer and winter; later ones keep their time."""
    from dataclasses import replace

    row = replace(feeds.feed(), not_before="08:30")
    [request] = SOURCE.plan(Job((), (feeds.TODAY, feeds.TODAY), feeds.NOW, feeds=(row,)))
    stamps = ("Wed, 05 Nov 2025 12:50:00 GMT", "Fri, 05 Sep 2025 11:50:00 GMT", "Wed, 05 Nov 2025 15:00:00 GMT")
    texts = [item(f"t{i}", f"https://www.example.org/{i}", at) for i, at in enumerate(stamps)]
    found = SOURCE.parse(feeds.rss(*texts), request, {})
    assert [n.published_at for n in found] == [
        datetime(2025, 11, 5, 13, 30, tzinfo=UTC),
        datetime(2025, 9, 5, 12, 30, tzinfo=UTC),
        datetime(2025, 11, 5, 15, 0, tzinfo=UTC),
    ]
