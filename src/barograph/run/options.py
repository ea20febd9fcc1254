"""The options that several commands share, and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from barograph.core.time import AsOfDate
    from barograph.run.api import Record
    from barograph.run.settings import Settings

ArchiveOption = Annotated[
    Path | None, typer.Option("--archive", help="The archive's folder [env BAROGRAPH_ARCHIVE].", metavar="PATH")
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", help="What could be known then: a date (18:00 New York) or an ISO timestamp.", metavar="DATE"
    ),
]
StoredOption = Annotated[
    str | None, typer.Option("--stored-as-of", help="Only what the archive held then.", metavar="DATE")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def settings_at(archive: Path | None) -> Settings:
    """The settings with which a command runs on an archive."""
    from barograph.run.settings import read_settings

    return read_settings(archive)


def record_at(archive: Path | None) -> Record:
    """An archive opened for reading."""
    from barograph.run.api import Record

    return Record(settings=settings_at(archive))


def instant_of(record: Record, as_of: str | None) -> AsOfDate:
    """The as-of that was asked; today's where none was."""
    from barograph.run.api import resolve

    return resolve(record.settings.clock.today.isoformat() if as_of is None else as_of, record.settings)
