"""P4: damage on the disk is reported and never read as numbers (anchor: certificate transparency's root hashes)."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import archive_worker as worker
from barograph.archive import files, segments
from barograph.archive.archive import Archive
from barograph.archive.commit import Fetch
from barograph.catalog.load import load
from barograph.core.errors import BarographError
from barograph.core.observation import Reading
from barograph.core.time import Clock

CATALOG = load()
FLIPS = 100


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of a dozen batches, 3,000 rows, two segments and a ledger."""
    folder = tmp_path_factory.mktemp("whole") / "a"
    archive = Archive.open(folder, CATALOG, create=True)
    rng = np.random.default_rng(3)
    for batch in range(12):
        clock = Clock(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=batch))
        with archive.writer(clock) as writer:
            first = date(2000, 1, 3) + timedelta(250 * batch)
            readings = [
                Reading(worker.SERIES, first + timedelta(i), round(float(v), 2))
                for i, v in enumerate(rng.normal(20, 2, 250))
            ]
            sha = writer.store_raw(repr(readings).encode())
            window = (first, first + timedelta(249))
            writer.commit([Fetch("cboe", f"https://example.invalid/{batch}", sha, window, (worker.SERIES,), readings)])
            if batch == 8:
                writer.compact(force=True)
                writer.sweep(timedelta(0))
            writer.add_statements([worker.replace(worker.STATEMENT, id=f"s{batch}", made_on=first)])
    return folder


def answer(folder: Path) -> bytes:
    """Everything a reader may get from an archive: values, ledger, raw bodies."""
    archive = Archive.open(folder, CATALOG)
    points = archive.as_of(datetime(2026, 6, 1, tzinfo=UTC)).series(worker.SERIES)
    bodies = b"".join(archive.raw(b.sha256) for b in archive.held.batches.values())
    ledger = repr([(s, link) for s, _, link in archive.statements()]).encode()
    return points.periods.tobytes() + points.values.tobytes() + points.known_at.tobytes() + bodies + ledger


def flip(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    at = rng.randrange(len(out))
    out[at] ^= 1 << rng.randrange(8)
    return bytes(out)


def verdict(folder: Path, good: bytes) -> str:
    """detected | same | wrong."""
    try:
        found = answer(folder)
    except BarographError:
        return "detected"
    return "same" if found == good else "wrong"


def targets(folder: Path, kind: str) -> list[Path]:
    return (
        sorted((folder / {"segment": "log", "raw": "raw"}[kind]).rglob("*.*"))
        if kind != "journal"
        else [folder / "journal.db"]
    )


@pytest.mark.parametrize("kind", ["segment", "raw", "journal"])
@pytest.mark.parametrize("way", ["flip", "truncate", "delete"])
def test_damage_is_never_read_as_numbers(whole: Path, tmp_path: Path, kind: str, way: str) -> None:
    rng, good, counts = random.Random(5), answer(whole), {"detected": 0, "same": 0, "wrong": 0}
    work = tmp_path / "a"
    for _ in range(FLIPS if way == "flip" else 100):
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(whole, work)
        path = rng.choice(targets(work, kind))
        data = path.read_bytes()
        if way == "flip":
            path.write_bytes(flip(data, rng))
        elif way == "truncate":
            path.write_bytes(data[: rng.randrange(len(data))])
        else:
            path.unlink()
        counts[verdict(work, good)] += 1
    assert counts["wrong"] == 0, counts
    if kind == "segment" or way == "delete":
        assert counts["same"] == 0, counts
    # A flip in an unused byte of a database page or in a gzip header's time changes no answer; verify() need not know.
    assert counts["detected"] > 0, counts


def test_two_segments_that_change_places_are_found(whole: Path, tmp_path: Path) -> None:
    work = tmp_path / "a"
    shutil.copytree(whole, work)
    first, second = sorted((work / "log").iterdir())[:2]
    a, b = first.read_bytes(), second.read_bytes()
    first.write_bytes(b)
    second.write_bytes(a)
    assert verdict(work, answer(whole)) == "detected"
    assert {p.subject for p in Archive(work, CATALOG).verify()} == {first.name, second.name}


def test_verify_names_what_is_damaged(whole: Path, tmp_path: Path) -> None:
    work = tmp_path / "a"
    shutil.copytree(whole, work)
    assert Archive(work, CATALOG).verify() == []
    for path in (targets(work, "segment")[0], targets(work, "raw")[0]):
        path.write_bytes(flip(path.read_bytes(), random.Random(1)))
    assert len(Archive(work, CATALOG).verify()) == 2


def careless(path: Path, digest: str) -> bytes:
    return path.read_bytes()


def test_without_the_digest_the_flips_would_be_read_as_numbers(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: reading without the check must be found by the same test."""
    check: Callable[[Path, str], bytes] = careless
    monkeypatch.setattr(segments, "read_checked", check)
    assert files.read_checked is not check
    rng, good, wrong = random.Random(5), answer(whole), 0
    work = tmp_path / "a"
    for _ in range(40):
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(whole, work)
        path = rng.choice(targets(work, "segment"))
        path.write_bytes(flip(path.read_bytes(), rng))
        try:
            wrong += verdict(work, good) == "wrong"
        except BaseException:  # polars panics on some of them
            continue
    assert wrong > 10
