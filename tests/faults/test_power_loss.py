"""P2: what was acknowledged survives a power loss at any moment (source: ALICE, OSDI 2014; SQLite's crash tests).

A real writer is traced; from every prefix of its system calls crash states are built and opened. Planted bugs: no fsync,
no fsync of folders.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import archive_worker as worker
from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.core.errors import BarographError
from crash_states import WANTED, Disk, materialise, read_trace

pytestmark = [pytest.mark.system]
CATALOG = load()


def trace(folder: Path, batches: int, plant: str = "") -> str:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    out = folder.parent / "trace"
    args = [sys.executable, worker.__file__, str(folder), "0", str(batches), *([plant] if plant else [])]
    subprocess.run(
        ["strace", "-f", "-qq", "-xx", "-s", "10000000", "-e", f"trace={WANTED}", "-o", str(out), *args],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return out.read_text()


def judge(state: dict[str, bytes | None], root: str, target: Path, acked: list[int]) -> str:
    """`ok`, or what is wrong with the archive after this crash."""
    materialise(state, root, target)
    if not (target / "journal.db").exists():
        return "ok" if not acked else "lost"
    try:
        archive = Archive.open(target, CATALOG, create=True)
        table = archive.table()
    except BarographError as error:
        return f"broken: {type(error).__name__}" if acked or "no archive" not in str(error) else "ok"
    lo, hi = table.stretch(worker.SERIES)
    held = dict(zip(table.period[lo:hi].astype("datetime64[D]").tolist(), table.value[lo:hi].tolist(), strict=True))
    for batch in acked:
        if held.get(worker.day_of(batch)) != worker.value_of(batch):
            return "lost"
    statements = {s.id for s, *_ in archive.statements()}
    if any(b % 3 == 2 and f"s{b}" not in statements for b in acked):
        return "lost"
    return "ok"


def survey(tmp_path: Path, batches: int, extra: int, plant: str = "", most: int = 10**9) -> dict[str, int]:
    root = str(tmp_path / "archive")
    disk, rng, seen = Disk(root), random.Random(7), {}
    counts: dict[str, int] = {}
    ops = list(read_trace(trace(Path(root), batches, plant), root))
    for op in ops:
        disk.do(op)
        if op.kind == "ack":
            continue
        for state in disk.states(rng, extra):
            key = hash((tuple(sorted((p, c) for p, c in state.items() if c is not None)), len(disk.acked)))
            if key in seen:
                continue
            seen[key] = True
            verdict = judge(state, root, tmp_path / "crash", disk.acked)
            counts[verdict] = counts.get(verdict, 0) + 1
        if sum(counts.values()) >= most:
            break
    return counts


def test_every_crash_state_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    counts = survey(tmp_path, 10, 5)
    assert set(counts) == {"ok"}, counts
    assert counts["ok"] >= 1000, counts


@pytest.mark.nightly
def test_twenty_thousand_crash_states(tmp_path: Path) -> None:
    counts = survey(tmp_path, 64, 40)
    assert set(counts) == {"ok"}, counts
    assert counts["ok"] >= 20_000, counts


@pytest.mark.parametrize("plant", ["no_fsync", "no_dirsync"])
def test_a_planted_bug_is_found(tmp_path: Path, plant: str) -> None:
    counts = survey(tmp_path, 4, 2, plant)
    assert sum(n for verdict, n in counts.items() if verdict != "ok") > 0, counts
