"""How a task is timed here, beside whom, and how the answers are compared; the archives that the tasks share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recorded
from barograph.catalog.load import load
from command_line import command

#: The session of the recorded page, and the New York days on which it is filled and on which the next one comes.
SESSION, NEXT = "2025-11-05", "2025-11-06"
#: A close and three percentiles differ in the last digits only when they differ by nothing.
CLOSE = {"rtol": 1e-9, "atol": 1e-9}

Answer = Any
Measure = Callable[..., Answer]


def same(ours: Answer, theirs: Answer) -> bool:
    """Whether two answers are equal to 1e-9: arrays, numbers, or sequences of them."""
    if isinstance(ours, (list, tuple)):
        return len(ours) == len(theirs) and all(same(a, b) for a, b in zip(ours, theirs, strict=True))
    a, b = np.asarray(ours), np.asarray(theirs)
    if a.shape != b.shape:
        return False
    if a.dtype.kind == "f" or b.dtype.kind == "f":
        return bool(np.allclose(a, b, **CLOSE, equal_nan=True))
    return bool((a == b).all())


@pytest.fixture(scope="session")
def answers() -> dict[str, Answer]:
    """Our answer of each task, kept for the peers' turn."""
    return {}


@pytest.fixture
def measure(benchmark: Any, answers: dict[str, Answer]) -> Measure:
    """Time `work` as `who` on `task`; `read` turns what it returns into an answer that can be compared (untimed)."""

    def run(
        task: str,
        who: str,
        work: Callable[[], Any],
        *,
        read: Callable[[Any], Answer] = lambda made: made,
        note: str = "",
        rounds: int = 7,
        warm: int = 1,
    ) -> Any:
        made = benchmark.pedantic(work, rounds=rounds, iterations=1, warmup_rounds=warm)
        answer = read(made)
        benchmark.extra_info.update(task=task, who=who, note=note)
        if who == "ours":
            answers[task] = answer
        else:
            benchmark.extra_info["agree"] = same(answers[task], answer)
        return made

    return run


class Ran(float):
    """Wall seconds of a process, with its peak memory in MB."""

    peak_mb: float


#: Runs a command and says how long it took, how much memory it had and how it ended. A process of its own, because a
#: child's peak memory is never below that of the process that forked it.
_LAUNCHER = """
import os, subprocess, sys, time
begun = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
print(time.perf_counter() - begun, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))
"""


def process(args: Sequence[str | Path], archive: Path | None = None, now: str = "") -> Ran:
    """Run `barograph ARGS` in a new process and wait for it."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("BAROGRAPH_")}
    env |= {"BAROGRAPH_NOW": now} if now else {}
    env |= {"BAROGRAPH_ARCHIVE": str(archive)} if archive is not None else {}
    run = [sys.executable, "-m", "barograph.run.cli", *map(str, args)]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _LAUNCHER, *run], env=env, capture_output=True, text=True, check=True
    )
    wall, peak, code = done.stdout.split()
    assert code == "0", f"barograph {' '.join(map(str, args))} ended with {code}"
    ran = Ran(wall)
    ran.peak_mb = float(peak)
    return ran


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged sample as an archive."""
    from barograph.run.sample import fill_sample

    place = tmp_path_factory.mktemp("sample") / "archive"
    fill_sample(place)
    return place


@pytest.fixture(scope="session")
def recorded_base() -> Any:
    """A replay of the recorded sources at the end of SESSION; skips where they are absent."""
    if recorded.folder() is None:
        pytest.skip(recorded.ABSENT)
    with recorded.serve(SESSION) as base:
        yield base


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Archives filled from the recorded sources, by name; the ingest benchmarks put them here."""
    return {"place": tmp_path_factory.mktemp("filled")}


def fill(archive: Path, base: str, day: str) -> str:
    """`barograph update` at 18:30 New York of `day`; what it printed."""
    done = command("update", archive=archive, now=f"{day}T23:30:00+00:00", gateway=base)
    assert done.code == 3, done.out + done.err  # what the recording does not hold fails, and nothing else
    recorded.check_failures(done.out, load())
    return done.out


@pytest.fixture(scope="session")
def filling() -> Callable[[Path, str, str], str]:
    """The update command, for the benchmarks of ingest."""
    return fill


@pytest.fixture(scope="session")
def new_process() -> Callable[..., Ran]:
    """A `barograph` command in a new process, with its wall time and peak memory."""
    return process


@pytest.fixture(scope="session")
def recorded_archive(filled: dict[str, Path], recorded_base: str) -> Path:
    """An archive filled through SESSION and the day after it, as the ingest benchmark left it or made here."""
    place = filled["place"] / "archive"
    if not place.is_dir():
        recorded_base.set_today(NEXT)  # type: ignore[attr-defined]
        fill(place, recorded_base, NEXT)
    return place
