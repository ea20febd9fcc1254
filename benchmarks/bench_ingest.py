"""Filling an archive from the recorded sources over HTTP on this machine: from nothing, and the next session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from barograph.archive.archive import Archive
from barograph.catalog.load import load

SESSION, NEXT = "2025-11-05", "2025-11-06"


def test_full_fill(measure: Callable[..., Any], filled: dict[str, Path], recorded_base: Any, filling: Any) -> None:
    place = filled["place"] / "archive"
    measure("fill from nothing", "ours", lambda: filling(place, recorded_base, SESSION), rounds=1, warm=0)


def test_the_next_session(
    benchmark: Any, measure: Callable[..., Any], filled: dict[str, Path], recorded_base: Any, filling: Any
) -> None:
    place = filled["place"] / "archive"
    assert place.is_dir()
    recorded_base.set_today(NEXT)
    measure("fill the next session", "ours", lambda: filling(place, recorded_base, NEXT), rounds=1, warm=0)
    archive = Archive.open(place, load())
    size = sum(f.stat().st_size for f in place.rglob("*") if f.is_file()) / 1e6
    benchmark.extra_info["note"] = (
        f"no key; afterwards {len(archive.table()):,} rows of {len(archive.table().bounds):,} series, {size:.0f} MB on disk"
    )


def test_the_sample(measure: Callable[..., Any], new_process: Any, tmp_path: Path) -> None:
    note = "new process; what `make report` runs once the packages are installed: fill, page in three formats"
    measure(
        "the packaged sample", "ours", lambda: new_process(("sample", "--out", tmp_path)), note=note, rounds=1, warm=0
    )
