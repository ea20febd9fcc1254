"""The session of 2025-11-05 from HTTP to page: the published figures, their lineage, and nothing that was not yet known.

Published: Treasury par and real yields, ICE BofA spreads by way of FRED, Cboe, S&P; the shutdown's last releases.
"""

from __future__ import annotations

import json
import math
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from barograph.report import schema
from command_line import SESSION, Done, command, facts_at, values_at

pytestmark = pytest.mark.e2e

#: 18:00 New York of the session: what `--as-of 2025-11-05` means.
KNOWN = datetime(2025, 11, 5, 23, 0, tzinfo=UTC)
#: Half a unit of the last published digit.
PUBLISHED = {
    "curve.us.2y.level": (3.63, 0.005),
    "curve.us.10y.level": (4.17, 0.005),
    "curve.us.real10y.level": (1.87, 0.005),
    "curve.us.breakeven10y.level": (2.30, 0.005),
    "credit.us.hy.oas.level": (305.0, 0.5),
    "credit.us.ig.oas.level": (81.0, 0.5),
    "vol.us.vix.level": (18.01, 0.005),
    "vol.us.vix3m.level": (20.60, 0.005),
    "vol.us.move.level": (72.42, 0.005),
    "equity.us.spx.level": (6796.29, 0.005),
    "equity.us.spx.return_1d": (0.365, 0.001),
    "equity.us.sector.communication_services.contribution_1d": (0.16, 0.005),
}
FIELDS = {
    *("id", "value", "unit", "low", "high", "n", "state", "period", "known_at", "known_basis", "window", "lineage"),
    "reason",
}


@pytest.fixture(scope="module")
def facts(golden_archive: Path) -> dict[str, Any]:
    return facts_at(golden_archive, SESSION)


