"""Archives that are dear to make, made once per run of the tests and shared between its processes."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import recorded
from barograph.catalog.load import load
from command_line import GOLDEN_DAY, GOLDEN_NOW, command


def _once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` of this run of the tests; whoever comes first makes it, the others wait for it."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    place = base / name
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():
            part = base / f"{name}.part"
            shutil.rmtree(part, ignore_errors=True)
            make(part)
            part.rename(place)
    return place


@pytest.fixture(scope="session")
def recorded_folder() -> Path:
    """Where the recorded sources lie; the test skips where they do not."""
    found = recorded.folder()
    if found is None:
        pytest.skip(recorded.ABSENT)
    return found


@pytest.fixture(scope="session")
def golden_archive(tmp_path_factory: pytest.TempPathFactory, recorded_folder: Path) -> Path:
    """An archive filled over HTTP from the recorded sources, a day after the golden session. Read it; copy to write."""

    def make(place: Path) -> None:
        with recorded.serve(GOLDEN_DAY) as base:
            done = command("update", archive=place, now=GOLDEN_NOW, gateway=base)
            # What the recording does not hold fails, and nothing else.
            assert done.code == 3, done.out + done.err
            recorded.check_failures(done.out, load())

    return _once(tmp_path_factory, "golden", make)


@pytest.fixture(scope="session")
def sample_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged sample as an archive: no network. Read it; copy to write.

    Its page was made once, so that copies hold what the models estimated for it; who tests the estimation removes `states`.
    """
    from barograph.core.time import DAY_END, Clock, new_york
    from barograph.run.api import Record
    from barograph.run.sample import fill_sample
    from barograph.run.settings import Settings
    from barograph.sources.sample import SAMPLE_SESSION

    def make(place: Path) -> None:
        fill_sample(place)
        Record(settings=Settings(archive=place, clock=Clock(new_york(SAMPLE_SESSION, DAY_END)))).report(SAMPLE_SESSION)

    return _once(tmp_path_factory, "sample", make)


@pytest.fixture
def sample_copy(sample_archive: Path, tmp_path: Path) -> Path:
    """A sample archive to write to."""
    return Path(shutil.copytree(sample_archive, tmp_path / "sample"))


@pytest.fixture
def golden_copy(golden_archive: Path, tmp_path: Path) -> Path:
    """A golden archive to write to."""
    return Path(shutil.copytree(golden_archive, tmp_path / "golden"))
