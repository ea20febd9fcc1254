"""The update as a person sees it: terms at first use, a progress bar, a table of what came, what failed and why."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from barograph.core.errors import InputError
from barograph.run.ingest import Progress, UpdateResult, quiet, update

if TYPE_CHECKING:
    from barograph.archive.archive import Archive
    from barograph.catalog.catalog import Catalog
    from barograph.core.time import Clock
    from barograph.run.settings import Settings


def run_update(settings: Settings, until: str | None, only: str | None, console: Console | None = None) -> int:
    """Run `barograph update` and return its exit code."""
    from barograph.archive.archive import Archive
    from barograph.run.api import load_catalog
    from barograph.sources import host_limits, sources
    from barograph.sources._http import Client, Limits

    console = console or Console(stderr=False, highlight=False)
    last = _day(until, settings.clock)
    catalog = load_catalog(settings, settings.archive)
    archive = Archive.open(settings.archive, catalog, create=True)
    for line in terms_at_first_use(archive, catalog, settings, only):
        console.print(line)
    limits = Limits(hosts=host_limits(sources().values()))
    try:
        with Client(settings.keys, settings.gateway, limits) as client, shown_progress(console) as progress:
            result = update(archive, catalog, settings, client, until=last, only=only, progress=progress)
    except KeyboardInterrupt:
        console.print("Stopped. What was committed is kept; `barograph update` fetches the rest.")
        raise
    console.print(table(result))
    for line in failures(result):
        console.print(line, style="yellow", markup=False)
    for note in result.notes:
        console.print(note, markup=False)
    if not settings.keys.get("fred"):
        console.print(
            "No FRED key: series that revise come with today's values laid on their release days (known_basis assumed). "
            "A free key in BAROGRAPH_FRED_API_KEY brings true vintages."
        )
    return result.exit_code


def failures(result: UpdateResult) -> list[str]:
    """What failed and why, one line for each provider and reason; after six reasons the rest is counted."""
    lines = []
    for name, row in result.sources.items():
        by_reason: dict[str, list[str]] = {}
        for subject, why in row.failures:
            by_reason.setdefault(why, []).append(subject)
        for why, subjects in list(by_reason.items())[:6]:
            more = f" and {len(subjects) - 3} more" if len(subjects) > 3 else ""
            lines.append(f"{name}: {'; '.join(subjects[:3])}{more}: {why}")
        if len(by_reason) > 6:
            lines.append(f"{name}: and {len(by_reason) - 6} other reasons; `barograph doctor` lists them")
    return lines


def _day(text: str | None, clock: Clock) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--until {text}", "not a date", str(clock.today), "Give it as YYYY-MM-DD.") from None
    if day > clock.today:
        raise InputError(
            f"--until {day}", f"a day after the run's clock, {clock.today}", str(clock.today), "Ask for a past day."
        )
    return day


def terms_at_first_use(archive: Archive, catalog: Catalog, settings: Settings, only: str | None = None) -> list[str]:
    """The terms of every provider that is asked now and was never asked before, once."""
    from barograph.run.ingest import chosen_sources

    asked = set(archive.batches()["source"].to_list()) if len(archive.batches()) else set()
    lines = []
    for name, source in chosen_sources(only, settings).items():
        wanted = catalog.by_source(name, settings.disabled) or catalog.seconds(name, settings.disabled)
        if name not in asked and source.terms and (wanted or catalog.feeds_of(name)):
            lines.append(f"[bold]{source.title}[/bold]: {source.terms} (BAROGRAPH_DISABLE={name} turns it off)")
    return lines


@contextlib.contextmanager
def shown_progress(console: Console) -> Iterator[Progress]:
    """A bar per provider on a terminal; nothing where the output is no terminal."""
    if not console.is_terminal:
        yield quiet
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}"),
    )
    with Bars(*columns, console=console) as bars:
        tasks: dict[str, object] = {}

        def progress(source: str, done: int, of: int, what: str) -> None:
            if source not in tasks:
                tasks[source] = bars.add_task(source, total=of, what="")
            bars.update(tasks[source], completed=done, total=of, what=what)  # type: ignore[arg-type]

        yield progress


def table(result: UpdateResult) -> Table:
    """What came from each provider."""
    out = Table(title=None, box=None, pad_edge=False)
    for name in ("source", "series", "asked", "came", "unchanged", "failed", "rows", "new", "held"):
        out.add_column(name, justify="left" if name == "source" else "right")
    for r in result.sources.values():
        out.add_row(
            r.source,
            *(
                f"{n:,}"
                for n in (r.series, r.asked, r.came, r.unchanged, r.failed + r.bodies_quarantined, r.rows, r.new)
            ),
            f"{r.quarantined + r.bodies_quarantined:,}",
        )
    return out
