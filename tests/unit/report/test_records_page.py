"""Tables of records: a row per fan with its words, all fans by count; the chance of a widening among the bands."""

from __future__ import annotations

from typing import Any

import invented_page
from barograph.core.estimate import Fact
from barograph.models.assets import ASSETS, Asset
from barograph.models.sensitivity.fan_record import RECORD
from barograph.report.blocks import Section, Table
from barograph.report.narrative.in_section import check_section
from barograph.report.sections._credit_record import record
from barograph.report.sections._sensitivity_record import fan_record
from page_words import day_of, said

WINDOW = "2022-11-01 to 2025-10-31, variances of each month"


def asset(slug: str) -> Asset:
    return next(a for a in ASSETS if a.slug == slug)


def fan(slug: str, verdict: str, width: str, large: float | None = 90.0) -> list[Fact]:
    p, out = f"sensitivity.{slug}.fan.record", []
    for name, unit in RECORD:
        value: Any = {"verdict": verdict, "width_90": width, "share_large": large}.get(name, 50.0)
        state: Any = "ok" if value is not None else "insufficient"
        n = 42 if name == "share_large" else 743
        out.append(Fact(f"{p}.{name}", value, unit, low=40.0, high=60.0, n=n, window=WINDOW, state=state))
    return out


def test_a_fan_says_loss_and_width_and_all_are_counted() -> None:
    facts = [*fan("spx", "better_than_plain", "too_wide"), *fan("gold", "no_demonstrated_skill", "too_narrow", None)]
    facts += [*fan("dollar", "worse_than_plain", "as_said"), *fan("oil", "better_than_plain", "as_said")]
    facts += [Fact(f"sensitivity.us.fans_{k}", v, "count", n=28) for k, v in (("narrow", 1.0), ("wide", 22.0))]
    day = day_of(*facts)
    table = fan_record(day, [asset(s) for s in ("spx", "dollar", "gold", "oil", "iwm")])
    assert isinstance(table, Table) and "2022-11-01 to 2025-10-31" in table.subtitle
    # The oil fund has a record and is not among those shown; small companies have none.
    assert [said(r[0].below) for r in table.rows] == [
        "lower loss than plain betas, but the interval is <width_90>, n <share_in_90 n>",
        "<verdict>; the interval is <width_90>, n <share_in_90 n>",
        "<verdict>, n <share_in_90 n>",
    ]
    assert said(table.rows[0][4].below) == "<share_large low> to <share_large high>, n <share_large n>"
    assert table.rows[1][4].text == ("–",) and table.rows[1][4].below == ()
    assert table.total is not None and (
        said(table.total[0].below) == "<fans_wide> too wide, <fans_narrow> too narrow, n <fans_wide n>"
    )
    assert {len(r) for r in (*table.rows, table.total)} == {len(table.columns)}
    section = Section(10, "sensitivity", "Rates", "ok", "", 1, 1, (), (table,), "")
    assert check_section(section, day.facts, invented_page.setting()) == []
    assert fan_record(day_of(), [asset("spx")]) is None


def test_the_chance_of_a_widening_has_a_row_of_its_own() -> None:
    facts: list[Fact] = []
    for h in (5, 21):
        p = f"credit.us.ig.record_{h}d"
        names = ("gain", "p_equal", "share_in_90", "share_in_50", "p_kupiec", "p_independence")
        facts += [Fact(f"{p}.{k}", 5.0, "percent", low=1.0, high=9.0, n=101) for k in names]
        facts += [Fact(f"{p}.{k}", "as_said", "label") for k in ("width_90", "width_50")]
        facts.append(Fact(f"{p}.verdict", "better_than_usual", "label", n=101, window="2016-01-04 to 2025-11-03"))
    wider = "credit.us.ig.record_wider_21d"
    facts += [Fact(f"{wider}.{k}", -2.1, "percent", n=101) for k in ("gain", "p_equal")]
    facts.append(Fact(f"{wider}.verdict", "no_demonstrated_skill", "label", n=101))
    table = record(day_of(*facts), [asset("ig")])
    assert table is not None and [said(r[0].text) for r in table.rows] == [
        "IG cash, 5 sessions",
        "IG cash, 21 sessions",
        "IG cash, P(wider), 21 sessions",
    ]
    assert said(table.rows[2][0].below) == "<verdict>, n <verdict n>" and said(table.rows[2][1].text) == "<gain>"
    assert {len(r) for r in table.rows} == {len(table.columns)}
    section = Section(6, "credit", "Credit", "ok", "", 1, 1, (), (table,), "")
    assert check_section(section, {f.id: f for f in facts}, invented_page.setting()) == []
