"""What the tests of the incident corpus share: an archive with a life, and bodies as the providers write them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

import invented
from barograph.archive.archive import Archive
from barograph.archive.commit import CommitResult
from barograph.catalog.catalog import Catalog
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.core.time import Clock, new_york
from barograph.sources import Request, fred, prices
from small_archive import fetch, packaged

D = date.fromisoformat


def evening(day: str | date) -> datetime:
    """18:00 New York."""
    return at(day, "18:00")


def at(day: str | date, clock: str) -> datetime:
    return new_york(D(day) if isinstance(day, str) else day, time.fromisoformat(clock))


class Life:
    """An archive that looks, is told, and is asked what stood."""

    def __init__(self, path: Path, catalog: Catalog | None = None) -> None:
        self.archive = Archive.open(path / "archive", catalog or packaged(), create=True)

    def say(self, when: datetime, *given: Reading, look: bool = True) -> CommitResult:
        """One answer at `when`; with `look` it spoke of everything up to that day."""
        with self.archive.writer(Clock(when)) as writer:
            (done,) = writer.commit([fetch(writer, given)])
            if look:
                ids = dict.fromkeys(r.series_id for r in given)
                writer.cover([(i, min(r.period for r in given), when.date()) for i in ids])
        return done

    def value(self, series_id: str, period: str | date, when: datetime, stored: datetime | None = None) -> float | None:
        """The value on a page of `when`, made from what was stored by `stored`."""
        day = D(period) if isinstance(period, str) else period
        return self.archive.as_of(when, stored).series(series_id).value_on(day)

    def held_back(self) -> list[tuple[date, float]]:
        return [(q.period, q.value) for q in self.archive.quarantined() if q.state == "held"]


def readings(series_id: str, values: dict[str, float | None], vintage: str | None = None) -> list[Reading]:
    return [Reading(series_id, D(d), v, vintage=D(vintage) if vintage else None) for d, v in values.items()]


def walk(series_id: str, days: Sequence[date], start: float, moves: Sequence[float]) -> list[Reading]:
    """A level that moves by these percentages, one a day, from `start` on the first day."""
    out, level = [Reading(series_id, days[0], start)], start
    for day, move in zip(days[1:], moves, strict=True):
        level = round(level * (1 + move / 100), 4)
        out.append(Reading(series_id, day, level))
    return out


# ---------------------------------------------------------------- bodies


def fred_graph(series: Series, rows: dict[str, str], window: tuple[str, str]) -> list[Reading]:
    """What our reader makes of the graph CSV, with empty cells as FRED writes them."""
    code = series.code("fred") or ""
    request = Request(
        "fred", fred.GRAPH, (("coed", window[1]), ("cosd", window[0]), ("id", code)), (series.id,),
        (D(window[0]), D(window[1])), note="graph",
    )  # fmt: skip
    body = f"observation_date,{code}\n" + "".join(f"{d},{v}\n" for d, v in rows.items())
    return [r for r in fred.SOURCE.parse(body.encode(), request, {series.id: series}) if isinstance(r, Reading)]


def fred_vintages(series: Series, history: invented.History, now: datetime, most: int = 2_000) -> list[Reading]:
    """What our reader makes of ALFRED's answers about a history, in windows of at most `most` vintages."""
    job = invented.job(series, window=(date(1990, 1, 1), now.date()), now=now, has_key=True)
    queue, out = list(fred.SOURCE.plan(job)), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fred, "MAX_VINTAGES", most)
        for _ in range(200):
            if not queue:
                return out
            request = queue.pop(0)
            body = invented.fred_answer(history, request, most, 100_000)
            try:
                out += [r for r in fred.SOURCE.parse(body, request, {series.id: series}) if isinstance(r, Reading)]
            except SourceError as error:
                queue += fred.SOURCE.otherwise(request, error.found)
            else:
                queue += fred.SOURCE.follow(request, body)
    raise AssertionError("the requests never end")


def bars(
    closes: dict[str, float | None], *, series: Series, currency: str = "USD", splits: dict[str, float] | None = None,
    dividends: dict[str, float] | None = None, window: tuple[str, str] | None = None,
) -> list[Reading]:  # fmt: skip
    """What our reader makes of the chart service's answer with these daily bars."""
    request = bars_request(series, window or (min(closes), max(closes)))
    return prices.SOURCE.parse(bars_body(closes, currency, splits, dividends), request, {series.id: series})


def bars_request(series: Series, window: tuple[str, str]) -> Request:
    return Request("prices", prices.CHART + "X", (), (series.id,), (D(window[0]), D(window[1])), note="X")


def bars_body(
    closes: dict[str, float | None], currency: str = "USD", splits: dict[str, float] | None = None,
    dividends: dict[str, float] | None = None,
) -> bytes:  # fmt: skip
    stamp = lambda d: int(at(d, "09:30").timestamp())  # noqa: E731
    events: dict[str, Any] = {
        "splits": {
            str(stamp(d)): {"date": stamp(d), "numerator": n, "denominator": 1} for d, n in (splits or {}).items()
        },
        "dividends": {str(stamp(d)): {"date": stamp(d), "amount": a} for d, a in (dividends or {}).items()},
    }
    result = {
        "meta": {"symbol": "X", "currency": currency, "exchangeTimezoneName": "America/New_York"},
        "timestamp": [stamp(d) for d in closes],
        "events": events,
        "indicators": {"quote": [{"close": list(closes.values())}]},
    }
    return json.dumps({"chart": {"error": None, "result": [result]}}).encode()


LATER = datetime(2035, 1, 1, tzinfo=UTC)