@pytest.fixture(scope="module")
def pages(golden_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    place = tmp_path_factory.mktemp("page")
    archive = shutil.copytree(golden_archive, place / "archive")
    done = command("report", "--as-of", SESSION, "--format", "html,md,json", "--out", place / "out", archive=archive)
    return done, place / "out"


@pytest.fixture(scope="module")
def document(pages: tuple[Done, Path]) -> dict[str, Any]:
    done, out = pages
    assert done.code == 0, done.err
    page: dict[str, Any] = json.loads((out / f"barograph-{SESSION}.json").read_text("utf-8"))
    return page


@pytest.mark.parametrize("id_", PUBLISHED)
def test_published_figures(facts: dict[str, Any], id_: str) -> None:
    value, tolerance = PUBLISHED[id_]
    assert facts[id_]["value"] == pytest.approx(value, abs=tolerance)
    assert (facts[id_]["state"], facts[id_]["period"]) == ("ok", SESSION)


def test_the_curve_bear_steepened(facts: dict[str, Any]) -> None:
    assert facts["curve.us.move_1d"]["value"] == "bear_steepener"


def test_attribution_adds_up_to_the_index(facts: dict[str, Any]) -> None:
    parts = [f["value"] for i, f in facts.items() if re.fullmatch(r"equity\.us\.sector\.\w+\.contribution_1d", i)]
    residual = facts["equity.us.attribution.residual"]["value"]
    assert len(parts) == 11
    assert facts["equity.us.attribution.method"]["value"] == "constituents"
    assert math.fsum([*parts, residual]) == pytest.approx(facts["equity.us.spx.return_1d"]["value"], abs=1e-9)
    assert abs(residual) < 0.01


def test_the_closure_stopped_the_releases(facts: dict[str, Any], document: dict[str, Any]) -> None:
    assert facts["macro.us.payrolls.latest"]["period"] == "2025-08-01"
    assert facts["macro.us.cpi.latest"]["period"] == "2025-09-01"
    assert "closure of October and November 2025" in document["notice"]
    assert "day 36" in document["notice"]
    assert re.search(r"payrolls known: Aug\s2025; last CPI known: Sep\s2025", document["notice"])


def test_nothing_on_the_page_was_known_later(facts: dict[str, Any]) -> None:
    for id_, fact in facts.items():
        if id_.startswith("page.next"):
            continue
        pieces = [p["known_at"] for p in fact["lineage"]] + [fact["known_at"]]
        assert all(datetime.fromisoformat(at) <= KNOWN for at in pieces if at), id_
        # A point of the policy path is about a day to come; what it rests on is not.
        lasts = [p["last"] for p in fact["lineage"]] + [None if id_.startswith("policy.us.path.") else fact["period"]]
        assert all(date.fromisoformat(day) <= date(2025, 11, 5) for day in lasts if day), id_


def test_an_archive_that_holds_the_next_day_does_not_show_it(golden_archive: Path) -> None:
    held = values_at(golden_archive, "us.rates.par_10y", "2025-11-06")
    assert max(held) == "2025-11-06"
    assert max(values_at(golden_archive, "us.rates.par_10y", SESSION)) == SESSION
    assert max(values_at(golden_archive, "us.rates.par_10y", "2025-11-05T17:00:00-05:00")) == "2025-11-04"


def test_an_overnight_rate_is_published_the_next_morning(golden_archive: Path) -> None:
    assert max(values_at(golden_archive, "us.rates.sofr", SESSION)) == "2025-11-04"
    assert max(values_at(golden_archive, "us.rates.sofr", "2025-11-06")) == SESSION


def test_every_fact_has_the_documented_fields(facts: dict[str, Any]) -> None:
    assert len(facts) > 500
    for id_, fact in facts.items():
        assert fact.keys() == FIELDS, id_
        assert fact["state"] in ("ok", "degraded", "insufficient")
        assert (fact["value"] is None) == (fact["state"] == "insufficient"), id_
        assert fact["value"] is not None or fact["reason"], id_
        for piece in fact["lineage"]:
            assert piece["batches"] and piece["n"] > 0, id_
            assert all(re.fullmatch(r"[0-9a-f]{64}", b["sha256"]) for b in piece["batches"]), id_


def test_values_of_the_market_carry_their_lineage(facts: dict[str, Any]) -> None:
    for id_ in PUBLISHED:
        assert facts[id_]["lineage"], id_
        assert facts[id_]["known_basis"] == "schedule", id_


def test_the_page_comes_in_three_formats(pages: tuple[Done, Path], document: dict[str, Any]) -> None:
    done, out = pages
    assert sorted(p.name for p in out.iterdir()) == [f"barograph-{SESSION}.{f}" for f in ("html", "json", "md")]
    assert schema.check(document) == []
    assert document["session"] == SESSION
    assert "no statement was written" in done.out


def test_the_html_needs_nothing_else(pages: tuple[Done, Path]) -> None:
    html = (pages[1] / f"barograph-{SESSION}.html").read_text("utf-8")
    assert reaches_out(html) == []
    assert "<svg" in html and "</html>" in html
    planted = html.replace("</head>", '<link rel="stylesheet" href="https://example.org/a.css"></head>')
    assert reaches_out(planted)
    assert reaches_out(html.replace("</head>", "<style>@import url(//example.org/a.css)</style></head>"))


def reaches_out(html: str) -> list[str]:
    """Everything that a browser would fetch to show the page."""
    tags, names = "link|script|img|iframe|source|object|embed|use|image", "src|href|data|srcset"
    loads = rf"<(?:{tags})\b[^>]*?\s(?:{names})\s*=\s*[\"']?([^\"'\s>]+)"
    found = [m for m in re.findall(loads, html, re.I) if not m.startswith(("data:", "#"))]
    found += [m for m in re.findall(r"url\(\s*[\"']?([^\"')]+)", html) if not m.startswith(("data:", "#"))]
    return found + re.findall(r"@import[^;]*", html)


def test_the_spread_is_named_for_what_it_is(pages: tuple[Done, Path]) -> None:
    for form in ("html", "md"):
        text = (pages[1] / f"barograph-{SESSION}.{form}").read_text("utf-8")
        assert "IG cash OAS" in text
        assert "CDX" not in text or "not the CDX scale" in text


def test_a_number_is_walked_back_to_its_bytes(golden_archive: Path) -> None:
    done = command("explain", "curve.us.10y.level", "--as-of", SESSION, "--json", archive=golden_archive)
    tree = done.json()
    assert tree["fact"]["value"] == 4.17
    [piece] = tree["inputs"]
    assert piece["series"] == "us.rates.par_10y"
    assert (piece["newest"]["period"], piece["newest"]["value"]) == (SESSION, 4.17)
    batch = piece["batches"][-1]
    assert batch["source"] == "treasury" and "home.treasury.gov" in batch["request"]
    assert batch["bytes"] > 0
    assert all(b["intact"] for b in piece["batches"])
    text = command("explain", "curve.us.10y.level", "--as-of", SESSION, archive=golden_archive).out
    assert batch["sha256"] in text and "intact" in text


def test_the_archive_is_whole(golden_archive: Path) -> None:
    done = command("verify", archive=golden_archive)
    assert (done.code, done.out.startswith("whole")) == (0, True)
