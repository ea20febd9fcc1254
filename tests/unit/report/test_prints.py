"""The last prints: dated by the day on which they came, late only where a newer one was due, revised only where known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from barograph.catalog.load import load
from barograph.core.estimate import Fact
from barograph.findings.catalysts import Catalyst
from barograph.report.format import printed, raw
from barograph.report.revised import UNREVISED, Measure, one_vintage
from barograph.report.sections._prints import late

SESSION = date(2025, 11, 5)
CPI = Fact(
    "macro.us.cpi.latest", 324.37, "index", period=date(2025, 9, 1), known_at=datetime(2025, 10, 24, 12, 30, tzinfo=UTC)
)
SEPTEMBER = Catalyst(
    "employment 2025-09-01", "Employment Situation", "release", 3, None, None, "suspended", "release rule",
    series="us.labour.payrolls", rows=("us.labour.payrolls",), period=date(2025, 9, 1), was=date(2025, 10, 3),
)  # fmt: skip


def test_a_print_is_as_old_as_its_release_and_not_as_its_period() -> None:
    assert printed(CPI, "known", session=SESSION) == "24\u202fOct"
    assert printed(CPI, "known", session=date(2026, 1, 5)) == "24\u202fOct\u202f2025"
    assert printed(CPI, "known_age", session=SESSION) == "12 days"
    assert printed(CPI, "age", session=SESSION) == "65 days"
    assert (raw(CPI, "known"), raw(CPI, "known_age", session=SESSION)) == ("2025-10-24", 12)
    # Eleven at night in New York is the next day in UTC.
    night = Fact("macro.us.cpi.latest", 1.0, "index", known_at=datetime(2025, 10, 25, 3, 0, tzinfo=UTC))
    assert printed(night, "known") == "24\u202fOct\u202f2025"
    assert printed(Fact("macro.us.cpi.latest", 1.0, "index"), "known") == "–"


def day(*coming: Catalyst) -> Any:
    return SimpleNamespace(session=SESSION, coming=coming, catalog=load())


def test_late_is_what_was_due_and_did_not_come() -> None:
    assert late(day(SEPTEMBER), "us.labour.payrolls") == ("Sep\u202f2025 print 33 days late",)
    assert late(day(SEPTEMBER), "us.prices.cpi") == ()
    ahead = replace(SEPTEMBER, day=date(2025, 11, 7), state="at risk", was=None)
    assert late(day(ahead), "us.labour.payrolls") == ()


@pytest.mark.parametrize(
    ("revisions", "one"),
    [
        ([0.0] * UNREVISED, True),
        ([0.0] * (UNREVISED - 1), False),  # too few to tell
        ([*([0.0] * UNREVISED), -12.0], False),
        ([np.nan] * 9, False),
        ([720.0, *([0.0] * 12)], True),  # the archive followed the series once, and no longer
        ([720.0, *([0.0] * 11)], False),
    ],
)
def test_figures_that_were_never_revised_are_one_vintage(revisions: list[float], one: bool) -> None:
    r: Any = SimpleNamespace(revision_now=np.array(revisions), on_record=np.ones(len(revisions), bool))
    assert one_vintage(r, Measure("level", "index", "index", None), 12) is one
