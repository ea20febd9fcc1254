"""The regime engine on the recorded sources: the golden session in a closure, and 2007 to 2009 replayed with true vintages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import recorded
from command_line import GOLDEN_NOW, SESSION, command, facts_at

pytestmark = pytest.mark.e2e
KEY = {"BAROGRAPH_FRED_API_KEY": "abcdefghijklmnopqrstuvwxyzabcdef"}


@pytest.fixture(scope="module")
def archive(recorded_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("regime") / "archive"
    with recorded.serve("2025-11-06") as base:
        done = command("update", archive=folder, now=GOLDEN_NOW, gateway=base, env=KEY)
        assert done.code == 3, done.err
        yield folder


@pytest.fixture(scope="module")
def facts(archive: Path) -> dict[str, Any]:
    return facts_at(archive, SESSION, GOLDEN_NOW)


def test_the_nowcast_names_what_is_last_known_and_invents_nothing(facts: dict[str, Any]) -> None:
    point = facts["nowcast.us.gdp.point"]
    assert point["state"] == "degraded" and point["period"] == "2025-07-01"
    assert "suspended" in point["reason"] and "last GDP known: 2025 Q2" in point["reason"]
    low, high = facts["nowcast.us.gdp.q15"]["value"], facts["nowcast.us.gdp.q85"]["value"]
    assert low < point["value"] < high and high - low > 2.0
    # A quarter further away, with nothing known of it, is less sure.
    far = facts["nowcast.us.gdp.next.q85"]["value"] - facts["nowcast.us.gdp.next.q15"]["value"]
    assert facts["nowcast.us.gdp.next.point"]["period"] == "2025-10-01" and far > high - low
    for axis in ("growth", "inflation"):
        level = facts[f"regime.us.{axis}.level"]
        assert level["state"] == "degraded" and level["period"] == "2025-09-01"
        newest = {i["series"]: i["last"] for i in level["lineage"]}
        assert max(newest.values()) < "2025-11"
    growth = {i["series"]: i["last"] for i in facts["regime.us.growth.level"]["lineage"]}
    assert growth["us.labour.payrolls"] == "2025-08-01" and growth["us.labour.initial_claims"] == "2025-09-20"


def test_the_nowcast_is_wider_than_before_the_closure(facts: dict[str, Any], archive: Path) -> None:
    """Of the same quarter: on 2025-09-30, the last day before it, and five weeks into it with the quarter long over."""
    before = facts_at(archive, "2025-09-30", GOLDEN_NOW)
    assert before["nowcast.us.gdp.point"]["period"] == facts["nowcast.us.gdp.point"]["period"] == "2025-07-01"

    def width(said: dict[str, Any]) -> float:
        return float(said["nowcast.us.gdp.q85"]["value"] - said["nowcast.us.gdp.q15"]["value"])

    assert width(facts) > width(before)


def test_probabilities_add_up_and_news_too(facts: dict[str, Any]) -> None:
    quadrants = [facts[f"regime.us.quadrant.{q}"]["value"] for q in ("gu_iu", "gu_id", "gd_iu", "gd_id")]
    assert sum(quadrants) == pytest.approx(100.0)
    assert sum(f["value"] for i, f in facts.items() if i.startswith("regime.us.cell.")) == pytest.approx(100.0)
    for sessions in ("1d", "10d"):
        rows = [f["value"] for i, f in facts.items() if i.startswith(f"nowcast.us.gdp.news_{sessions}.")]
        assert sum(rows) == pytest.approx(facts[f"nowcast.us.gdp.change_{sessions}"]["value"], abs=1e-9)


#: Ids that others read: a name that changes here is a change of the interface.
KEPT = (
    *(f"regime.us.{a}.{k}" for a in ("growth", "inflation", "liquidity") for k in ("level", "change_3m", "p_up")),
    *(f"regime.us.quadrant.{q}" for q in ("gu_iu", "gu_id", "gd_iu", "gd_id")),
    *(f"regime.us.cell.{g}{i}{n}" for g in "ud" for i in "ud" for n in "ud"),
    *(f"nowcast.us.{n}.{k}" for n in ("gdp", "cpi", "core_cpi", "pce") for k in ("point", "q15", "q85")),
    *("regime.us.label", "recession.us.probability", "liquidity.us.net.change_13w", "liquidity.us.credit_impulse"),
)


def test_what_others_read_is_there(facts: dict[str, Any]) -> None:
    assert [i for i in KEPT if facts.get(i, {}).get("value") is None] == []
    assert all(facts[i]["state"] in ("ok", "degraded") for i in KEPT)


def test_second_opinions_stand_beside_the_quadrants(facts: dict[str, Any]) -> None:
    """On 2025-11-05: the index at a high, GDP growth of 3.8 %: neither benchmark sees weakness, the axis is of two minds."""
    down = facts["regime.us.weakness.growth_down"]["value"]
    assert down == pytest.approx(100.0 - facts["regime.us.growth.p_up"]["value"])
    assert facts["regime.us.market.hmm.p_bear"]["value"] < 50 and facts["regime.us.gdp.hamilton.p_low"]["value"] < 50
    assert facts["regime.us.weakness.low"]["value"] <= down <= facts["regime.us.weakness.high"]["value"]
    parts = [f["value"] for i, f in facts.items() if i.startswith("regime.us.activity.contribution.")]
    assert len(parts) == 6 and sum(parts) == pytest.approx(facts["regime.us.activity.level"]["value"], abs=1e-9)
    # Nine alarms of the curve since 1960 can be judged: those of 1966 and of 2022 were followed by none.
    assert facts["recession.us.curve.alarms"]["value"] == 9 and facts["recession.us.curve.false_alarms"]["value"] == 2
    assert 20 < facts["recession.us.base_rate"]["value"] < 30


def test_the_page_shows_what_it_says(archive: Path, tmp_path: Path) -> None:
    """No text is withheld; the summary has the card of the regime; section 4 stands between 3 and 5."""
    done = command(
        "report", "--as-of", SESSION, "--format", "json", "--out", str(tmp_path), archive=archive, now=GOLDEN_NOW
    )
    assert done.code == 0, done.err
    page = json.loads((tmp_path / f"barograph-{SESSION}.json").read_text("utf-8"))
    assert [p for p in page["problems"] if p["source"] in ("narrative", "models")] == []
    assert [s["slug"] for s in page["sections"]][2:5] == ["regime", "liquidity", "curve"]
    cards = [b for b in page["sections"][0]["blocks"] if b["kind"] == "card"]
    (bar,) = [b for c in cards for b in c["blocks"] if b["kind"] == "regimes"]
    assert sum(s["share"] for s in bar["shares"]) == pytest.approx(100.0)
    kinds = [b["chart"]["kind"] for b in page["sections"][2]["blocks"] if b["kind"] == "figure"]
    assert {"shares", "path", "steps"} <= set(kinds)


def test_net_liquidity_by_hand(facts: dict[str, Any]) -> None:
    """The change over 13 weeks is what its three parts add up to."""
    parts = [facts[f"liquidity.us.net.{p}_13w"]["value"] for p in ("fed_assets", "treasury_account", "reverse_repo")]
    assert sum(parts) == pytest.approx(facts["liquidity.us.net.change_13w"]["value"], abs=1e-9)


def test_three_years_around_2008(archive: Path) -> None:
    """Real time: the axis ranks recession months above others, and the interval of GDP holds some but not all figures."""
    days = ("--from", "2007-01-01", "--to", "2009-12-31")
    done = command("score", "growth", *days, "--json", archive=archive, now=GOLDEN_NOW)
    assert done.code == 0, done.err
    made = json.loads(done.out)
    assert made["n"] == 36 and made["recession_months"] == 18
    assert made["auroc_low"] <= made["auroc"] <= made["auroc_high"] and made["auroc"] > 0.8
    assert set(made["share_by_known_basis"]) >= {"vintage", "assumed"} and made["share_by_known_basis"]["vintage"] > 50
    assert {t["what"] for t in made["turning_points"]} == {"recession began", "recession ended"}
    assert all(t["days"] is not None and 0 <= t["days"] < 200 for t in made["turning_points"])
    assert 0.0 < made["revised"]["auroc"] <= 1.0 and made["revised"]["n"] == 36
    assert all(row["n"] >= 8 and 0 <= row["coverage70"] <= 100 for row in made["gdp"])


def test_bad_questions_are_answered_in_four_parts(archive: Path) -> None:
    for asked in (
        ("nothing", "2007-01-01", "2009-01-01"),
        ("growth", "x", "2009-01-01"),
        ("growth", "2009-01-01", "2008-01-01"),
    ):
        done = command("score", asked[0], "--from", asked[1], "--to", asked[2], archive=archive, now=GOLDEN_NOW)
        assert done.code == 2 and "asked:" in done.err and "next:" in done.err
