"""P1: what was acknowledged survives kill -9 (source: SQLite's crash tests). Planted bug: the journal before the file."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import archive_worker as worker
from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.core.errors import BarographError

CATALOG = load()


def kill_round(folder: Path, first: int, rng: random.Random, plant: str = "") -> tuple[list[int], str]:
    """Start a writer, kill it at a random moment, and judge: (acknowledged batches, ok | lost | broken)."""
    args = [sys.executable, worker.__file__, str(folder), str(first), "400", *([plant] if plant else [])]
    process = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()  # it works: now the clock runs
    time.sleep(rng.uniform(0.0, 0.12))
    os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read()
    process.wait(timeout=30)
    acked = [
        int(text.split()[1]) for text in (line + rest).splitlines() if text.startswith("ACK ") and text[4:].isdigit()
    ]
    return acked, judge(folder, acked)


def judge(folder: Path, acked: list[int]) -> str:
    try:
        archive = Archive.open(folder, CATALOG)
        table = archive.table()
    except BarographError:
        return "broken"
    lo, hi = table.stretch(worker.SERIES)
    held = dict(zip(table.period[lo:hi].astype("datetime64[D]").tolist(), table.value[lo:hi].tolist(), strict=True))
    good = all(held.get(worker.day_of(b)) == worker.value_of(b) for b in acked)
    return "ok" if good and not archive.verify() else "lost"


def rounds(folder: Path, count: int, seed: int, plant: str = "") -> tuple[int, dict[str, int]]:
    rng, first, counts, total = random.Random(seed), 0, {}, 0
    for _ in range(count):
        acked, verdict = kill_round(folder, first, rng, plant)
        counts[verdict] = counts.get(verdict, 0) + 1
        total += len(acked)
        first = max([first, *acked]) + 2  # one batch may be committed and not acknowledged: it is allowed
        if verdict == "broken":
            break
    return total, counts


def test_kills_lose_nothing_and_leave_no_orphans(tmp_path: Path) -> None:
    total, counts = rounds(tmp_path / "a", 60, 1)
    assert set(counts) == {"ok"} and total >= 60, (total, counts)
    from datetime import UTC, datetime, timedelta

    from barograph.core.time import Clock

    archive = Archive.open(tmp_path / "a", CATALOG)
    with archive.writer(Clock(datetime(2027, 1, 1, tzinfo=UTC))) as writer:
        writer.sweep(timedelta(0))
    live = set(archive.held.segments)
    assert {p.name for p in (tmp_path / "a" / "log").iterdir()} == live


@pytest.mark.nightly
def test_five_hundred_kills(tmp_path: Path) -> None:
    total, counts = rounds(tmp_path / "a", 500, 2)
    assert set(counts) == {"ok"} and total >= 500, (total, counts)


def test_naming_a_segment_before_its_file_is_there_is_found(tmp_path: Path) -> None:
    for seed in range(40):
        _, counts = rounds(tmp_path / f"b{seed}", 1, seed, "journal_first")
        if "broken" in counts or "lost" in counts:
            return
    pytest.fail("forty kills did not find the planted bug")
