"""What a look may claim: no window that was not asked for, no vintage that did not come, no answer that was not read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import invented
from barograph.archive.archive import Archive
from barograph.catalog.catalog import Catalog
from barograph.core.errors import SourceError
from barograph.core.series import ProviderCode
from barograph.core.time import Clock
from barograph.run.ingest import UpdateResult, update
from barograph.run.settings import Settings
from barograph.sources import Request, sources
from barograph.sources._http import Response

#: Periods of 2025 by month, each first printed on the twelfth of the next one.
HISTORY: invented.History = {date(2025, m, 1): [(date(2025, m + 1, 12), 100.0 + m)] for m in range(1, 10)}
CPI = invented.row("t.cpi", "fred", "CPIX", revises=True, release="day+41 08:30")
KEYED = Catalog({CPI.id: CPI}, ())


def evening(day: date, hour: int = 23) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@dataclass
class Fred:
    """FRED with a history; `fail` says which requests do not arrive."""

    history: invented.History
    rows: int = 100_000
    fail: Callable[[Request], bool] = lambda _: False
    today: date = date.max
    asked: list[Request] = field(default_factory=list)

    def get(self, request: Request, etag: str | None = None, last_modified: str | None = None) -> Response:
        self.asked.append(request)
        if self.fail(request):
            raise SourceError("x", "down")
        known = {p: [c for c in changes if c[0] <= self.today] for p, changes in self.history.items()}
        if "graph" in request.url:
            lines = ["observation_date,CPIX"]
            for period, changes in sorted(known.items()):
                if changes and request.window[0] <= period <= request.window[1]:
                    lines.append(f"{period},{'' if changes[-1][1] is None else changes[-1][1]}")
            return answer("\n".join(lines).encode())
        return answer(invented.fred_answer({p: c for p, c in known.items() if c}, request, 2_000, self.rows))


def answer(body: bytes, tag: str | None = None) -> Response:
    return Response(200, body, tag, None, None, False, 1)


def run(
    place: Path, net: object, now: datetime, *, key: bool = True, until: date | None = None, catalog: Catalog = KEYED
) -> tuple[Archive, UpdateResult]:
    archive = Archive.open(place, catalog, create=True)
    if isinstance(net, Fred):
        net.today = now.date()
    settings = Settings(archive=place, clock=Clock(now), keys={"fred": "a" * 32} if key else {})
    return archive, update(archive, catalog, settings, net, until=until)  # type: ignore[arg-type]


def months(archive: Archive, day: date) -> list[int]:
    return [p.item().month for p in archive.as_of(evening(day)).series(CPI.id).periods]


def test_an_update_into_the_past_does_not_cut_the_vintages_of_what_follows(tmp_path: Path) -> None:
    run(tmp_path / "a", Fred(HISTORY), evening(date(2025, 11, 4)), until=date(2025, 3, 1))
    archive, _ = run(tmp_path / "a", Fred(HISTORY), evening(date(2025, 11, 5)))
    clean, _ = run(tmp_path / "b", Fred(HISTORY), evening(date(2025, 11, 5)))
    for day in (date(2025, 3, 20), date(2025, 8, 1), date(2025, 11, 5)):
        assert months(archive, day) == months(clean, day), day
    assert months(clean, date(2025, 8, 1)) == [1, 2, 3, 4, 5, 6]


def test_looks_without_the_key_do_not_count_as_looks_at_vintages(tmp_path: Path) -> None:
    run(tmp_path / "a", Fred(HISTORY), evening(date(2025, 5, 1)))
    for day in (date(2025, 6, 13), date(2025, 7, 14), date(2025, 8, 14), date(2025, 9, 13)):
        run(tmp_path / "a", Fred(HISTORY), evening(day), key=False)
    archive, _ = run(tmp_path / "a", Fred(HISTORY), evening(date(2025, 9, 20)))
    assert months(archive, date(2025, 7, 20)) == [1, 2, 3, 4, 5, 6]


def test_a_fill_of_vintages_that_broke_off_is_begun_again(tmp_path: Path) -> None:
    run(tmp_path / "a", Fred(HISTORY), evening(date(2025, 9, 20)), key=False)
    cut = Fred(HISTORY, rows=5, fail=lambda r: dict(r.params).get("offset", "0") != "0")
    _, result = run(tmp_path / "a", cut, evening(date(2025, 9, 21)))
    assert result.exit_code == 3
    archive, _ = run(tmp_path / "a", Fred(HISTORY), evening(date(2025, 9, 22)))
    assert months(archive, date(2025, 8, 20)) == [1, 2, 3, 4, 5, 6, 7]


def test_after_a_whole_look_little_is_asked(tmp_path: Path) -> None:
    run(tmp_path / "a", Fred(HISTORY), evening(date(2025, 10, 20)))
    net = Fred(HISTORY)
    archive, _ = run(tmp_path / "a", net, evening(date(2025, 11, 5)))
    assert [r.note for r in net.asked] == ["observations since"]
    assert months(archive, date(2025, 11, 5)) == list(range(1, 10))


def test_a_look_without_the_key_on_the_evening_of_a_release_rewrites_no_vintage(tmp_path: Path) -> None:
    history = {p: list(changes) for p, changes in HISTORY.items()}
    run(tmp_path / "a", Fred(history), evening(date(2025, 11, 5), hour=12))
    history[date(2025, 3, 1)].append((date(2025, 11, 5), 777.0))  # released that morning
    archive, _ = run(tmp_path / "a", Fred(history), evening(date(2025, 11, 5), hour=22), key=False)
    assert archive.as_of(evening(date(2025, 6, 1))).series(CPI.id).value_on(date(2025, 3, 1)) == 103.0
    assert archive.as_of(evening(date(2025, 11, 5))).series(CPI.id).value_on(date(2025, 3, 1)) == 777.0


VIX = invented.row("t.vix", "cboe", "VIX", unit="points")
INDICES = Catalog({VIX.id: VIX}, ())


class Cboe:
    """One file with 66 days from 2025-09-01 on, under an entity tag."""

    def __init__(self) -> None:
        self.tag, self.unchanged = '"v1"', 0

    def get(self, request: Request, etag: str | None = None, last_modified: str | None = None) -> Response:
        if etag == self.tag:
            self.unchanged += 1
            return Response(304, b"", etag, None, None, True, 1)
        days = [date(2025, 9, 1) + timedelta(i) for i in range(66)]
        rows = [f"{d:%m/%d/%Y},1,1,1,{10 + i}" for i, d in enumerate(days)]
        return answer("\n".join(["DATE,OPEN,HIGH,LOW,CLOSE", *rows]).encode(), self.tag)


def test_unchanged_never_stands_for_days_that_were_cut_off(tmp_path: Path) -> None:
    net = Cboe()
    run(tmp_path / "a", net, evening(date(2025, 11, 5)), until=date(2025, 9, 5), catalog=INDICES)
    archive, _ = run(tmp_path / "a", net, evening(date(2025, 11, 5)), catalog=INDICES)
    assert net.unchanged == 0
    assert len(archive.as_of(evening(date(2025, 11, 6))).series(VIX.id)) == 66


def test_unchanged_is_taken_where_nothing_was_cut_off(tmp_path: Path) -> None:
    net = Cboe()
    run(tmp_path / "a", net, evening(date(2025, 11, 5)), catalog=INDICES)
    _, result = run(tmp_path / "a", net, evening(date(2025, 11, 6)), catalog=INDICES)
    assert net.unchanged == 1 and result.sources["cboe"].unchanged == 1


@pytest.mark.parametrize("days", [1, 3])
def test_a_split_rewrites_no_close(tmp_path: Path, days: int) -> None:
    share = replace(
        invented.row("t.sh", "prices", "SH", unit="usd", release="close@NYSE", calendar="NYSE"), transform="return"
    )
    closes = [123.45600128173828, 124.3499984741211, 125.0199966430664, 126.33000183105469]
    shown = [date(2025, 11, d) for d in (3, 4, 5, 6)]

    class Chart:
        split, n = False, 3

        def get(self, request: Request, etag: str | None = None, last_modified: str | None = None) -> Response:
            return answer(
                invented.chart("SH", shown[: self.n], [c / (4 if self.split else 1) for c in closes], self.split)
            )

    net, catalog = Chart(), Catalog({share.id: share}, ())
    run(tmp_path / "a", net, evening(date(2025, 11, 5)), catalog=catalog)
    net.split, net.n = True, 4
    archive, _ = run(tmp_path / "a", net, evening(date(2025, 11, 6)) + timedelta(days - 1), catalog=catalog)
    assert archive.vintages(share.id)["period"].to_list() == shown


def test_a_key_of_another_provider_is_no_look_at_vintages(tmp_path: Path) -> None:
    """Filled with a key from a provider without vintages, then from FRED with one: all of FRED's vintages come."""
    both = replace(CPI, providers=(ProviderCode("bls", "CUSR0000SA0"), ProviderCode("fred", "CPIX")))
    archive = Archive.open(tmp_path / "a", Catalog({both.id: both}, ()), create=True)
    with archive.writer(Clock(evening(date(2025, 9, 20)))) as writer:
        writer.cover([(CPI.id, date(2025, 1, 1), date(2025, 9, 20))])
    asked = sources()["bls"].plan(invented.job(both, has_key=True))
    assert asked and all(r.key_param and not r.vintages for r in asked)
    net = Fred(HISTORY)
    again, _ = run(tmp_path / "a", net, evening(date(2025, 9, 21)))
    assert [r.note for r in net.asked] == ["observations"] and net.asked[0].vintages
    assert months(again, date(2025, 7, 20)) == [1, 2, 3, 4, 5, 6]
