"""Whether a map's series can serve the purposes that their tags and readers name: refused now and not missed on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from barograph.catalog.universe_rows import universe_clashes, universe_faults
from barograph.core.errors import InputError
from barograph.core.tags import has_tag, slug, tag_of
from barograph.core.units import PRICES

if TYPE_CHECKING:
    from barograph.catalog.catalog import Catalog
    from barograph.core.series import Series


def purposes_fit(series: tuple[Series, ...], catalog: Catalog) -> None:
    """Raises InputError for weights of a universe that could not be accounted for, and for a sensitivity of no price."""
    mine = {s.id: s for s in series}

    def find(series_id: str) -> Series | None:
        return mine.get(series_id) or catalog.get(series_id)

    for row in series:
        for found, near in universe_faults(row, find):
            raise _refuse(row, found, near)
        if "sensitivity" in row.readers and (row.frequency != "D" or row.family or row.unit not in PRICES):
            found = (
                f"readers sensitivity for a series in {row.unit}, frequency {row.frequency}: betas are of daily prices"
            )
            raise _refuse(row, found, f"frequency D in {', '.join(sorted(PRICES))}")
    held = [s for s in catalog if has_tag(s, "universe") and s.id not in mine]
    ours = {slug(tag_of(s, "universe")) for s in series if has_tag(s, "universe")}
    # A universe that was broken before is no reason to refuse another.
    rows = [s for s in (*held, *series) if slug(tag_of(s, "universe")) in ours]
    for row, found, near in universe_clashes(rows):
        if row.id in mine:
            raise _refuse(row, found, near)


def _refuse(row: Series, found: str, near: str) -> InputError:
    return InputError(f"import of {row.id}", found, near, "Correct the map; nothing was stored.")
