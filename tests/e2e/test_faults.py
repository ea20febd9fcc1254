"""A provider's bad day: every fault the replay knows, on one path of each provider, then the clean run that heals it.

The matrix runs the update in this process on a catalogue of eleven series, with waits shortened; what a whole
catalogue does on a mixed bad day, and when nobody answers, is run as a user runs it.
"""

from __future__ import annotations

import functools
import io
import json
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import recorded
from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.core.time import Clock
from barograph.run.doctor import examine
from barograph.run.settings import Settings
from barograph.run.update import run_update
from barograph.sources import _http
from command_line import GOLDEN_DAY, SESSION, command, differences, facts_at

pytestmark = pytest.mark.e2e

DAY = date(2025, 11, 5)
#: 18:30 New York of the day before, and of the day.
BEFORE, NOW = datetime(2025, 11, 4, 23, 30, tzinfo=UTC), datetime(2025, 11, 5, 23, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Path_:
    """One path of a provider: the requests that a fault hits, the series they speak about, one that stays clean."""

    pattern: str
    hit: str
    clean: str
    column: str = ""


PATHS = {
    "fred": Path_("id=BAMLH0A0HYM2", "us.credit.hy_oas", "us.credit.ig_oas"),
    "treasury": Path_(
        "(all/202511|pages/xml).*daily_treasury_yield_curve", "us.rates.par_10y", "us.rates.real_10y", column="10 Yr"
    ),
    "cboe": Path_("/VIX_History", "us.vol.vix", "us.vol.vvix"),
    "prices": Path_(r"chart/\^GSPC", "us.equity.spx", "us.commodity.gld"),
    "holdings": Path_("asOfDate=20251105", "us.equity.member.close[AAPL]", ""),
}
FAMILIES = {f"us.equity.member.{what}" for what in ("weight", "close", "sector")}
#: Faults after which everything is there all the same.
PASSING: dict[str, dict[str, Any]] = {
    "429 once": {"fault": "status", "status": 429, "retry_after": 1, "count": 1},
    "503 once": {"fault": "status", "status": 503, "count": 1},
    "late": {"fault": "latency", "seconds": 0.4},
    "in pieces": {"fault": "drip", "chunk": 4096, "seconds": 0.002},
    "cut once": {"fault": "truncate", "count": 1},
    "twice": {"fault": "duplicate"},
}
#: Faults that end the request; what its reason says.
FAILING: dict[str, tuple[dict[str, Any], str]] = {
    "429": ({"fault": "status", "status": 429, "retry_after": 1}, "HTTP status 429"),
    "500": ({"fault": "status", "status": 500}, "HTTP status 500"),
    "503": ({"fault": "status", "status": 503, "retry_after": 1}, "HTTP status 503"),
    "503, come back in an hour": ({"fault": "status", "status": 503, "retry_after": 3600}, "asks to wait 3600 s"),
    "never ending": ({"fault": "drip", "chunk": 8, "seconds": 0.5}, "not done within 4 s"),
    "too late": ({"fault": "latency", "seconds": 3.5}, "not done within 4 s|time"),
    "truncate": ({"fault": "truncate"}, "without sending complete message body"),
    "reset": ({"fault": "reset"}, "reset by peer"),
    "html": ({"fault": "html"}, "an HTML page where data was asked for"),
    "empty": ({"fault": "empty"}, "an empty body"),
    "bad gzip": ({"fault": "bad_gzip"}, "gzip"),
    "header": ({"fault": "header"}, "column|quote"),
}
#: What is said is wrong, in a form that only the files with one table have.
CONTENT = ("fred", "treasury", "cboe", "prices")


@pytest.fixture(scope="module")
def base(recorded_folder: Path) -> Iterator[recorded.Recorded]:
    with recorded.serve("2025-11-04") as address:
        yield address


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's catalogue folder in which providers are asked for eleven series only."""
    keep = {n for p in PATHS.values() for n in (p.hit, p.clean)} | FAMILIES
    folder = tmp_path_factory.mktemp("catalogue")
    rows = [f'[[override]]\nid = "{s.id}"\nproviders = ["files:{s.id}"]\n' for s in load() if s.id not in keep]
    (folder / "few.toml").write_text("\n".join(rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def day_before(base: recorded.Recorded, few: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the eleven series, filled on the day before."""
    archive = tmp_path_factory.mktemp("before") / "archive"
    code, said = _update(archive, base, few, BEFORE)
    assert code == 0, said
    base.set_today(DAY.isoformat())
    return archive


@dataclass
class Bench:
    """An archive on the day, and a provider side that can be told to misbehave."""

    archive: Path
    base: recorded.Recorded
    few: Path
    took: float = 0.0

    def update(self, faults: list[dict[str, Any]], only: str | None = None) -> tuple[int, str]:
        self.base.set_faults(faults)
        began = time.monotonic()
        done = _update(self.archive, self.base, self.few, NOW, only)
        self.took = time.monotonic() - began
        used = [f["used"] for f in self.base.status()["faults"]]
        assert all(used), f"a fault was never met: {used}"
        return done

    def value(self, series_id: str, day: date = DAY) -> float | None:
        return Archive.open(self.archive, load(self.few)).as_of(NOW).series(series_id).value_on(day)

    def rows(self, series_id: str) -> list[tuple[Any, ...]]:
        points = Archive.open(self.archive, load(self.few)).as_of(NOW).series(series_id)
        arrays = (points.periods, points.values, points.known_at, points.basis)
        return list(zip(*(a.tolist() for a in arrays), strict=True))

    def state(self) -> str:
        """Everything that a reader could see of the series at the day."""
        ids = sorted({n for p in PATHS.values() for n in (p.hit, p.clean) if n} - FAMILIES)
        view = Archive.open(self.archive, load(self.few)).as_of(NOW)
        members = [m for f in sorted(FAMILIES) for m in view.members(f)]
        return view.digest(ids + members)


def _update(archive: Path, base: str, few: Path, now: datetime, only: str | None = None) -> tuple[int, str]:
    said = io.StringIO()
    settings = Settings(archive=archive, clock=Clock(now), gateway=str(base), catalogue=few)
    code = run_update(settings, None, only, Console(file=said, width=220, highlight=False))
    return code, said.getvalue()


@pytest.fixture
def bench(
    day_before: Path, base: recorded.Recorded, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    quick = functools.partial(_http.Limits, total=4.0, read=2.0, backoff=0.05, backoff_max=0.2)
    monkeypatch.setattr(_http, "Limits", quick)
    yield Bench(Path(shutil.copytree(day_before, tmp_path / "archive")), base, few)
    base.set_faults([])


@pytest.fixture(scope="module")
def clean(day_before: Path, base: recorded.Recorded, few: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """What the day looks like when nothing goes wrong."""
    made = Bench(Path(shutil.copytree(day_before, tmp_path_factory.mktemp("clean") / "archive")), base, few)
    code, said = made.update([])
    assert code == 0, said
    assert all(made.value(p.hit) is not None for p in PATHS.values())
    return made


def rule(source: str, fault: dict[str, Any]) -> dict[str, Any]:
    column = {"column": PATHS[source].column} if PATHS[source].column else {}
    return {"count": -1, "path": PATHS[source].pattern, **column, **fault}


@pytest.mark.parametrize("name", PASSING)
def test_what_a_second_attempt_or_patience_cures(bench: Bench, clean: Bench, name: str) -> None:
    code, said = bench.update([rule(s, PASSING[name]) for s in PATHS])
    assert (code, bench.took < 20) == (0, True), said
    assert bench.state() == clean.state()


@pytest.mark.parametrize("name", FAILING)
def test_what_cannot_be_had_is_named_and_healed(bench: Bench, clean: Bench, name: str) -> None:
    fault, reason = FAILING[name]
    # A column of another name is in the CSV only: that curve then comes by the XML feed.
    hit = tuple(s for s in CONTENT if s != "treasury") if name == "header" else tuple(PATHS)
    before = {s: bench.rows(PATHS[s].hit) for s in hit}
    code, said = bench.update([rule(s, fault) for s in hit])
    assert (code, bench.took < 30) == (3, True), said
    for source in hit:
        series = PATHS[source].hit.partition("[")[0]
        lines = [line for line in said.splitlines() if line.startswith(f"{source}: ") and series in line]
        assert len(lines) == 1, said
        assert re.search(reason, lines[0]), lines
        # Nothing of the failed answer is in; what was held before is as it was.
        assert bench.rows(PATHS[source].hit) == before[source], source
    for source, path in PATHS.items():
        if path.clean:
            assert bench.rows(path.clean) == clean.rows(path.clean), f"{source} was spoilt"
    code, said = bench.update([])
    assert code == 0, said
    assert bench.state() == clean.state()


@pytest.mark.parametrize("fault", [{"fault": "header"}, {"fault": "html"}, {"fault": "status", "status": 503}])
def test_a_curve_whose_csv_cannot_be_had_comes_by_the_xml_feed(
    bench: Bench, clean: Bench, fault: dict[str, Any]
) -> None:
    code, said = bench.update([rule("treasury", fault) | {"path": "all/202511.*daily_treasury_yield_curve"}])
    assert code == 0, said
    assert bench.state() == clean.state()
    problems = Archive.open(bench.archive, load(bench.few)).problems()
    assert any(p.source == "treasury" and "asked in another way" in p.message for p in problems)


@pytest.mark.parametrize("factor", [10, 0.1])
def test_a_bad_print_is_held_back(bench: Bench, clean: Bench, factor: float) -> None:
    code, said = bench.update([rule(s, {"fault": "bad_print", "factor": factor}) for s in CONTENT])
    assert code == 0, said
    catalog = load(bench.few)
    settings = Settings(archive=bench.archive, clock=Clock(NOW), catalogue=bench.few)
    told = examine(settings, as_json=True)[0]
    held = {c["text"].split()[0] for c in json.loads(told)["checks"] if c["what"] == "quarantine"}
    # The catalogue says which series may multiply in a day: those are not judged, and the value is in.
    judged = {PATHS[s].hit for s in CONTENT if catalog[PATHS[s].hit].kind in ("level", "rate")}
    assert {"us.credit.hy_oas", "us.rates.par_10y", "us.equity.spx"} <= judged
    assert held == judged
    for source in CONTENT:
        series = PATHS[source].hit
        good = clean.value(series)
        assert good is not None
        if series in judged:
            assert bench.value(series) is None
            assert bench.rows(series) == clean.rows(series)[:-1]
        else:
            assert bench.value(series) == pytest.approx(good * factor)
    code, said = bench.update([])
    assert code == 0, said
    assert bench.state() == clean.state()
    assert Archive.open(bench.archive, catalog).quarantined("held") == []


def test_a_withdrawn_value_is_missing_until_it_comes(bench: Bench, clean: Bench) -> None:
    code, said = bench.update([rule(s, {"fault": "withdraw"}) for s in CONTENT])
    assert code == 0, said
    assert [s for s in CONTENT if bench.value(PATHS[s].hit) is not None] == []
    code, said = bench.update([])
    assert code == 0, said
    assert bench.state() == clean.state()


@pytest.mark.parametrize("source", PATHS)
def test_one_provider_down_leaves_the_others_whole(bench: Bench, clean: Bench, source: str) -> None:
    host = {
        "fred": "stlouisfed.org",
        "treasury": "home.treasury.gov",
        "cboe": "cdn.cboe.com",
        "prices": "finance.yahoo.com",
        "holdings": "www.ishares.com",
    }[source]
    code, said = bench.update([{"path": host, "fault": "status", "status": 503, "count": -1}])
    assert (code, bench.took < 20) == (3, True), said
    for other, path in PATHS.items():
        for series in filter(None, (path.hit, path.clean)):
            if other == source:
                assert bench.value(series) is None
            else:
                assert bench.rows(series) == clean.rows(series), series
    only = bench.update([{"path": host, "fault": "status", "status": 503, "count": -1}], only=source)
    assert only[0] == 1, only[1]
    assert bench.update([])[0] == 0
    assert bench.state() == clean.state()


MIXED = [
    {"path": "id=DGS1MO|id=NFCI", "fault": "reset", "count": -1},
    {"path": "id=BAMLC0A0CM", "fault": "html", "count": -1},
    {"path": "id=MORTGAGE30US", "fault": "status", "status": 429, "retry_after": 1, "count": 1},
    {"path": "csv/2024/all.*daily_treasury_yield_curve", "fault": "truncate", "count": -1},
    {"path": "csv/2023/all.*real_yield", "fault": "latency", "seconds": 1.0},
    {"path": "VVIX_History", "fault": "header", "count": -1},
    {"path": "VIX3M_History", "fault": "duplicate", "count": -1},
    {"path": "chart/GLD", "fault": "bad_print", "factor": 10, "count": -1},
    {"path": "chart/XLE", "fault": "empty", "count": -1},
    {"path": "chart/XLK", "fault": "status", "status": 503, "retry_after": 3600, "count": -1},
    {"path": "asOfDate=20251103", "fault": "bad_gzip", "count": -1},
]


def test_a_mixed_bad_day_from_nothing_and_the_day_after(golden_archive: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    with recorded.serve(GOLDEN_DAY, MIXED) as base:
        began = time.monotonic()
        done = command("update", archive=archive, gateway=base)
        assert (done.code, time.monotonic() - began < 90) == (3, True), done.out + done.err
        for word in ("us.money.financial_conditions", "us.credit.ig_oas", "us.vol.vvix", "us.equity.sector_energy"):
            assert word in done.out
        assert "asks to wait 3600 s" in done.out and "an empty body" in done.out
        bad, good = facts_at(archive, SESSION), facts_at(golden_archive, SESSION)
        for id_ in ("vol.us.vix.level", "vol.us.vix3m.level", "equity.us.spx.return_1d", "curve.us.real10y.level"):
            assert bad[id_]["value"] == good[id_]["value"], id_
        for id_ in ("credit.us.ig.oas.level", "vol.us.vvix.level", "equity.us.sector_etf.energy.level"):
            assert bad[id_]["value"] is None and bad[id_]["reason"], id_
        # The bad print is of the newest day: its page prints it among the problems and shows no value.
        gold = facts_at(archive, GOLDEN_DAY)["commodity.gold.level"]
        assert (gold["value"], bad["commodity.gold.level"]["value"]) == (None, good["commodity.gold.level"]["value"])
        page = command("report", "--as-of", GOLDEN_DAY, "--format", "json", "--out", tmp_path, archive=archive)
        assert page.code == 0, page.err
        problems = json.loads((tmp_path / f"barograph-{GOLDEN_DAY}.json").read_text("utf-8"))["problems"]
        assert {"us.commodity.gld", "us.vol.vvix", "us.credit.ig_oas"} <= {p["subject"] for p in problems}
        base.set_faults([])
        healed = command("update", archive=archive, gateway=base)
        assert healed.code == 3, healed.out + healed.err
        recorded.check_failures(healed.out, load())
    assert differences(facts_at(archive, SESSION), good) == {}


def test_nobody_answers(golden_copy: Path, tmp_path: Path) -> None:
    head = Archive.open(golden_copy, load()).coverages()
    with recorded.serve(
        GOLDEN_DAY, [{"path": ".", "fault": "status", "status": 503, "retry_after": 3600, "count": -1}]
    ) as base:
        began = time.monotonic()
        done = command("update", archive=golden_copy, gateway=base)
        assert (done.code, time.monotonic() - began < 30) == (1, True), done.out + done.err
        assert all(f"{source}: " in done.out for source in PATHS)
        page = command("report", "--as-of", SESSION, "--out", tmp_path / "out", archive=golden_copy)
        assert page.code == 0, page.err
        assert (tmp_path / f"out/barograph-{SESSION}.html").stat().st_size > 50_000
        assert Archive.open(golden_copy, load()).coverages() == head
        empty = command("update", archive=tmp_path / "new", gateway=base)
        assert empty.code == 1, empty.out + empty.err
        none = command("report", "--as-of", SESSION, "--out", tmp_path / "none", archive=tmp_path / "new")
        assert none.code == 2 and "it is empty" in none.err, none
        assert not (tmp_path / "none").exists()
