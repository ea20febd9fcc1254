"""Values that look like a misplaced decimal: held with everything needed to judge them, never learnt, never lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.series import Series

Floats = NDArray[np.float64]
#: A misplaced decimal is 10^k within this factor of the neighbours' median.
WITHIN = 1.35
#: And a jump of at least so many robust standard deviations of the changes before it.
DEVIATIONS = 8.0
#: Neighbours on either side, and how many a judgement needs.
NEIGHBOURS, NEEDED = 5, 3
#: Changes that the robust deviation is taken over.
CHANGES = 252
#: A rate near zero multiplies easily: below this jump (per cent; bp for spreads) it is left alone.
FLOORS = {"percent": 1.0, "bp": 100.0}


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """A value held back: what it is, the median of its neighbours, whence it came, and what became of it."""

    id: int
    series_id: str
    period: date
    value: float
    known_at: datetime
    basis: str
    batch_id: str
    sha256: str
    reference: float
    stored_at: datetime
    state: str = "held"
    settled_at: datetime | None = None

    def describe(self) -> str:
        """One sentence for the table of an update and for the page."""
        word = {"held": "held back", "released": "released", "rejected": "corrected by the provider"}[self.state]
        return f"{self.series_id} {self.period}: {self.value:g} beside a usual {self.reference:g}, {word}"

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "series_id": self.series_id,
            "period": self.period.isoformat(),
            "value": self.value,
            "known_at": self.known_at.isoformat(),
            "basis": self.basis,
            "batch_id": self.batch_id,
            "sha256": self.sha256,
            "reference": self.reference,
        }

    @classmethod
    def of_json(cls, body: dict[str, Any], stored_at: datetime) -> QuarantineEntry:
        return cls(
            **{
                **body,
                "period": date.fromisoformat(body["period"]),
                "known_at": datetime.fromisoformat(body["known_at"]),
            },
            stored_at=stored_at,
        )


def suspects(series: Series, values: Floats, new: NDArray[np.bool_]) -> list[tuple[int, float]]:
    """Positions of new values that look like a misplaced decimal, with the median of their neighbours.

    Parameters
    ----------
    series
        Its `kind` says what is judged: levels and rates; claims may multiply in a week, none is never judged.
    values
        Shape (n,): held and new values in order of period, in the series' unit.
    new
        Shape (n,): which of them have just come.
    """
    if series.kind not in ("level", "rate") or values.size < NEEDED + 1:
        return []
    size = np.log10(np.maximum(np.abs(values), 1e-300))
    jump = np.abs(np.diff(size)) > 0.85  # a factor of seven: a decimal within WITHIN cannot be less
    # A run of misprints has no jump inside it: whatever lies within reach of a jump is judged.
    near = np.convolve(jump, np.ones(2 * NEIGHBOURS, dtype=np.int64))[NEIGHBOURS - 1 :][: values.size] > 0
    found: list[tuple[int, float]] = []
    out: set[int] = set()
    for i in np.flatnonzero(near & new).tolist():
        before = [k for k in range(max(0, i - NEIGHBOURS - len(out)), i) if k not in out][-NEIGHBOURS:]
        after = list(range(i + 1, min(values.size, i + 1 + NEIGHBOURS)))
        reference = _judge(series, values, i, before, after)
        if reference is not None:
            found.append((i, reference))
            out.add(i)
    return found


def _judge(series: Series, values: Floats, i: int, before: list[int], after: list[int]) -> float | None:
    """The neighbours' median if the value at i is a misplaced decimal of it, else None."""
    if len(before) >= NEEDED:
        reference = float(np.median(values[before]))
        if after:
            # What follows decides: where the series stays at the new level, the level is real.
            later = float(np.median(values[after]))
            if reference == 0.0 or not 1 / 3 < later / reference < 3:
                return None
    elif len(after) >= NEEDED:
        reference = float(np.median(values[after]))
    else:
        return None
    value = float(values[i])
    if reference == 0.0 or value / reference <= 0.0:
        return None
    let_in = float(values[before[-1]]) if before else 0.0
    if let_in != 0.0 and 1 / 3 < value / let_in < 3:
        return None  # the last value that was let in is at this level already
    power = round(float(np.log10(value / reference)))
    if power == 0 or abs(power) > 3 or not 1 / WITHIN <= value / reference / 10.0**power <= WITHIN:
        return None
    steps = np.abs(np.diff(values[max(0, i - CHANGES) : i]))
    spread = 1.4826 * float(np.median(steps)) if steps.size >= 20 else 0.0
    floor = FLOORS.get(series.unit, 0.0) if series.kind == "rate" else 0.0
    return reference if abs(value - reference) > max(DEVIATIONS * spread, floor) else None
