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
from barograph.report.sections._term_premium import premium_blocks
from barograph.report.sections.sensitivity import SensitivitySection
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
    said = "No change from fed funds: the newest known, of <policy.us.rate.period>, is of before the newest decision."
    assert words(table.note) == said


def test_a_path_that_rises_ends_in_its_highest() -> None:
    session = date(2025, 11, 5)
    _, _, table = path_of(session, path_facts(session, {date(2025, 11, 4): 3.87}, [5.5, -1.6, 0.0, 0.0, 1.5, 5.0]))
    assert table.total is not None and table.total[0].text == ("Highest",)


def meetings(change: Fact) -> list[Fact]:
    """Facts of one imported meeting, its move as given."""
    more: dict[str, Any] = {"period": date(2025, 10, 29), "window": "user.futures of 2025-09-18"}
    rate = Fact("policy.us.rate", 4.33, "percent", period=date(2025, 9, 17))
    out = [rate, change, Fact("policy.us.meeting.1.rate", 3.88, "percent", **more)]
    ends = (("terminal", 3.5, "percent"), ("change_terminal", -58.0, "bp"))
    out += [Fact(f"policy.us.futures.{i}", v, u, **more) for i, v, u in ends]
    return out + [Fact(f"policy.us.meeting.{n}.rate", None, "percent", state="insufficient") for n in range(2, 9)]


def test_the_first_move_after_a_decision_says_what_it_counts_from() -> None:
    why = "the effective rate known is of 2025-09-17, before the decision of 2025-09-17 took effect"
    made = Fact(
        "policy.us.meeting.1.change", -20.0, "bp", state="degraded", reason=f"counted from the priced rate: {why}"
    )
    gone = Fact(
        "policy.us.meeting.1.change", None, "bp", state="insufficient", reason=f"fed funds is not known yet: {why}"
    )
    plain = Fact("policy.us.meeting.1.change", -20.0, "bp")
    for change, said in (
        (made, "Moves count from the priced rate: "),
        (gone, "The next move is not known: "),
        (plain, ""),
    ):
        day = day_of(date(2025, 9, 18), meetings(change))
        [table] = [b for b in curve_blocks(day) if isinstance(b, Table)]
        assert not faults(day, [table])
        assert words(table.note).startswith(said) and bool(table.note) == bool(said)
        assert table.total is not None and words(table.total[0].text).startswith("Lowest, ")


def surprises(reason: str | None) -> list[Fact]:
    state: Any = "degraded" if reason else "ok"
    made: dict[str, Any] = {"state": state, "reason": reason, "period": date(2025, 10, 29)}
    out = [
        Fact(f"announcement.us.{f}", 2.5, "bp", n=124, window="1991-07-05 to 2025-10-29", **made)
        for f in ("target", "path")
    ]
    for slug, unit, n in (("spx", "percent", 98), ("us2y", "bp", 97), ("us10y", "bp", 97)):
        for f in ("target", "path"):
            more = {"low": -1.0, "high": 3.0, "n": n, "window": "2011-01-26 to 2025-10-29"}
            out.append(Fact(f"announcement.us.{slug}.{f}", 1.0, unit, **more, **made))
    return out


def test_slopes_name_the_events_they_rest_on() -> None:
    """The factors are of all events, the moves of fifteen years."""
    for reason in (None, "the newest surprise is of 2025-06-18, before the last 3 decisions of the FOMC"):
        day = day_of(date(2025, 11, 5), surprises(reason))
        table = SensitivitySection()._announcements(day)
        assert table is not None and not faults(day, [table])
        assert words(table.rows[0][0].below) == "<announcement.us.spx.target.n> events, 2011-01-26 to 2025-10-29"
        assert words(table.rows[1][0].below).startswith("<announcement.us.us2y.target.n> events")
        assert "Announcements that made the factors: <announcement.us.target.n>" in words(table.note)
        old = "Old: the newest, of <announcement.us.target.period>, is of before the last decisions of the FOMC."
        assert (old in words(table.note)) == (reason is not None)


def premia(low: float | None, high: float | None) -> list[Fact]:
    out = []
    for slug in ("2y", "5y", "10y"):
        p = f"curve.us.{slug}"
        ends: dict[str, Any] = {"low": low, "high": high}
        out += [Fact(f"{p}.model_yield", 4.2, "percent"), Fact(f"{p}.expected_rate", 2.8, "percent", low=1.7, high=2.9)]
        out.append(Fact(f"{p}.term_premium", 1.41, "percent", **ends))
        out += [
            Fact(f"{p}.{part}.change_{h}d", 2.0, "bp") for part in ("term_premium", "expected_rate") for h in (1, 20)
        ]
    return out


def test_the_caveat_stands_with_the_table() -> None:
    """Also where there is no chart, which needs the record of months."""
    day = day_of(date(2025, 11, 5), premia(1.41, 2.53))
    [table] = premium_blocks(day)
    assert isinstance(table, Table) and not faults(day, [table])
    note = words(table.note)
    assert "A move by single basis points means nothing. It is no forecast." in note
    titles = [c.title for c in table.columns]
    assert "Fitted zero yield" in titles
    # What the caveat calls nothing has no column.
    assert not any("1 session" in t for t in titles)
    assert not any("change_1d" in words(cell.text) for row in table.rows for cell in row)


def test_what_the_expected_rate_foretold_stands_under_the_table_or_says_why_not() -> None:
    facts = premia(1.41, 2.53)
    for slug, ratio in (("2y", 0.96), ("5y", None), ("10y", None)):
        p = f"curve.us.{slug}.expected_rate.record"
        for kind, value, unit in (
            ("gap", -44.0, "bp"),
            ("rmse", 119.0, "bp"),
            ("ratio", ratio, "ratio"),
            ("p_equal", 65.0, "percent"),
            ("verdict", "no_demonstrated_skill", "label"),
        ):
            why = None if ratio else "6 horizons that do not overlap where 10 are needed"
            window = "1989-08-31 to 2025-10-31, estimated at each month end"
            facts.append(
                Fact(f"{p}.{kind}", value if ratio else None, unit, n=17, window=window, reason=why,
                     state="ok" if ratio else "insufficient")
            )  # fmt: skip
    day = day_of(date(2025, 11, 5), facts)
    [_, record] = premium_blocks(day)
    assert isinstance(record, Table) and not faults(day, [record])
    p = "curve.us.2y.expected_rate.record"
    assert words(record.rows[0][0].below) == f"<{p}.verdict.value>, n <{p}.verdict.n>"
    assert [words(c.text) for c in record.rows[0][1:]] == [
        f"<{p}.{k}.value>" for k in ("gap", "rmse", "ratio", "p_equal")
    ]
    assert words(record.rows[1][0].below).startswith("insufficient: 6 horizons") and "1989-08-31" in record.subtitle


def test_a_point_at_an_end_of_its_range_is_no_level() -> None:
    for low, high, open_ in ((1.41, 2.53, True), (0.4, 1.41, True), (1.0, 2.0, False), (None, None, False)):
        [table] = premium_blocks(day_of(date(2025, 11, 5), premia(low, high)))
        assert isinstance(table, Table)
        assert all((words(row[0].below) == "level not identified") == open_ for row in table.rows)
