"""P5: the past is never rewritten unnoticed (anchor: an outside witness, as in certificate transparency).

Seven kinds of tampering with the journal, each 200 times, judged with a head that was printed before. Planted bug: the
chain without the head does not notice a cut-off tail or an edit that was chained anew.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import archive_worker as worker
from barograph.archive.archive import Archive
from barograph.archive.journal import GENESIS, link_of
from barograph.catalog.load import load
from barograph.core.time import Clock

CATALOG = load()
WAYS = ("edit", "delete", "swap", "insert", "truncate", "edit_and_rechain", "truncate_and_regrow")
ENTRIES = 60


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger") / "a"
    archive = Archive.open(folder, CATALOG, create=True)
    with archive.writer(Clock(datetime(2026, 1, 1, tzinfo=UTC))) as writer:
        for k in range(ENTRIES):
            day = date(2026, 1, 1) + timedelta(k)
            writer.add_statements([worker.replace(worker.STATEMENT, id=f"s{k}", made_on=day, due=day)])
    return folder


def rows_of(path: Path) -> list[tuple[int, str, str, str, str]]:
    db = sqlite3.connect(path / "journal.db")
    found = db.execute("SELECT * FROM entry ORDER BY seq").fetchall()
    db.close()
    return found


def write_rows(path: Path, rows: list[tuple[int, str, str, str, str]]) -> None:
    db = sqlite3.connect(path / "journal.db")
    with db:
        db.execute("DELETE FROM entry")
        db.executemany("INSERT INTO entry VALUES (?,?,?,?,?)", rows)
    db.close()


def edited(row: tuple[int, str, str, str, str], rng: random.Random) -> tuple[int, str, str, str, str]:
    seq, at, kind, body, link = row
    which = rng.randrange(3)
    if which == 0:
        at = at.replace("2026", "2025", 1)
    elif which == 1:
        content = json.loads(body)
        content["low"] = content.get("low", 0.0) + 1.0
        body = json.dumps(content, sort_keys=True, separators=(",", ":"))
    else:
        kind = "problem" if kind != "problem" else "run"
    return seq, at, kind, body, link


def rechained(rows: list[tuple[int, str, str, str, str]]) -> list[tuple[int, str, str, str, str]]:
    link, out = GENESIS, []
    for number, (_, at, kind, body, _old) in enumerate(rows, 1):
        link = link_of(link, number, at, kind, body)
        out.append((number, at, kind, body, link))
    return out


def tamper(
    rows: list[tuple[int, str, str, str, str]], way: str, rng: random.Random
) -> list[tuple[int, str, str, str, str]]:
    rows, at = list(rows), rng.randrange(1, len(rows) - 2)
    if way in ("edit", "edit_and_rechain"):
        seq, stamp, kind, body, link = rows[at]
        content = json.loads(body)
        content["high"] = content["high"] + rng.randint(1, 9)
        changed = (seq, stamp, kind, json.dumps(content, sort_keys=True, separators=(",", ":")), link)
        rows[at] = changed if way == "edit_and_rechain" else edited(rows[at], rng)
    elif way == "delete":
        rows.pop(at)
    elif way == "swap":
        a, b = rows[at], rows[at + 1]
        rows[at], rows[at + 1] = (a[0], *b[1:]), (b[0], *a[1:])
    elif way == "insert":
        rows = [*rows[:at], rows[at], *rows[at:]]
        rows = [(n, *r[1:]) for n, r in enumerate(rows, 1)]
    elif way == "truncate":
        rows = rows[: -rng.randint(1, 20)]
    elif way == "truncate_and_regrow":
        cut = rows[: -rng.randint(1, 20)]
        body = json.dumps({**json.loads(rows[at][3]), "id": "new"}, sort_keys=True, separators=(",", ":"))
        rows = [*cut, (len(cut) + 1, rows[-1][1], "statement", body, "")]
    return rechained(rows) if way in ("edit_and_rechain", "truncate_and_regrow") else rows


def found(ledger: Path, work: Path, way: str, times: int, anchored: bool) -> int:
    head, rows, rng, count = Archive.open(ledger, CATALOG).head(), rows_of(ledger), random.Random(11), 0
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(ledger, work)
    opened = Archive(ledger, CATALOG)
    for _ in range(times):
        write_rows(work, tamper(rows, way, rng))
        opened.path = work
        count += bool(opened.verify(head if anchored else None))
    return count


@pytest.mark.parametrize("way", WAYS)
def test_every_tampering_is_found_with_an_earlier_head(ledger: Path, tmp_path: Path, way: str) -> None:
    assert found(ledger, tmp_path / "a", way, 200, anchored=True) == 200


@pytest.mark.parametrize("way", ["truncate", "edit_and_rechain", "truncate_and_regrow"])
def test_without_the_head_these_are_not_found(ledger: Path, tmp_path: Path, way: str) -> None:
    assert found(ledger, tmp_path / "a", way, 20, anchored=False) == 0


def test_an_untouched_ledger_is_whole_and_knows_its_earlier_heads(ledger: Path) -> None:
    archive = Archive.open(ledger, CATALOG)
    assert archive.verify(archive.head()) == []
    for _, _, link in archive.statements()[::7]:
        assert archive.verify(link) == []
