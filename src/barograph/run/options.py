"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
