"""`barograph import`: a user's file into the archive, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from barograph.core.errors import InputError

if TYPE_CHECKING:
    from barograph.run.settings import Settings
    from barograph.sources.files import CalendarMap, ImportMap


def import_into(settings: Settings, file: Path, map_file: Path) -> list[str]:
    """Read the file by its map: figures of series, or the events of a calendar."""
    from barograph.sources.files import CalendarMap, read_map

    mapping = read_map(map_file)
    if isinstance(mapping, CalendarMap):
        return _calendar(settings, file, mapping)
    return _series(settings, file, mapping)


def _series(settings: Settings, file: Path, mapping: ImportMap) -> list[str]:
    """Add the rows of the file to the archive's own catalogue, commit the readings.

    The catalogue rows are written before the commit: rows without readings do no harm, readings without a row would.
    """
    from barograph.archive.archive import Archive
    from barograph.archive.commit import Fetch
    from barograph.catalog.render import row_toml
    from barograph.run.api import load_catalog
    from barograph.run.publish import write_whole
    from barograph.sources.files import SOURCE, read, request_of

    catalog = load_catalog(settings, settings.archive)
    body, rows, readings, window = read(file, mapping, catalog, settings.clock.now)
    folder = settings.archive / "catalogue"
    archive = Archive.open(settings.archive, catalog, create=True)
    with archive.writer(settings.clock) as writer:
        for row in rows:
            if row.id not in catalog:
                write_whole(folder / f"user-{row.id}.toml", row_toml(row))
        catalog = load_catalog(settings, settings.archive)
        writer.use_catalog(catalog)
        sha = writer.store_raw(body)
        request = request_of(file, tuple(s.id for s in mapping.series), window)
        [result] = writer.commit(
            [Fetch(SOURCE.name, request.describe(), sha, request.window, request.series, readings)]
        )
        writer.cover([(i, window[0], window[1]) for i in request.series])
    lines = [f"{file.name}: {len(readings)} figures of {', '.join(request.series)}; {result.new} new rows"]
    lines += [q.describe() for q in result.quarantined]
    lines.append(f"read them with: barograph asof {request.series[0]} --archive {settings.archive}")
    return lines


def _calendar(settings: Settings, file: Path, mapping: CalendarMap) -> list[str]:
    """Add the calendar to the archive's own catalogue, commit its events; those that the file no longer names are struck."""
    from barograph.archive.archive import Archive
    from barograph.archive.commit import Fetch
    from barograph.catalog.render import feed_toml
    from barograph.core.observation import CalendarItem
    from barograph.run.api import load_catalog
    from barograph.run.publish import write_whole
    from barograph.sources.files import SOURCE, read_calendar, request_of

    feed = mapping.feed
    catalog = load_catalog(settings, settings.archive)
    held = next((f for f in catalog.feeds if f.id == feed.id), None)
    if feed.id in catalog or (held is not None and held.source != SOURCE.name):
        raise InputError(
            f"import of the calendar {feed.id}",
            "the catalogue has this id already",
            "user.my_earnings",
            "Give another id.",
        )
    body, events = read_calendar(file, mapping, settings.clock.now)
    if not events:
        raise InputError(
            f"import of the calendar {feed.id}",
            "no event from today on in the file",
            "",
            "Give a file with coming events.",
        )
    today = settings.clock.today
    archive = Archive.open(settings.archive, catalog, create=True)
    with archive.writer(settings.clock) as writer:
        write_whole(settings.archive / "catalogue" / f"user-{feed.id}.toml", feed_toml(feed))
        writer.use_catalog(load_catalog(settings, settings.archive))
        sha = writer.store_raw(body)
        request = request_of(file, (feed.id,), (today, today))
        items = [i for i in events if isinstance(i, CalendarItem)]
        fetch = Fetch(
            SOURCE.name, request.describe(), sha, request.window, request.series, (), items=items, whole=events.span
        )
        [result] = writer.commit([fetch])
        writer.cover([(feed.id, today, today)])
    lines = [f"{file.name}: {len(items)} events of {feed.id}; {result.new} new or changed"]
    if events.left_out:
        lines.append(events.left_out)
    lines.append(f"read them with: barograph calendar --archive {settings.archive}")
    return lines
