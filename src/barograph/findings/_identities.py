"""Identities that facts of one page must satisfy: (what, left side, right side) as sums of facts times factors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from barograph.findings._protocol import Facts, known
from barograph.findings._thresholds import CLOSURE

#: A sum of facts, each with its factor.
Sum = tuple[tuple[float, str], ...]
#: Share of the index that a page may leave without a return, and pp that members without a sector may make of equal weight.
_BARE, _STRAY = 0.05, 0.02
_HORIZONS = ("1d", "5d", "20d")
_SLOPES = (("2s10s", "10y", "2y"), ("5s30s", "30y", "5y"), ("3m10y", "10y", "3m"))


@dataclass(frozen=True, slots=True)
class Identity:
    """`left` equals `right` to `tolerance` in `unit`; each side is a sum of facts of the same page.

    `one_day` marks what holds only among values of one day.
    """

    what: str
    left: Sum
    right: Sum
    unit: str
    one_day: bool = False
    tolerance: float = CLOSURE

    def ids(self) -> tuple[str, ...]:
        """Every fact the identity speaks about, left side first."""
        return tuple(i for _, i in (*self.left, *self.right))


def identities(facts: Facts) -> Iterator[Identity]:
    """Every identity that could hold among these ids; sides with a missing fact are left to the caller."""
    for slope, long, short in _SLOPES:
        yield Identity(
            f"{slope} is {long} minus {short}",
            ((1.0, f"curve.us.{slope}.level"),),
            ((100.0, f"curve.us.{long}.level"), (-100.0, f"curve.us.{short}.level")),
            "bp",
            one_day=True,
        )
        for h in _HORIZONS:
            yield Identity(
                f"the {h} change of {slope} is that of {long} minus that of {short}",
                ((1.0, f"curve.us.{slope}.change_{h}"),),
                ((1.0, f"curve.us.{long}.change_{h}"), (-1.0, f"curve.us.{short}.change_{h}")),
                "bp",
                one_day=True,
            )
    for tenor in ("5y", "10y", "30y"):
        for kind, unit in (("level", "percent"), *((f"change_{h}", "bp") for h in _HORIZONS)):
            yield Identity(
                f"{kind} of the {tenor} breakeven is nominal minus real",
                ((1.0, f"curve.us.breakeven{tenor}.{kind}"),),
                ((1.0, f"curve.us.{tenor}.{kind}"), (-1.0, f"curve.us.real{tenor}.{kind}")),
                unit,
                one_day=True,
            )
    yield Identity(
        "real and breakeven parts add up to the 10-year's change",
        ((1.0, "curve.us.10y.change_1d"),),
        ((1.0, "curve.us.10y.split_real_1d"), (1.0, "curve.us.10y.split_breakeven_1d")),
        "bp",
    )
    for part in ("real", "breakeven"):
        yield Identity(
            f"the {part} part is the change of the 10-year {part}",
            ((1.0, f"curve.us.10y.split_{part}_1d"),),
            ((1.0, f"curve.us.{part}10y.change_1d"),),
            "bp",
        )
    for spread in ("ig", "hy"):
        p = f"credit.us.{spread}.oas"
        for gap, base in (("gap_5y_avg", "avg_5y"), ("gap_5y_tight", "tight_5y"), ("gap_5y_wide", "wide_5y")):
            yield Identity(
                f"{gap} of {spread} is level minus {base}",
                ((1.0, f"{p}.{gap}"),),
                ((1.0, f"{p}.level"), (-1.0, f"{p}.{base}")),
                "bp",
            )
    parts: Sum = tuple(
        (1.0, i) for i in sorted(facts) if i.startswith("equity.us.sector.") and i.endswith(".contribution_1d")
    )
    if parts:
        yield Identity(
            "sector contributions and the residual add up to the index return",
            ((1.0, "equity.us.spx.return_1d"),),
            (*parts, (1.0, "equity.us.attribution.residual")),
            "pp",
        )
    yield Identity(
        "equal weight minus cap weight is the difference of the two returns",
        ((1.0, "equity.us.equal_minus_cap"),),
        ((1.0, "equity.us.equal_weight.return_1d"), (-1.0, "equity.us.spx.return_1d")),
        "pp",
    )
    index = known(facts, "equity.us.spx.return_1d")
    if index is not None and not isinstance(index.value, str):
        # Both sides leave out what has no return; the effects bring the rest to one, the residual holds it.
        yield Identity(
            "equal weight minus cap weight and the residual are the active return of the effects",
            ((1.0, "equity.us.brinson.active_1d"),),
            ((1.0, "equity.us.equal_minus_cap"), (1.0, "equity.us.attribution.residual")),
            "pp",
            tolerance=_STRAY + _BARE / (1.0 - _BARE) * abs(index.number),
        )
