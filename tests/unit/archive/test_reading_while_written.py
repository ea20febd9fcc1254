"""A view stays what it was made of, readers write nothing, and a write that failed leaves nothing behind."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from barograph.archive import files
from barograph.archive.archive import Archive
from barograph.archive.journal import Journal
from barograph.archive.lock import locked
from barograph.core.errors import ArchiveError, CoverageError, InputError
from barograph.core.observation import Reading
from barograph.core.time import Clock
from barograph.run.importing import import_into
from barograph.run.lineage import _batch
from barograph.run.settings import Settings
from small_archive import add, packaged

GOLD = "us.commodity.gld"
MONDAY = datetime(2025, 11, 3, 23, tzinfo=UTC)
LATER = datetime(2025, 11, 9, 23, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive.open(tmp_path / "a", packaged(), create=True)
    add(made, [Reading(GOLD, date(2025, 11, 3), 1.0)], MONDAY)
    return made


def another(archive: Archive) -> Archive:
    return Archive.open(archive.path, archive.catalog)


def test_a_view_does_not_move_when_the_archive_does(archive: Archive) -> None:
    view = archive.as_of(LATER)
    add(another(archive), [Reading(GOLD, date(2025, 11, 7), 2.0)], MONDAY + timedelta(4))
    fresh = archive.as_of(LATER)
    assert fresh.coverage(GOLD) is not None and fresh.series(GOLD).last[1] == 2.0
    assert view.series(GOLD).last[1] == 1.0
    with pytest.raises(CoverageError, match="2025-11-03 only"):
        view.require(GOLD, date(2025, 11, 7))


def test_a_reader_without_rights_follows_what_is_written(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Journal._open_as

    def refused(self: Journal, mode: str) -> object:
        if mode == "mode=ro":
            import sqlite3

            raise sqlite3.OperationalError("unable to open database file")
        return real(self, mode)

    monkeypatch.setattr(Journal, "_open_as", refused)
    reader = another(archive)
    monkeypatch.setattr(Journal, "_open_as", real)
    add(archive, [Reading(GOLD, date(2025, 11, 5), 2.0)], MONDAY + timedelta(2))
    monkeypatch.setattr(Journal, "_open_as", refused)
    assert reader.as_of(LATER).series(GOLD).last[1] == 2.0
    with archive.writer(Clock(MONDAY + timedelta(3))) as writer:
        writer.log_run("update", date(2025, 11, 6), {}, 0)  # waits in the write-ahead log
        with pytest.raises(ArchiveError, match="write-ahead log"):
            another(archive)


def test_opening_to_write_folds_nothing_while_another_holds_the_lock(archive: Archive) -> None:
    pid = os.fork()
    if pid == 0:  # a writer that is killed leaves its log behind
        with archive.writer(Clock(MONDAY + timedelta(1))) as writer:
            writer.log_run("update", date(2025, 11, 4), {}, 0)
            os._exit(0)
    os.waitpid(pid, 0)
    log = archive.path / "journal.db-wal"
    size = log.stat().st_size
    assert size
    with locked(archive.path, Clock(MONDAY)):
        Archive.open(archive.path, archive.catalog, create=True)
        assert log.stat().st_size == size


def test_a_damaged_raw_body_is_named_in_the_lineage(archive: Archive) -> None:
    batch = archive.batch("b000001")
    files.raw_path(archive.path, batch.sha256).write_bytes(gzip.compress(b"other"))
    assert _batch(SimpleNamespace(archive=archive), "b000001")["intact"] is False  # type: ignore[arg-type]


def test_a_write_that_failed_leaves_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for _ in range(2):  # first the folder cannot be made, then the file
            with pytest.raises(ArchiveError, match="MB free"):
                files.store_raw(archive.path, b"figures")
            files.raw_path(archive.path, files.sha256(b"figures")).parent.mkdir(parents=True, exist_ok=True)
    assert not list(archive.path.rglob("*.part"))
    left = archive.path / "raw" / "ab" / "killed.gz.1.part"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.touch()
    os.utime(left, (0, 0))
    with archive.writer(Clock(LATER)) as writer:
        writer.sweep(timedelta(0))
    assert not left.exists()


@pytest.mark.parametrize(("key", "value"), [("release", "day+1 18:00"), ("rights", "personal"), ("kind", "rate")])
def test_a_second_map_cannot_say_otherwise(tmp_path: Path, key: str, value: str) -> None:
    said = {"release": "day 18:00", "rights": "public", "kind": "level"}
    for number, now in enumerate((said, said | {key: value})):
        more = "".join(f'{k} = "{v}"\n' for k, v in now.items())
        head = 'date = "Date"\n[[series]]\nid = "user.x"\ncolumn = "V"\ntitle = "x"\nunit = "bp"\nfrequency = "D"\n'
        (tmp_path / "map.toml").write_text(head + more)
        (tmp_path / "own.csv").write_text(f"Date,V\n2025-11-0{3 + number},1\n")
        settings = Settings(archive=tmp_path / "a", clock=Clock(LATER))
        if number:
            with pytest.raises(InputError, match="earlier imports said"):
                import_into(settings, tmp_path / "own.csv", tmp_path / "map.toml")
        else:
            import_into(settings, tmp_path / "own.csv", tmp_path / "map.toml")
