"""The catalogue row of a series as the archive needs it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from barograph.core.errors import UnknownSeries
from barograph.core.series import Series, family_of, member_of

if TYPE_CHECKING:
    from barograph.catalog.catalog import Catalog


class Rows:
    """Rows of the catalogue by id, kept once looked up.

    A member of a series that is no family (`us.equity.nvda[split]`: a corporate action beside its price) has the row of
    that series under its own id; it is never checked for absurd jumps, and its unit is that of the price, except for
    ratios such as splits.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._kept: dict[str, Series] = {}

    def __getitem__(self, series_id: str) -> Series:
        row = self._kept.get(series_id)
        if row is None:
            row = self._kept[series_id] = self._found(series_id)
        return row

    def _found(self, series_id: str) -> Series:
        try:
            return self.catalog[series_id]
        except UnknownSeries:
            parent = family_of(series_id)
            if parent == series_id or not series_id.endswith("]"):
                raise
            row = self.catalog[parent]
            if row.family:
                raise
            unit = "ratio" if member_of(series_id) == "split" else row.unit
            return replace(row, id=series_id, kind="none", unit=unit, unit_from=())
