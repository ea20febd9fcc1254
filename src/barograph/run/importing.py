"""`barograph import`: a user's file into the archive, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from barograph.run.settings import Settings


def import_into(settings: Settings, file: Path, map_file: Path) -> list[str]:
    """Read the file by its map, add its rows to the archive's own catalogue, commit the readings.

    The catalogue rows are written before the commit: rows without readings do no harm, readings without a row would.
    """
    from barograph.archive.archive import Archive
    from barograph.archive.commit import Fetch
    from barograph.catalog.render import row_toml
    from barograph.run.api import load_catalog
    from barograph.run.publish import write_whole
    from barograph.sources.files import SOURCE, read, read_map, request_of

    mapping = read_map(map_file)
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
        request = request_of(file, mapping, window)
        [result] = writer.commit(
            [Fetch(SOURCE.name, request.describe(), sha, request.window, request.series, readings)]
        )
        writer.cover([(i, window[0], window[1]) for i in request.series])
    lines = [f"{file.name}: {len(readings)} figures of {', '.join(request.series)}; {result.new} new rows"]
    lines += [q.describe() for q in result.quarantined]
    lines.append(f"read them with: barograph asof {request.series[0]} --archive {settings.archive}")
    return lines
