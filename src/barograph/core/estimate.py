"""What models and rules say: quantities, facts with lineage, judgements, failures as data, and scored statements."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from barograph.core.observation import Basis, worst_basis

FactState = Literal["ok", "degraded", "insufficient"]
#: The quantile grid used everywhere.
GRID: tuple[float, ...] = (0.05, 0.10, 0.15, 0.25, 0.50, 0.75, 0.85, 0.90, 0.95)


@dataclass(frozen=True, slots=True)
class Input:
    """The stretch of one series that a number rests on: periods `first`..`last`, `n` values, newest knowledge time
    (UTC), the known_basis values among them, and the batches with the sha256 of each raw payload."""

    series_id: str
    first: date
    last: date
    n: int
    known_at: datetime
    bases: tuple[str, ...]
    batches: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "series": self.series_id,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "n": self.n,
            "known_at": self.known_at.isoformat(),
            "known_basis": list(self.bases),
            "batches": [{"id": b, "sha256": s} for b, s in self.batches],
        }


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number inside an Estimate, in `unit`; `value` is None when the inputs do not suffice (`reason` says why).

    `low`..`high` is an interval whose level `window` or the docstring of the model states. `n` is the number of
    observations (effective, where horizons overlap).
    """

    id: str
    value: float | str | None
    unit: str
    state: FactState = "ok"
    period: date | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    window: str | None = None
    inputs: tuple[Input, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one model says at `as_of` (UTC): its quantities, in a fixed order. Equal inputs give an equal Estimate."""

    model: str
    as_of: datetime
    quantities: tuple[Quantity, ...]

    def get(self, id_: str) -> Quantity | None:
        return next((q for q in self.quantities if q.id == id_), None)


@dataclass(frozen=True, slots=True)
class Attribution:
    """The change of a quantity split into named rows that add up to it; the remainder is the row `residual`."""

    quantity: str
    unit: str
    total: float
    rows: tuple[tuple[str, float], ...]

    def gap(self) -> float:
        """Total minus the sum of the rows; the law is |gap| <= 1e-9."""
        return self.total - math.fsum(v for _, v in self.rows)


@dataclass(frozen=True, slots=True)
class Fact:
    """One number (or label) of the page with lineage: value in `unit`, None exactly when `state` is insufficient."""

    id: str
    value: float | str | None
    unit: str
    low: float | None = None
    high: float | None = None
    n: int | None = None
    state: FactState = "ok"
    period: date | None = None
    known_at: datetime | None = None
    known_basis: Basis | None = None
    window: str | None = None
    lineage: tuple[Input, ...] = ()
    reason: str | None = None

    def __post_init__(self) -> None:
        if (self.value is None) != (self.state == "insufficient"):
            raise ValueError(f"{self.id}: value None means insufficient and nothing else does")
        if isinstance(self.value, float) and not math.isfinite(self.value):
            raise ValueError(f"{self.id}: {self.value} is no value")

    @property
    def number(self) -> float:
        """The value as a number; a label or a missing value raises."""
        if not isinstance(self.value, (int, float)):
            raise ValueError(f"{self.id} holds {self.value!r}, not a number")
        return float(self.value)

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "value": self.value,
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "state": self.state,
            "period": self.period.isoformat() if self.period else None,
            "known_at": self.known_at.isoformat() if self.known_at else None,
            "known_basis": self.known_basis,
            "window": self.window,
            "lineage": [i.to_json() for i in self.lineage],
            "reason": self.reason,
        }


def fact_of(q: Quantity) -> Fact:
    """Turn a model's quantity into a fact: known_at is the latest, known_basis the worst of its inputs."""
    return Fact(
        id=q.id,
        value=q.value,
        unit=q.unit,
        low=q.low,
        high=q.high,
        n=q.n,
        state=q.state,
        period=q.period,
        known_at=max((i.known_at for i in q.inputs), default=None),
        known_basis=worst_basis({b for i in q.inputs for b in i.bases}),
        window=q.window,
        lineage=q.inputs,
        reason=q.reason,
    )


Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure as data, printed in the report: who (`source`), about what (`subject`), what happened, next step."""

    source: str
    subject: str
    message: str
    severity: Severity = "warning"
    step: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A judgement of a rule: `text` is bound to `facts`; `wrong_if` is the machine-readable condition that cancels it.

    `rank` orders findings on the page, largest first (a surprise in standard deviations where the rule has one).
    """

    rule: str
    id: str
    text: str
    facts: tuple[str, ...]
    wrong_if: str = ""
    rank: float = 0.0
    tags: tuple[str, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Statement:
    """What the page claimed about a later session, in a form that can be scored.

    `made_on` is the session, `due` the session on which `fact_id` decides; `score` names the scoring rule
    (`interval`: hit when low <= outcome <= high); `level` is the nominal probability.
    """

    id: str
    made_on: date
    due: date
    fact_id: str
    text: str
    unit: str
    score: Literal["interval"]
    low: float
    high: float
    level: float
