"""Barograph: a daily, point-in-time record of the macro regime that scores its own statements.

>>> import barograph
>>> callable(barograph.open)
True
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from barograph.core.version import __version__

if TYPE_CHECKING:
    from barograph.run.api import Record

__all__ = ["__version__", "open"]


def open(path: str | Path | None = None) -> Record:
    """Open an archive for reading.

    Parameters
    ----------
    path
        The archive's folder; None means `BAROGRAPH_ARCHIVE` or the user's data folder.

    Returns
    -------
    Record
        `Record.as_of("2025-11-05").panel(["us.rates.par_10y"])` gives what could be known at 18:00 New York of that day.
    """
    from barograph.run.api import Record

    return Record(Path(path) if path is not None else None)
