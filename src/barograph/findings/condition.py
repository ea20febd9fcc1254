"""The language of invalidation lines: `credit.us.ig.oas.level > 88 bp on close`.

One fact, one comparison, one number with the fact's unit, or the two ends of a range (`curve.us.10y.level outside 4.1 to
4.24 percent on close`), judged on the closing values of a session. The line is the
same text for a reader and for a machine: parsing what was printed gives the condition back.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Literal, cast

from barograph.core.errors import InputError
from barograph.core.estimate import Fact
from barograph.core.units import UNITS

Op = Literal[">", "<", ">=", "<=", "outside"]
_OPS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_FORM = "fact.id > number unit on close, e.g. credit.us.ig.oas.level > 88 bp on close"
_LINE = re.compile(
    r"(?P<fact>\S+)\s+(?P<op>\S+)\s+(?P<number>\S+)(?:\s+to\s+(?P<upper>\S+))?\s+(?P<unit>\S+)\s+on close"
)
_FACT = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+")
_NUMBER = re.compile(r"[-−]?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Condition:
    """`fact` compares as `op` with `threshold` in `unit`, on the close of a session; with `outside` it lies below
    `threshold` or above `upper`."""

    fact: str
    op: Op
    threshold: float
    unit: str
    upper: float | None = None

    def __str__(self) -> str:
        ends = _plain(self.threshold) + (f" to {_plain(self.upper)}" if self.upper is not None else "")
        return f"{self.fact} {self.op} {ends} {self.unit} on close"


def _plain(value: float) -> str:
    text = format(Decimal(repr(float(value))), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a session's facts say of a condition.

    `fired` is None when the fact has no value. `distance` is how far the value is from firing in the unit of the
    condition: positive while it holds off, zero or negative once it fired. `sigmas` is the same in standard deviations
    of one session, None where no such deviation is known.
    """

    fired: bool | None
    value: float | None
    distance: float | None
    sigmas: float | None = None


def parse(line: str) -> Condition:
    """Read one line.

    >>> str(parse("credit.us.ig.oas.level > 88 bp on close"))
    'credit.us.ig.oas.level > 88 bp on close'

    Raises
    ------
    InputError
        Another form, an unknown comparison, number or unit.
    """
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise InputError(f"condition {line!r}", "not in the form of a condition", _FORM, "Write it in that form.")
    if not _FACT.fullmatch(found["fact"]):
        raise _wrong(line, f"{found['fact']!r}, which is no fact id", "lower-case words joined by dots")
    if found["op"] not in (*_OPS, "outside"):
        raise _wrong(line, f"the comparison {found['op']!r}", " ".join((*_OPS, "outside")))
    if (found["op"] == "outside") != (found["upper"] is not None):
        raise _wrong(line, f"the comparison {found['op']!r}", "two ends, a to b, with outside and only with it")
    ends = [e for e in (found["number"], found["upper"]) if e is not None]
    for end in ends:
        if not _NUMBER.fullmatch(end):
            raise _wrong(line, f"{end!r}, which is no plain number", "digits, a point and a leading minus only")
    if found["unit"] not in UNITS or found["unit"] == "label":
        near = get_close_matches(found["unit"], UNITS, 3) or ["percent", "bp", "index"]
        raise _wrong(line, f"the unit {found['unit']!r}", ", ".join(near))
    low, *high = (float(end.replace("−", "-")) + 0.0 for end in ends)
    if high and not low <= high[0]:
        raise _wrong(line, f"the range {ends[0]} to {ends[1]}", "the lower end first")
    return Condition(found["fact"], cast(Op, found["op"]), low, found["unit"], *high)


def _wrong(line: str, found: str, nearest: str) -> InputError:
    return InputError(f"condition {line!r}", found, nearest, f"Write {_FORM}.")


def evaluate(condition: Condition, facts: Mapping[str, Fact], sd: float | None = None) -> Verdict:
    """Judge `condition` on `facts`.

    Parameters
    ----------
    condition
        What was written, usually on the session before.
    facts
        Facts of the session that decides.
    sd
        Standard deviation of one session's change of the fact, in the condition's unit.

    Raises
    ------
    InputError
        The fact is a label, or carries another unit than the condition: 0.88 per cent is not 88 bp.
    """
    fact = facts.get(condition.fact)
    if fact is None or fact.value is None:
        return Verdict(None, None, None)
    if isinstance(fact.value, str) or fact.unit != condition.unit:
        raise InputError(
            f"condition {condition}",
            f"{condition.fact} in unit {fact.unit}",
            f"{condition.fact} {condition.op} <number> {fact.unit} on close",
            "Write the condition in the fact's unit.",
        )
    value = fact.number
    if condition.upper is not None:
        gap = min(value - condition.threshold, condition.upper - value)
        fired = gap < 0.0
    else:
        gap = condition.threshold - value if condition.op in (">", ">=") else value - condition.threshold
        fired = _OPS[condition.op](value, condition.threshold)
    return Verdict(fired, value, gap, gap / sd if sd else None)
