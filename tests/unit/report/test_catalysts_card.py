"""The summary's list of events: days that a rule knows are last days without an hour, and the next FOMC is always there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

from barograph.catalog.load import load
from barograph.core.time import new_york
from barograph.findings.catalysts import RULE, Catalyst
from barograph.report.blocks import Agenda
from barograph.report.sections._outlook import EVENTS, catalysts_card

SESSION = date(2025, 11, 5)
FOMC = Catalyst("fomc", "FOMC statement", "policy", 3, date(2025, 12, 10), time(14), "announced", "the catalogue")


def release(days: int, source: str = RULE) -> Catalyst:
    on = SESSION + timedelta(days)
    return Catalyst(f"r{days}", f"Release {days}", "release", 3, on, time(8, 30), "by rule", source)


def items(*coming: Catalyst) -> Any:
    as_of: datetime = new_york(SESSION, time(18))
    [agenda] = catalysts_card(SimpleNamespace(coming=coming, catalog=load(), as_of=as_of, facts={})).blocks  # type: ignore[arg-type]
    assert isinstance(agenda, Agenda)
    return agenda.items


def test_the_next_policy_meeting_stands_on_the_list_however_much_comes_before_it() -> None:
    many = [release(n) for n in range(1, EVENTS + 4)]
    shown = items(*many, FOMC)
    assert [i.title for i in shown] == [*(c.title for c in many[: EVENTS - 1]), "FOMC statement"]
    assert [i.title for i in items(FOMC, *many)] == ["FOMC statement", *(c.title for c in many[: EVENTS - 1])]
    assert len(items(*many)) == EVENTS


def test_a_rule_names_a_last_day_and_a_calendar_an_hour() -> None:
    ruled, told = items(release(1), release(2, "Census calendar"))
    assert (ruled.by, ruled.at) == (True, None)
    assert (told.by, told.at) == (False, new_york(date(2025, 11, 7), time(8, 30)))
