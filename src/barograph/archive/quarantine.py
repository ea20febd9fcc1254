"""Values that look like a fault: held with everything needed to judge them, never learnt, never lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

#: Why a value was held back, and what that means.
REASONS = {
    "decimal": "a misplaced decimal",
    "sign": "a sign turned",
    "zero": "a zero where there was a figure",
    "unit": "another unit",
    "contradiction": "an answer that contradicts what is held",
    "shift": "figures moved by a period",
    "repeat": "the figure before once more",
}
#: Of these the neighbours say nothing: only another day's look, or another provider, lets such a value in.
OF_AN_ANSWER = frozenset(("unit", "contradiction", "shift", "repeat"))


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """A value held back: what it is, what it was compared with, why, whence it came, and what became of it.

    `reference` is the median of its neighbours, or the value that was held, in the series' unit; `reason` a word of
    REASONS (entries written before there were several are misplaced decimals).
    """

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
    reason: str = "decimal"

    def describe(self) -> str:
        """One sentence for the table of an update and for the page."""
        word = {"held": "held back", "released": "released", "rejected": "corrected by the provider"}[self.state]
        why = REASONS.get(self.reason, self.reason)
        return f"{self.series_id} {self.period}: {self.value:g} beside {self.reference:g} ({why}?), {word}"

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
            "reason": self.reason,
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
