"""The language of invalidation lines: what is printed is what a machine reads back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barograph.core.errors import InputError
from barograph.core.estimate import Fact
from barograph.core.units import UNITS
from barograph.findings.condition import Condition, evaluate, parse

LEVEL = Fact("credit.us.ig.oas.level", 81.0, "bp")
LINE = "credit.us.ig.oas.level > 88 bp on close"


@given(
    fact=st.from_regex(r"\A[a-z][a-z0-9_]{0,8}(\.[a-z0-9_]{1,8}){1,4}\Z"),
    op=st.sampled_from([">", "<", ">=", "<="]),
    threshold=st.floats(allow_nan=False, allow_infinity=False),
    unit=st.sampled_from(sorted(set(UNITS) - {"label"})),
)
def test_printing_and_parsing_give_the_condition_back(fact: str, op: str, threshold: float, unit: str) -> None:
    condition = Condition(fact, op, threshold, unit)  # type: ignore[arg-type]
    assert parse(str(condition)) == condition
    assert str(parse(str(condition))) == str(condition)


@given(
    ends=st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 2).map(sorted),
    value=st.floats(allow_nan=False, allow_infinity=False, width=16),
)
def test_a_range_comes_back_and_fires_beyond_either_end(ends: list[float], value: float) -> None:
    condition = Condition(LEVEL.id, "outside", ends[0], "bp", ends[1])
    assert parse(str(condition)) == condition
    verdict = evaluate(condition, {LEVEL.id: replace(LEVEL, value=value)})
    assert verdict.fired == (value < ends[0] or value > ends[1])


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("credit.us.ig.oas.level > 88 bp", "not in the form"),
        ("credit.us.ig.oas.level above 88 bp on close", "'above'"),
        ("credit.us.ig.oas.level = 88 bp on close", "'='"),
        ("credit.us.ig.oas.level > 1e3 bp on close", "'1e3'"),
        ("credit.us.ig.oas.level > 8,800 bp on close", "'8,800'"),
        ("credit.us.ig.oas.level > nan bp on close", "'nan'"),
        ("credit.us.ig.oas.level > 88 bps on close", "'bps'"),
        ("credit.us.ig.oas.level > 88 label on close", "'label'"),
        ("Level > 88 bp on close", "'Level'"),
        ("credit.us.ig.oas.level outside 88 bp on close", "'outside'"),
        ("credit.us.ig.oas.level > 80 to 88 bp on close", "'>'"),
        ("credit.us.ig.oas.level outside 88 to 80 bp on close", "88 to 80"),
        ("", "not in the form"),
    ],
)
def test_another_line_is_refused_in_four_parts(line: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(line)
    error = caught.value
    assert says in error.found
    assert line in error.asked and error.nearest and error.step


@pytest.mark.parametrize(
    ("op", "value", "fired", "distance"),
    [
        (">", 81.0, False, 7.0),
        (">", 88.0, False, 0.0),
        (">=", 88.0, True, 0.0),
        (">", 90.0, True, -2.0),
        ("<", 81.0, True, -7.0),
        ("<", 88.0, False, 0.0),
        ("<=", 88.0, True, 0.0),
        ("<", 95.0, False, 7.0),
    ],
)
def test_firing_and_distance(op: str, value: float, fired: bool, distance: float) -> None:
    condition = replace(parse(LINE), op=op)
    verdict = evaluate(condition, {LEVEL.id: replace(LEVEL, value=value)}, sd=2.0)
    assert (verdict.fired, verdict.value, verdict.distance) == (fired, value, distance)
    assert verdict.sigmas == distance / 2.0
    assert evaluate(condition, {LEVEL.id: replace(LEVEL, value=value)}).sigmas is None


def test_no_value_decides_nothing() -> None:
    missing = replace(LEVEL, value=None, state="insufficient")
    for facts in ({}, {LEVEL.id: missing}):
        assert evaluate(parse(LINE), facts).fired is None


def test_a_condition_in_another_unit_is_an_error_and_not_a_comparison() -> None:
    for wrong in (replace(LEVEL, value=0.81, unit="percent"), replace(LEVEL, value="tight", unit="label")):
        with pytest.raises(InputError, match="unit"):
            evaluate(parse(LINE), {LEVEL.id: wrong})
