"""What a row that is read as a credit spread has to be: in basis points, of a possible size, with a duration in years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import TYPE_CHECKING

from barograph.core.errors import InputError

if TYPE_CHECKING:
    from barograph.core.observation import Reading
    from barograph.core.series import Series

READER, UNIT, TAG = "credit", "bp", "duration:"
#: Durations in years that a spread may be given, as the model of the bands takes them.
YEARS = (0.5, 50.0)
#: A median level in bp below which the figures are taken to be in per cent: high yield at 4, investment grade at 0.8.
LEAST = 5.0


def check_row(row: Series, where: str) -> None:
    """Refuse a spread in another unit and a duration that is none; raises InputError."""
    if READER in row.readers and row.unit != UNIT:
        raise InputError(
            f"map {where}",
            f"unit = {row.unit!r} with readers {list(row.readers)!r}: a credit spread is read in basis points",
            'unit = "bp", with scale = 100 where the file is in per cent',
            "Say the unit in the map and let scale convert, or leave the reader out.",
        )
    for tag in row.tags:
        if not tag.startswith(TAG):
            continue
        try:
            years = float(tag.removeprefix(TAG))
        except ValueError:
            years = float("nan")
        if not YEARS[0] <= years <= YEARS[1]:
            raise InputError(
                f"map {where}",
                f"the tag {tag!r} is no duration",
                f"duration:4.5, in years, {YEARS[0]:g} to {YEARS[1]:g}",
                "Correct the tag, or leave it out: without one there is no carry breakeven.",
            )


def check_levels(rows: Iterable[Series], readings: Sequence[Reading], name: str) -> None:
    """Refuse spreads so small that they must be in per cent; raises InputError."""
    for row in rows:
        if READER not in row.readers or row.unit != UNIT:
            continue
        levels = [abs(r.value) for r in readings if r.series_id == row.id and r.value is not None]
        if levels and median(levels) < LEAST:
            raise InputError(
                f"file {name}, series {row.id} in bp",
                f"a median of {median(levels):g} bp: are the figures in per cent?",
                'unit = "bp", scale = 100',
                "Set the scale in the map; nothing was stored.",
            )
