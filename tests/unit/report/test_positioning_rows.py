"""Reports older than the last one due stand last, grey and without a rank; where they are most, the section says nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from barograph.catalog.load import load
from barograph.core.estimate import Fact
from barograph.report.blocks import Paragraph, Table
from barograph.report.sections.positioning import SECTION

BOOKS = ("es.leveraged", "eur.leveraged", "gold.noncommercial")
LATE = "a report of 2025-09-23 was due"


def day(*late: str, shut: str = "") -> Any:
    facts = {}
    for b in BOOKS:
        for part, unit in (("net", "contracts"), ("z_156w", "sigma"), ("percentile_3y", "percent")):
            id_ = f"positioning.us.{b}.{part}"
            facts[id_] = Fact(id_, 2.0, unit, period=date(2025, 9, 23), window="x")
            if b in late:
                facts[id_] = replace(facts[id_], state="degraded", reason=LATE, period=date(2025, 3, 11))
            elif b == shut:
                facts[id_] = replace(facts[id_], state="degraded", reason="no report since 2025-09-23: closure")
    narrator = SimpleNamespace(since=lambda slug: ("Since 4 Nov: no new report.",))

    def has(id_: str) -> bool:
        return id_ in facts

    def ref(id_: str) -> Any:
        from barograph.report.blocks import Ref

        return (Ref(id_),) if id_ in facts else ("–",)

    return SimpleNamespace(
        facts=facts,
        has=has,
        ref=ref,
        narrator=narrator,
        catalog=load(),
        wrong_if=lambda slug: "",
        session=date(2025, 11, 5),
    )


def table(made: Any) -> Table:
    assert isinstance(made.blocks[0], Paragraph)
    found = made.blocks[1]
    assert isinstance(found, Table)
    return found


def test_current_rows_come_first_and_old_ones_have_no_rank() -> None:
    made = SECTION.build(day("es.leveraged"))
    assert made.state == "degraded"
    rows = table(made).rows
    assert [r[0].text[0] for r in rows] == [
        "Euro (EC), leveraged funds",
        "Gold (GC), noncommercial traders",
        "E-mini S&P 500 (ES), leveraged funds",
    ]
    assert [r[3].muted for r in rows] == [False, False, True]
    assert [bool(r[6].text or r[7].text) for r in rows] == [True, True, False]


@pytest.mark.parametrize(("late", "state"), [(BOOKS[:1], "degraded"), (BOOKS[:2], "insufficient"), ((), "ok")])
def test_most_of_them_old_is_a_section_without_a_reading(late: tuple[str, ...], state: str) -> None:
    made = SECTION.build(day(*late))
    assert made.state == state
    assert (f"{len(late)} of 3 reports" in made.reason) is (state == "insufficient")


def test_a_report_that_a_closure_holds_up_is_not_old() -> None:
    rows = table(SECTION.build(day(shut="es.leveraged"))).rows
    assert rows[0][0].text[0].startswith("E-mini") and not rows[0][3].muted
