"""Blocks of the curve section on days on which something is missing, and whether the checker lets their words stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from barograph.core.estimate import Fact, fact_of
from barograph.models._kernels import svensson
from barograph.models.rates._curve_days import IDS, YEARS
from barograph.models.rates.policy_path import PolicyPath
from barograph.report.blocks import Block, Figure, Section, Table, Text
from barograph.report.day import Day
from barograph.report.narrative.in_section import check_section
from barograph.report.sections._curve_fit import curve_blocks
from models_view import FakeView, catalog, close_of, rows_of


def day_of(session: date, facts: Iterable[Fact], **more: Any) -> Day:
    view = FakeView({}, close_of(session))
    around = (session - timedelta(1), session + timedelta(1), session - timedelta(28))
    held = {f.id: f for f in facts}
    return Day(session, *around, view.known_at, None, held, {}, (), (), (), view, catalog(), **more)  # type: ignore[arg-type]


def words(text: Text) -> str:
    """The text with the parts of facts it names."""
    return "".join(t if isinstance(t, str) else f"<{t.fact}.{t.part}>" for t in text)


def faults(day: Day, blocks: Sequence[Block]) -> list[str]:
    section = Section(5, "curve", "Yield curve", "ok", "", 2, 2, (), tuple(blocks), "")
    return [f"{f.sentence}: {f.token}, {f.why}" for f in check_section(section, day.facts, day.setting)]


def path_facts(session: date, effr: dict[date, float], params: list[float]) -> list[Fact]:
    yields = svensson.par_yields(np.array([params]), YEARS)[0]
    rows = {i: rows_of(catalog()[i], {session: float(y)}) for i, y in zip(IDS, yields, strict=True)}
    rows["us.rates.effr"] = rows_of(catalog()["us.rates.effr"], effr)
    view, model = FakeView(rows, close_of(session)), PolicyPath()
    return [fact_of(q) for q in model.step(model.fit(view), view)[1].quantities]  # type: ignore[arg-type]


def path_of(session: date, facts: Iterable[Fact]) -> tuple[Day, Figure, Table]:
    day = day_of(session, facts)
    blocks = curve_blocks(day)
    assert not faults(day, blocks)
    [figure] = [b for b in blocks if isinstance(b, Figure)]
    [table] = [b for b in blocks if isinstance(b, Table)]
    return day, figure, table


RISING = [4.6, -0.5, -2.4, 0.0, 1.5, 5.0]


def test_the_front_of_the_path_is_no_move() -> None:
    session = date(2025, 11, 5)
    _, figure, table = path_of(session, path_facts(session, {date(2025, 11, 4): 3.87}, RISING))
    assert "Bills trade apart" in words(figure.note) and "no move of policy" in words(figure.note)
    assert table.rows[1][0].text == ("Until the next meeting",)
    assert table.rows[1][2].below == ("bills, no move",)
    # The path falls and rises again: its furthest point is its low and not its end.
    assert table.total is not None and table.total[0].text == ("Lowest",)
    assert not table.note and "change from fed funds" in table.subtitle


def test_on_the_day_after_a_decision_no_wedge_is_named() -> None:
    session = date(2025, 9, 18)
    day, figure, table = path_of(session, path_facts(session, {date(2025, 9, 17): 4.33}, RISING))
    assert "Bills" not in words(figure.note)
    assert table.rows[1][2].below == () and not day.has("policy.us.path.change_now")
    assert "change from the front of the path" in table.subtitle
    assert "before the decision of 2025-09-17" in words(table.note)


def test_a_path_that_rises_ends_in_its_highest() -> None:
    session = date(2025, 11, 5)
    _, _, table = path_of(session, path_facts(session, {date(2025, 11, 4): 3.87}, [5.5, -1.6, 0.0, 0.0, 1.5, 5.0]))
    assert table.total is not None and table.total[0].text == ("Highest",)
