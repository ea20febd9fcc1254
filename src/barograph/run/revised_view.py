"""A view for comparison only: what a past instant knew of, but with the values of a later view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from barograph.archive.points import Points
    from barograph.archive.view import AsOf
    from barograph.core.estimate import Input
    from barograph.core.observation import Coverage


@dataclass(frozen=True)
class RevisedView:
    """The periods known at `then`, in the values of `end`: what scores on revised data are made of.

    It is no view of the past: the values were not known. Scores print it beside the honest figure, as the price of honesty.
    """

    end: AsOf
    then: AsOf

    @property
    def known_at(self) -> datetime:
        return self.then.known_at

    @property
    def day(self) -> date:
        return self.then.day

    @property
    def catalog(self) -> Any:
        return self.then.catalog

    def series(
        self, series_id: str, start: date | None = None, end: date | None = None, need: date | None = None
    ) -> Points:
        """The later values of the periods that were known then."""
        seen = self.then.series(series_id, start, end, need)
        later = self.end.series(series_id, start, end)
        kept = np.isin(later.periods, seen.periods)
        return type(later)(
            later.series_id,
            later.unit,
            later.periods[kept],
            later.values[kept],
            later.known_at[kept],
            later.basis[kept],
            later.batch[kept],
        )

    def at(self, known_at: datetime) -> RevisedView:
        return RevisedView(self.end, self.then.at(known_at))

    def input(self, points: Points) -> Input:
        return self.end.input(points)

    def coverage(self, series_id: str) -> Coverage | None:
        return self.then.coverage(series_id)

    def announcements(self, at: datetime | None = None) -> Any:
        return self.then.announcements(at)

    def fingerprints(self, ids: Sequence[str], instants: Sequence[datetime]) -> list[int]:
        """Other numbers than any real view's: what is estimated here is never served to a page."""
        own = self.end.fingerprints(ids, [self.end.known_at])[0]
        return [-1 - (own ^ f) for f in self.then.fingerprints(ids, instants)]
