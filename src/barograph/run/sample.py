"""The page of the packaged sample: the same journey with the provider `sample`, in a folder of its own."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from barograph.core.errors import InputError
from barograph.core.time import DAY_END, Clock, new_york
from barograph.run.settings import Settings

#: When the packaged figures were put together. A fixed storage time, so that the same files give the same page.
PACKED = datetime(2026, 11, 23, tzinfo=UTC)
LIVE = (
    "This is the packaged sample. For today's page:  .venv/bin/barograph update  then  .venv/bin/barograph report\n"
    "(no key needed; a free FRED key in BAROGRAPH_FRED_API_KEY brings true vintages)"
)


def run_sample(out: Path, formats: list[str]) -> list[str]:
    """Fill `out`/archive from the packaged figures, build the page of SAMPLE_SESSION, say where it is."""
    from barograph.run.api import Record
    from barograph.run.publish import publish
    from barograph.sources.sample import SAMPLE_SESSION

    folder = out / "archive"
    fill_sample(folder)
    clock = Clock(new_york(SAMPLE_SESSION, DAY_END))
    record = Record(settings=Settings(archive=folder, clock=clock))
    from barograph.run.api import resolve

    lines = publish(record, resolve(SAMPLE_SESSION, record.settings), None, formats, out)
    return [*lines, LIVE]


def fill_sample(folder: Path) -> None:
    """Make the sample archive afresh: it holds nothing that the program cannot read again."""
    from barograph.archive.archive import Archive
    from barograph.archive.commit import Fetch
    from barograph.archive.files import unwritable
    from barograph.catalog.load import load, sample_overlay
    from barograph.core.observation import Reading
    from barograph.sources import Job
    from barograph.sources.sample import DATASETS, SOURCE

    ours = (folder / "catalogue" / "sample_macro.toml").is_file()
    if folder.exists() and not ours and not (folder.is_dir() and not any(folder.iterdir())):
        raise InputError(
            f"the sample archive in {folder}",
            "something else is there, which the sample would spoil",
            "",
            "Give another folder with --out.",
        )
    # Made beside its place and moved there when it is whole: a run that finds no room leaves nothing half-made.
    place, folder = folder, folder.with_name(f"{folder.name}.part")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "catalogue").mkdir(parents=True, exist_ok=True)
        for name, text in sample_overlay().items():
            (folder / "catalogue" / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise unwritable(folder, error) from error
    catalog = load(archive_folder=folder / "catalogue")
    archive = Archive.open(folder, catalog, create=True)
    clock = Clock(PACKED)
    rows = catalog.by_source(SOURCE.name)
    window = (min(d.first for d in DATASETS.values()), max(d.last for d in DATASETS.values()))
    with archive.writer(clock) as writer:
        fetches = []
        for request in SOURCE.plan(Job(tuple(rows), window, clock.now)):
            body = SOURCE.read(request)
            sha = writer.store_raw(body)
            readings: list[Reading] = SOURCE.parse(body, request, {i: catalog[i] for i in request.series})
            fetches.append(Fetch(SOURCE.name, request.describe(), sha, request.window, request.series, readings))
        writer.commit(fetches)
        writer.cover([(i, f.window[0], f.window[1]) for f in fetches for i in f.series_ids])
    try:
        if place.exists():
            shutil.rmtree(place)
        folder.replace(place)
    except OSError as error:
        raise unwritable(place, error) from error
