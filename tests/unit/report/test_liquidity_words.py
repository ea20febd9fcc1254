"""Net liquidity beside the axis: one sentence where an unusual change of the one is none of the other, and none else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from barograph.core.estimate import Fact
from barograph.report.sections.liquidity import AXIS, IN_AXIS, NET, UNUSUAL, _disagree


def day(z: float, axis: float, *, held: bool = False) -> Any:
    facts = {NET: Fact(NET, 300.0 * z, "usd_bn"), UNUSUAL: Fact(UNUSUAL, z, "sigma"), AXIS: Fact(AXIS, axis, "sigma")}
    if held:
        facts[IN_AXIS] = Fact(IN_AXIS, 0.1, "sigma")
    return SimpleNamespace(facts=facts, has=lambda i: i in facts)


@pytest.mark.parametrize(
    ("z", "axis", "said"),
    [
        (-1.6, -0.01, True),
        (-1.6, 0.2, True),
        (1.6, -0.2, True),
        (-1.6, -0.2, False),
        (-0.9, 0.2, False),
        (1.6, 0.05, False),
    ],
)
def test_they_disagree_where_one_moved_and_the_other_did_not(z: float, axis: float, said: bool) -> None:
    assert (_disagree(day(z, axis)) is not None) is said


def test_an_axis_without_net_liquidity_says_so() -> None:
    texts = [str(_disagree(day(-1.6, 0.2, held=held))) for held in (False, True)]
    assert ["no input of the axis" in t for t in texts] == [True, False]
    empty: Any = SimpleNamespace(facts={}, has=lambda i: False)
    assert _disagree(empty) is None
