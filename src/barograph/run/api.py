"""The Python entry: open an archive, stand at a day, read what could be known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from barograph.core.errors import InputError
from barograph.core.time import AsOfDate, resolve_as_of
from barograph.run.settings import Settings, read_settings

if TYPE_CHECKING:
    import polars as pl

    from barograph.archive.archive import Archive
    from barograph.archive.view import AsOf
    from barograph.catalog.catalog import Catalog
    from barograph.core.estimate import Fact
    from barograph.report.blocks import Report

When = str | date | datetime


def resolve(when: When, settings: Settings) -> AsOfDate:
    """Resolve an as-of given as text, date or aware datetime."""
    text = when.isoformat() if isinstance(when, (date, datetime)) else str(when).strip()
    return resolve_as_of(text, settings.clock)


def resolve_stored(when: When | None, settings: Settings) -> datetime | None:
    """Resolve a stored-as-of: what the archive held then; a date means the end of that UTC day."""
    if when is None:
        return None
    text = when.isoformat() if isinstance(when, (date, datetime)) else str(when).strip()
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), datetime.max.time(), tzinfo=UTC)
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"stored-as-of {text!r}", "neither a date nor an ISO timestamp", "2025-11-05", "Give it as YYYY-MM-DD."
        ) from None
    if instant.tzinfo is None:
        raise InputError(f"stored-as-of {text}", "no time zone", f"{text}+00:00", "Add the offset.")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise InputError(
            f"stored-as-of {text}", "an instant off the calendar", "2025-11-05", "Give another day."
        ) from None


def load_catalog(settings: Settings, archive: Path) -> Catalog:
    """The packaged catalogue, the archive's own rows (imported files, sample) and the user's folder, in that order."""
    from barograph.catalog.load import load

    return load(settings.catalogue, archive_folder=archive / "catalogue")


class Record:
    """An archive opened for reading.

    Parameters
    ----------
    path
        The archive's folder.
    settings
        Settings to use instead of the environment's.

    Examples
    --------
    >>> import barograph
    >>> record = barograph.open("archive")                                   # doctest: +SKIP
    >>> record.as_of("2025-11-05").panel(["us.rates.par_10y"]).tail(1)       # doctest: +SKIP
    """

    def __init__(self, path: Path | None = None, settings: Settings | None = None) -> None:
        from barograph.archive.archive import Archive

        self.settings = settings or read_settings(path)
        self.catalog: Catalog = load_catalog(self.settings, self.settings.archive)
        self.archive: Archive = Archive.open(self.settings.archive, self.catalog)

    def as_of(self, when: When, stored_as_of: When | None = None) -> AsOf:
        """The view of what could be known at `when` (a date: 18:00 New York), from rows stored by `stored_as_of`."""
        return self.archive.as_of(resolve(when, self.settings).instant, resolve_stored(stored_as_of, self.settings))

    def vintages(self, series_id: str, period: date | None = None) -> pl.DataFrame:
        """Every vintage held of a series (`us.labour.payrolls` or `fred:PAYEMS`), or of one of its periods."""
        return self.archive.vintages(self.catalog.resolve(series_id), period)

    def diff(self, a: When, b: When, match: str = "", stored_as_of: When | None = None) -> dict[str, Any]:
        """What became known between two days, as `barograph diff --json` prints it; see `run.diff` for its parts."""
        from barograph.run.diff import diff

        return diff(self, a, b, match, stored_as_of)

    def report(self, when: When, stored_as_of: When | None = None) -> Report:
        """The page of a day, as frozen parts; `barograph.report.render` turns it into HTML, Markdown or JSON."""
        from barograph.run.daily import build_report

        return build_report(
            self.archive, self.catalog, resolve(when, self.settings), resolve_stored(stored_as_of, self.settings)
        )

    def facts(self, when: When, stored_as_of: When | None = None) -> tuple[Fact, ...]:
        """Every fact that the daily models make for a day."""
        from barograph.run.daily import build_facts

        return build_facts(
            self.archive, self.catalog, resolve(when, self.settings), resolve_stored(stored_as_of, self.settings)
        )
