"""P12: a provider's bad day. 200 malformed bodies per format: each gives finite values or a SourceError, nothing else.

Nothing uncaught, no reading from a body that is refused, no value that is not finite, no period outside the window.
"""

from __future__ import annotations

import gzip
import math
import random
import re
import time
from collections.abc import Callable, Iterable
from datetime import date

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.observation import CalendarItem, Item, Reading, Untrusted
from barograph.sources._protocol import Request
from barograph.sources._wire import MAX_ROWS

CASES = invented.cases()
COUNT = 200
HTML = b"<!DOCTYPE html>\n<html><head><title>We'll be right back</title></head><body>503</body></html>\n"
NUMBER = re.compile(rb"(?<![\w/.-])-?\d+\.\d+(?![\w/.-])")
NOT_NUMBERS = (
    b"NaN",
    b"nan",
    b"inf",
    b"-Infinity",
    b"1e400",
    b"-1e999",
    b"1_000",
    b"0x1F",
    b"1.2.3",
    b"4,17;",
    b"\xef\xbc\x94",
)
DATE = re.compile(rb"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}")
Parse = Callable[[bytes], Iterable[Item]]


def must_fail(body: bytes) -> list[tuple[str, bytes]]:
    """Bodies that no parser may take for data."""
    out = [
        ("empty", b""),
        ("blank", b" \r\n\r\n"),
        ("nothing but a mark", b"\xef\xbb\xbf"),
        ("html", HTML),
        ("html after a mark", b"\xef\xbb\xbf\n" + HTML),
        ("data after html", HTML + body),
        ("other charset", body.decode().encode("utf-16")),
        ("latin-1", body[: len(body) // 2] + b"\xe9\xff" + body[len(body) // 2 :]),
        ("nul", body[:20] + b"\x00" + body[20:]),
        ("packed", gzip.compress(body)),
        ("lists 10,000 deep", b"[" * 10_000 + b"1" + b"]" * 10_000),
        ("objects 10,000 deep", b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
        ("elements 10,000 deep", b"<a>" * 10_000 + b"</a>" * 10_000),
        ("many lines", b"1,2\n" * (MAX_ROWS + 1)),
        ("text", b"Service temporarily unavailable. Please try again."),
        ("xml error", b"<Error><Code>AccessDenied</Code></Error>"),
        ("rss", b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>'),
        *[
            (f"json {text[:8]!r}", text)
            for text in (b"null", b"[]", b"{}", b"true", b"0", b'"x"', b'{"error":1}', b"[[]]")
        ],
    ]
    if NUMBER.search(body):
        out += [(f"numbers are {word!r}", NUMBER.sub(word, body)) for word in NOT_NUMBERS]
    if DATE.search(body):
        out += [
            (f"dates are {word!r}", DATE.sub(word, body)) for word in (b"2025-13-41", b"13/41/2025", b"", b"yesterday")
        ]
    return out


def may_fail(body: bytes, rng: random.Random) -> tuple[str, bytes]:
    """One random spoiling of a body; some leave it readable."""
    at, to = sorted(rng.randrange(len(body) + 1) for _ in range(2))
    lines = body.splitlines(keepends=True)
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(12):
        case 0:
            return "cut", body[:at]
        case 1:
            return "cut out", body[:at] + body[to:]
        case 2:
            return "bytes flipped", bytes(b ^ (1 << rng.randrange(8)) if rng.random() < 0.01 else b for b in body)
        case 3:
            return "one bit flipped", body[:at] + bytes([body[at % len(body)] ^ (1 << rng.randrange(8))]) + body[
                at + 1 :
            ]
        case 4:
            lines[i], lines[j] = lines[j], lines[i]
            return "lines swapped", b"".join(lines)
        case 5:
            return "line twice", b"".join([*lines[: i + 1], *lines[i:]])
        case 6:
            return "column moved", b"".join(b",".join(c[1:] + c[:1]) for c in (line.split(b",") for line in lines))
        case 7:
            return "separator", body.replace(b",", rng.choice([b";", b"\t", b",,", b""]))
        case 8:
            return "noise", body[:at] + rng.randbytes(rng.randrange(1, 40)) + body[at:]
        case 9:
            return "quote", body[:at] + b'"' + body[at:]
        case 10:
            found = list(NUMBER.finditer(body)) or list(DATE.finditer(body)) or list(re.finditer(rb"\d+", body))
            hit = rng.choice(found)
            return "one number", body[: hit.start()] + rng.choice([*NOT_NUMBERS, b"", b"null", b"[]"]) + body[
                hit.end() :
            ]
        case _:
            return "line ends", body.replace(b"\n", rng.choice([b"\r\n", b"\r", b"\n\n", b"\x0b"]))


def complaint(parse: Parse, body: bytes, request: Request, ids: tuple[str, ...]) -> str:
    """What is wrong with how `parse` treats `body`; empty where it gives values or a SourceError."""
    got: list[Item] = []
    start = time.perf_counter()
    try:
        got.extend(parse(body))
    except SourceError:
        return f"{len(got)} readings from a refused body" if got else ""
    except BaseException as error:
        return f"uncaught {type(error).__name__}: {error}"
    for r in got:
        if isinstance(r, CalendarItem):
            if not (r.calendar in ids and r.uid and type(r.day) is date and type(r.title) is Untrusted):
                return f"the event {r!r}"
            continue
        if r.value is not None and not (type(r.value) is float and math.isfinite(r.value)):
            return f"the value {r.value!r}"
        if type(r.period) is not date or not request.window[0] <= r.period <= request.window[1]:
            return f"the period {r.period!r}"
        if not any(r.series_id == i or (r.series_id.startswith(f"{i}[") and r.series_id.endswith("]")) for i in ids):
            return f"the series {r.series_id!r}"
    return "" if time.perf_counter() - start < 5 else "slow"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_200_malformed_bodies(case: invented.Case) -> None:
    rng = random.Random(case.name)
    certain = [(label, body) for label, body in must_fail(case.body) if body not in case.fine]
    bodies = certain + [may_fail(case.body, rng) for _ in range(COUNT - len(certain))]
    assert len(bodies) >= COUNT
    ids = case.request.series
    faults = {label: why for label, body in bodies if (why := complaint(case.parse, body, case.request, ids))}
    assert not faults
    accepted = [label for label, body in certain if not refused(case, body)]
    assert not accepted


def refused(case: invented.Case, body: bytes) -> bool:
    try:
        case.parse(body)
    except SourceError as error:
        assert error.asked and error.found and error.step
        return True
    return False


def test_the_spoilings_are_not_all_alike() -> None:
    """Some must be refused and some must pass, or the test above would look at one branch only."""
    rng, counts = random.Random(1), {True: 0, False: 0}
    for case in CASES:
        for _ in range(50):
            counts[refused(case, may_fail(case.body, rng)[1])] += 1
    assert min(counts.values()) > 50


def test_follow_takes_no_bad_body_either() -> None:
    """`follow` reads the same bodies as `parse`; it must refuse them in the same way."""
    from barograph.sources import sources

    for case in CASES:
        follow = sources()[case.source].follow
        for label, body in must_fail(case.body):
            try:
                assert isinstance(follow(case.request, body), list)
            except SourceError:
                pass
            except Exception as error:
                raise AssertionError(f"{case.name}, {label}: {error!r}") from error


# ------------------------------------------------------------------ planted bugs that the check must find
def lines_of(body: bytes) -> list[list[str]]:
    return [line.split(",") for line in body.decode().splitlines()[1:]]


def test_planted_a_parser_that_lets_nan_through_is_found() -> None:
    case = CASES[0]

    def lax(body: bytes) -> list[Reading]:
        try:
            return [
                Reading("t.graph", date.fromisoformat(d), float(v)) for d, v in lines_of(body) if v not in ("", ".")
            ]
        except ValueError:
            raise SourceError("x", "y", "", "z") from None

    found = [
        complaint(lax, body, case.request, ("t.graph",)) for label, body in must_fail(case.body) if "numbers" in label
    ]
    assert "the value nan" in found and "the value inf" in found


def test_planted_a_parser_that_gives_readings_before_it_fails_is_found() -> None:
    case = CASES[0]

    def eager(body: bytes) -> Iterable[Reading]:
        for d, v in lines_of(body):
            if v == "broken":
                raise SourceError("x", "y", "", "z")
            yield Reading("t.graph", date.fromisoformat(d), None)

    body = case.body.replace(b"4.13", b"broken")
    assert complaint(eager, body, case.request, ("t.graph",)) == "5 readings from a refused body"


def test_planted_a_parser_with_an_uncaught_error_is_found() -> None:
    case = CASES[0]
    assert "uncaught IndexError" in complaint(lambda body: [[][1]], case.body, case.request, ("t.graph",))
    assert "the period" in complaint(
        lambda body: [Reading("t.graph", date(1999, 1, 1), 1.0)], case.body, case.request, ("t.graph",)
    )
