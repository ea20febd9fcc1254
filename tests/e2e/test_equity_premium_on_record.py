"""The golden session with Shiller's recorded columns imported as a user would: the section, its facts, and no look-ahead."""

from __future__ import annotations

import csv
import gzip
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from barograph import models
from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.core.time import AsOfDate
from barograph.models._protocol import State
from barograph.models.premium._valuation import Valuation
from barograph.models.premium.equity_premium import EquityPremium
from barograph.report.render.html import render
from barograph.report.render.json import document
from barograph.run.daily import build_report
from command_line import SESSION, command
from models_view import close_of

pytestmark = pytest.mark.e2e

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "import-valuation.md"
LAST = "2025-11-01"


def shiller_csv(home: Path, place: Path) -> None:
    """The recorded columns in Shiller's own form of dates, up to the month of the session."""
    with gzip.open(home / "data" / "shiller" / "ie_data.csv.gz", "rt", encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["date"] <= LAST]
    with place.open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out)
        write.writerow(["Date", "P", "D", "E", "CPI", "Rate GS10"])
        for r in rows:
            year, month, _ = r["date"].split("-")
            day = f"{year}.1" if month == "10" else f"{year}.{month}"
            write.writerow([day, r["sp500"], r["dividend"], r["earnings"], r["cpi"], r["gs10"]])


@pytest.fixture(scope="module")
def filled(golden_archive: Path, recorded_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A golden archive into which the columns came by the command and the map of the how-to."""
    folder = tmp_path_factory.mktemp("valued")
    place = Path(shutil.copytree(golden_archive, folder / "archive"))
    shiller_csv(recorded_folder, folder / "shiller.csv")
    found = re.search(r"```toml file=shiller\.toml\n(.*?)```", HOW_TO.read_text("utf-8"), re.DOTALL)
    assert found is not None
    (folder / "shiller.toml").write_text(found[1], "utf-8")
    done = command("import", folder / "shiller.csv", "--map", folder / "shiller.toml", archive=place)
    assert done.code == 0 and "9295 figures" in done.out, done.out + done.err
    yield place


@pytest.fixture
def few_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of levels and premium only: the other models take minutes on a new archive and say nothing to this section."""
    kept = {n: dict(line) for n, line in models._lines().items() if n in ("levels", "equity_premium")}
    monkeypatch.setattr(models, "_lines", lambda: kept)


def page_of(place: Path) -> tuple[dict[str, Any], str]:
    """The page of the golden session as its JSON and as HTML."""
    catalog = load(archive_folder=place / "catalogue")
    archive = Archive.open(place, catalog)
    report = build_report(archive, catalog, AsOfDate(close_of(date(2025, 11, 5)), date(2025, 11, 5)))
    return document(report), render(report)


@pytest.mark.usefixtures("few_models")
def test_the_section_of_the_golden_session(filled: Path) -> None:
    page, text = page_of(filled)
    section = next(s for s in page["sections"] if s["slug"] == "equity_premium")
    facts = {f["id"]: f for f in page["facts"]}
    assert section["number"] == 7 and section["state"] == "ok"
    assert not [p for p in page["problems"] if p["source"] == "narrative" and p["subject"] == "equity_premium"]
    heads = ("excess_cape_yield", "real_yield_gap", "cape", "dispersion")
    shown = {i: round(facts[f"erp.us.{i}"]["value"], 2) for i in heads}
    assert shown == {"excess_cape_yield": 1.48, "real_yield_gap": 1.40, "cape": 40.23, "dispersion": 0.07}
    # His published column for the month, on its mean price and on earnings that came later, is 1.63 per cent.
    assert abs(shown["excess_cape_yield"] - 1.63) < 0.25
    assert facts["erp.us.excess_cape_yield.earnings"]["period"] == "2025-06-01"
    assert facts["erp.us.excess_cape_yield.skill_1m"]["value"] == "no_demonstrated_skill"
    assert section["wrong_if"].startswith("erp.us.excess_cape_yield > ")
    assert "no demonstrated skill" in text


@pytest.mark.usefixtures("few_models")
def test_without_the_import_the_section_says_what_to_import(golden_archive: Path) -> None:
    page, _ = page_of(golden_archive)
    section = next(s for s in page["sections"] if s["slug"] == "equity_premium")
    assert section["state"] == "insufficient" and "docs/how-to/import-valuation.md" in section["reason"]


def said(archive: Archive, day: date) -> dict[str, float]:
    """The model's numbers on the page of a day."""
    model, view = EquityPremium(), archive.as_of(close_of(day))
    made = model.step(State(model.name, model.version, view.known_at), view)[1]
    return {q.id: q.value for q in made.quantities if isinstance(q.value, float)}


def test_no_earnings_are_known_before_their_quarter_is_complete(filled: Path) -> None:
    """On every month end of fifteen years the newest earnings are of a quarter that ended ninety days before."""
    archive = Archive.open(filled, load())
    for year in range(2010, 2026):
        for month in (2, 6, 9, 12):
            day = date(year, month, 25)
            if day > date(2025, 11, 5):
                continue
            seen = Valuation(archive.as_of(close_of(day)))
            points = seen.points("us.equity.shiller_earnings")
            assert points is not None
            newest = points.periods[-1].astype("datetime64[M]")
            end = (newest + 1).astype("datetime64[D]") - 1
            assert int(newest.astype(int)) % 3 == 2 and np.datetime64(day) - end >= np.timedelta64(90, "D")
            assert (points.known_at <= np.datetime64(seen.view.known_at.replace(tzinfo=None))).all()


def test_the_chart_is_what_the_model_said_then(filled: Path) -> None:
    """The reading of a past month end is the headline of the page of that day, to the last digit."""
    archive = Archive.open(filled, load())
    model = EquityPremium()
    read = model.readings(archive.as_of(close_of(date(2025, 11, 5))))
    days = read.past.days.tolist()
    for day in (date(2025, 9, 30), date(2020, 3, 31), date(2009, 3, 31), date(2012, 10, 31)):
        k = days.index(day)
        facts = said(archive, day)
        for method in ("excess_cape_yield", "real_yield_gap"):
            assert facts[f"erp.us.{method}"] == float(read.values(read.past, method)[k]), (day, method)


def test_the_year_is_split_without_a_rest(filled: Path) -> None:
    archive = Archive.open(filled, load())
    facts = said(archive, date(2025, 11, 5))
    for method, parts in (("excess_cape_yield", 4), ("real_yield_gap", 3)):
        p = f"erp.us.{method}"
        rows = [f for i, f in facts.items() if i.startswith(f"{p}.") and i.endswith("_1y") and i != f"{p}.change_1y"]
        assert len(rows) == parts and sum(rows) == pytest.approx(facts[f"{p}.change_1y"], abs=1e-9)


def test_the_score_is_that_of_the_page(filled: Path) -> None:
    made = command("score", "equity_premium", "--from", "1959-01-31", "--to", SESSION, "--json", archive=filled).json()
    archive = Archive.open(filled, load())
    model = EquityPremium()
    state = model.fit(archive.as_of(close_of(date(2025, 11, 5))))
    for h in ("1m", "12m"):
        scored, kept = made["excess_cape_yield"][h], state.params[f"excess_cape_yield.{h}"]
        assert (scored["r2"], scored["p"], scored["n_effective"]) == (kept["r2"], kept["p"], kept["n"])
        assert scored["skill"] == "no demonstrated skill"
    assert made["damodaran"]["1m"]["n"] == 0 and made["excess_cape_yield"]["ten_years"]["n_effective"] == 5
