"""The full re-check: every entry against the chain, every file against its digest, the chain against an outside anchor."""

from __future__ import annotations

from pathlib import Path

from barograph.archive import files, segments
from barograph.archive.held import Held
from barograph.archive.journal import GENESIS, Journal
from barograph.core.errors import BarographError
from barograph.core.estimate import Problem


def examine(root: Path, anchor: str | None = None) -> list[Problem]:
    """Everything that is not as it was committed; an empty list when the archive is whole."""
    held = Held()
    try:
        journal = Journal(root / "journal.db")
        for entry in journal.entries():
            held.fold(entry)
    except BarographError as error:
        return [_problem("journal", error)]
    out: list[Problem] = []
    if anchor is not None and anchor != GENESIS and anchor not in {link for _, link in held.links}:
        found = "the head given was never a head of this archive: its past was rewritten or cut off"
        out.append(Problem("verify", "ledger", found, "error", "Restore a backup that holds this head."))
    for segment in held.segments.values():
        try:
            frame = segments.read(root, segment)
            if segments.content_of(frame) != segment.content:
                out.append(Problem("verify", segment.name, "its rows are not those that were committed", "error"))
        except BarographError as error:
            out.append(_problem(segment.name, error))
    seen: set[str] = set()
    for batch in held.batches.values():
        if batch.sha256 and batch.sha256 not in seen:
            seen.add(batch.sha256)
            try:
                files.read_raw(root, batch.sha256)
            except BarographError as error:
                out.append(_problem(f"raw body of {batch.batch_id}", error))
    return out


def _problem(subject: str, error: BarographError) -> Problem:
    return Problem("verify", subject, error.found, "error", error.step)
