"""Write the page in the formats asked for, each file whole or not at all, and its statements to the ledger."""

from __future__ import annotations

import os
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from barograph.core.errors import ArchiveError, InputError
from barograph.core.time import AsOfDate

if TYPE_CHECKING:
    from barograph.run.api import Record

FORMATS = {"html": "html", "md": "markdown", "json": "json"}


def publish(record: Record, when: AsOfDate, stored_as_of: datetime | None, formats: list[str], out: Path) -> list[str]:
    """Build the page and write `barograph-<session>.<format>` into `out`; return what to tell the user."""
    from barograph.run.daily import build_page, write_statements

    wanted = [f.strip() for f in formats if f.strip()]
    unknown = [f for f in wanted if f not in FORMATS]
    if unknown or not wanted:
        raise InputError(
            f"--format {','.join(formats)}",
            f"no such format: {', '.join(unknown)}" if unknown else "no format",
            ", ".join(FORMATS),
            "Name one of these.",
        )
    report, statements = build_page(record.archive, record.catalog, when, stored_as_of)
    lines = [when.note] if when.note else []
    for name in wanted:
        text = import_module(f"barograph.report.render.{FORMATS[name]}").render(report)
        path = out / f"barograph-{report.session}.{name}"
        write_whole(path, text)
        lines.append(f"{path} ({len(text.encode()) / 1000:.0f} kB)")
    states = [s.state for s in report.sections]
    lines.append(
        f"{report.session}: {states.count('ok')} sections ok, {states.count('degraded')} degraded, "
        f"{states.count('insufficient')} insufficient"
    )
    lines += [f"  {s.slug}: {s.state}: {s.reason}" for s in report.sections if s.state != "ok"]
    if stored_as_of is None and not report.sample:
        try:
            lines.append(write_statements(record.archive, record.settings.clock, when, statements))
        except ArchiveError as error:  # another writes, or nobody may: the page needs no write
            lines.append(f"the ledger was not written: {error.found}")
    return lines


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise InputError(
            f"the file {path}", f"cannot be written: {error.strerror}", "", "Give another folder with --out."
        ) from None
