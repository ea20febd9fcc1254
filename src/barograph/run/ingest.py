"""Where providers and the archive meet: whom an update asks, for what, and what is noted of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from barograph.core.errors import InputError
from barograph.run.fetching import Fetcher, Progress, Run, SourceResult, UpdateResult, quiet
from barograph.run.jobs import jobs_for
from barograph.sources import Request, Source, sources

if TYPE_CHECKING:
    from barograph.archive.archive import Archive
    from barograph.catalog.catalog import Catalog
    from barograph.run.settings import Settings

__all__ = [
    "Fetcher",
    "Progress",
    "SourceResult",
    "UpdateResult",
    "chosen_sources",
    "quiet",
    "unknown_providers",
    "update",
]


def chosen_sources(only: str | None, settings: Settings) -> dict[str, Source]:
    """The providers an update asks: all that are not turned off, or the one named."""
    known = {n: s for n, s in sources().items() if n not in ("files", "sample")}
    if strange := unknown_providers(settings):
        raise InputError(
            f"BAROGRAPH_DISABLE={','.join(sorted(settings.disabled))}",
            f"no provider: {', '.join(strange)}",
            ", ".join(known),
            "Name these; a wrong name would turn nothing off.",
        )
    if only is None:
        return {n: s for n, s in known.items() if n not in settings.disabled}
    if only not in known:
        raise InputError(f"--only {only}", "no such provider", ", ".join(known), "Name one of these.")
    if only in settings.disabled:
        raise InputError(f"--only {only}", "it is turned off by BAROGRAPH_DISABLE", "", "Turn it on first.")
    return {only: known[only]}


def unknown_providers(settings: Settings) -> list[str]:
    """Names in BAROGRAPH_DISABLE that are no provider's."""
    return sorted(settings.disabled - sources().keys())


def update(
    archive: Archive,
    catalog: Catalog,
    settings: Settings,
    client: Fetcher,
    *,
    until: date | None = None,
    only: str | None = None,
    progress: Progress = quiet,
) -> UpdateResult:
    """Fetch what is missing up to `until` (default: the run's clock date) and commit it.

    Raises
    ------
    InputError
        `until` lies after the clock date, or `only` names no provider.
    LockedError
        Another process is writing.
    """
    today = settings.clock.today
    until = until or today
    if until > today:
        raise InputError(
            f"an update until {until}", f"a day after the run's clock, {today}", str(today), "Ask for a past day."
        )
    picked = chosen_sources(only, settings)
    result = UpdateResult()
    with archive.writer(settings.clock) as writer:
        plans: dict[str, list[Request]] = {}
        for name, source in picked.items():
            rows = catalog.by_source(name, settings.disabled)
            if source.key == "required" and name not in settings.keys:
                result.notes.append(f"{name}: needs a key and has none; {len(rows)} series were not asked for")
                continue
            # What a feed says now is no part of an update up to a day that is past.
            feeds = catalog.feeds_of(name) if until == today else []
            seconds = catalog.seconds(name, settings.disabled)
            if not rows and not feeds and not seconds:
                continue
            jobs = jobs_for(source, [*rows, *seconds], feeds, archive, until, settings)
            plans[name] = [r for job in jobs for r in source.plan(job)]
            result.sources[name] = SourceResult(name, series=len(rows), asked=len(plans[name]))
        if not plans:
            result.notes.append("Nothing was asked for: no provider is left, or nothing is missing up to that day.")
        Run(archive, catalog, picked, writer, client, result, progress).work(plans)
        if only is None or result.sources:
            writer.compact()
        writer.log_run("update", until, {n: _summary(r) for n, r in result.sources.items()}, result.exit_code)
    return result


def _summary(r: SourceResult) -> dict[str, int]:
    return {k: getattr(r, k) for k in ("asked", "came", "unchanged", "failed", "new", "quarantined")}
