"""The ledger of past statements: a page makes them once, on its own evening, and a replay makes none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from barograph.archive.archive import Archive
from barograph.core.errors import ArchiveError
from barograph.core.time import DAY_END, AsOfDate, Clock, new_york, session_before
from barograph.run import daily
from small_archive import FILLED, LAST, small

EVENING = Clock(FILLED + timedelta(minutes=10))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return small(tmp_path / "archive")


def write(archive: Archive, session: date, clock: Clock) -> str:
    at = AsOfDate(new_york(session, DAY_END), session)
    _, statements = daily.build_page(archive, archive.catalog, at)
    return daily.write_statements(archive, clock, at, statements)


def test_the_page_of_the_latest_session_writes_its_statements_once(archive: Archive) -> None:
    head = archive.head()
    assert "written to the ledger" in write(archive, LAST, EVENING)
    made = archive.statements(LAST)
    assert made and archive.head() != head
    assert "already" in write(archive, LAST, EVENING)
    assert archive.statements(LAST) == made
    for statement, stored_at, link in made:
        assert statement.made_on == LAST < statement.due
        assert stored_at >= FILLED and len(link) == 64
    assert archive.verify() == []


def test_a_replay_writes_nothing(archive: Archive) -> None:
    head = archive.head()
    assert write(archive, session_before("NYSE", LAST), EVENING).startswith("replay")
    # The page of the last session, made after the session that it speaks about had closed, is a replay too.
    late = Clock(datetime(2025, 11, 6, 21, 30, tzinfo=UTC))
    assert write(archive, LAST, late).startswith("replay")
    assert archive.head() == head and archive.statements() == []


def test_a_statement_made_cannot_be_made_again(archive: Archive) -> None:
    write(archive, LAST, EVENING)
    [first, *_] = [s for s, *_ in archive.statements(LAST)]
    with archive.writer(EVENING) as writer, pytest.raises(ArchiveError, match="made once"):
        writer.add_statements([first])
