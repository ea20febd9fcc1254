"""The line below the contents names what is not built, and no more than that."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from barograph.report.render._meta import PLANNED, unbuilt
from barograph.report.sections import makers


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((2, 3), "Not built yet: 1 Context, 14 Skew and risk-reward, 15 Strategy models and 16 Scorecard."),
        ((1, 14, 15), "Not built yet: 16 Scorecard."),
        (tuple(PLANNED), ""),
    ],
)
def test_what_is_not_on_the_page_is_named(numbers: tuple[int, ...], said: str) -> None:
    report: Any = SimpleNamespace(sections=[SimpleNamespace(number=n) for n in numbers])
    assert unbuilt(report) == said


def test_no_number_is_both_built_and_planned_nor_neither() -> None:
    built = {m.number for m in makers()}
    assert not built & set(PLANNED)
    assert built | set(PLANNED) == set(range(max(built) + 1))
