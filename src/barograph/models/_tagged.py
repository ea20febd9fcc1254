"""Series that a user has tagged for a purpose: `forward_pe:nvda`, `implied_vol:basket`, `factor:semis`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from barograph.catalog.catalog import Catalog
    from barograph.core.series import Series


def tagged(catalog: Catalog, purpose: str) -> dict[str, Series]:
    """Rows by what stands after `purpose:` in their tags; of two rows with one tag the first in the catalogue's order."""
    found: dict[str, Series] = {}
    for row in catalog:
        for tag in row.tags:
            head, colon, rest = tag.partition(":")
            if colon and head == purpose and rest:
                found.setdefault(rest, row)
    return found
