"""A page in a new process, imports included: wall time and peak memory; and how soon `--help` answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def _page(
    benchmark: Any,
    measure: Callable[..., Any],
    new_process: Callable[..., Any],
    task: str,
    archive: Path,
    day: str,
    out: Path,
) -> None:
    peaks: list[float] = []

    def work() -> None:
        args = ("report", "--as-of", day, "--format", "html", "--out", out)
        peaks.append(new_process(args, archive=archive, now=f"{day}T23:30:00+00:00").peak_mb)

    measure(task, "ours", work, rounds=3)
    page = next(out.glob("barograph-*.html"))
    benchmark.extra_info["note"] = f"new process; peak {max(peaks):.0f} MB; page of {page.stat().st_size / 1000:.0f} kB"


def test_page_of_the_sample(
    benchmark: Any, measure: Callable[..., Any], new_process: Any, sample_folder: Path, tmp_path: Path
) -> None:
    from barograph.sources.sample import SAMPLE_SESSION

    day = SAMPLE_SESSION.isoformat()
    _page(benchmark, measure, new_process, "page of the sample archive", sample_folder, day, tmp_path / "out")


def test_page_of_the_recorded_archive(
    benchmark: Any, measure: Callable[..., Any], new_process: Any, recorded_archive: Path, tmp_path: Path
) -> None:
    task = "page of the recorded archive, 2025-11-06"
    _page(benchmark, measure, new_process, task, recorded_archive, "2025-11-06", tmp_path / "out")


def test_page_of_a_past_day(
    benchmark: Any, measure: Callable[..., Any], new_process: Any, recorded_archive: Path, tmp_path: Path
) -> None:
    task = "page of the recorded archive as of 2020-03-16"
    _page(benchmark, measure, new_process, task, recorded_archive, "2020-03-16", tmp_path / "out")


def test_help(benchmark: Any, measure: Callable[..., Any], new_process: Any) -> None:
    peaks: list[float] = []
    measure("--help", "ours", lambda: peaks.append(new_process(("--help",)).peak_mb), rounds=5)
    benchmark.extra_info["note"] = f"new process; peak {max(peaks):.0f} MB"
