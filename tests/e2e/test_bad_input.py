"""What a user can get wrong: four parts on stderr, exit code 2, nothing that looks like success, an archive as it was."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.run import cli
from command_line import Done, command

#: 18:30 New York of a day after the sample's last figures of the S&P 500.
NOW = "2019-01-03T23:30:00+00:00"
PARTS = ("asked:", "found:", "next:")


@pytest.fixture(scope="module")
def archive(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = Path(shutil.copytree(sample_archive, tmp_path_factory.mktemp("bad") / "archive"))
    yield place
    assert opened(place).verify() == []


@pytest.fixture
def copy(archive: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(archive, tmp_path / "copy"))


@pytest.fixture
def run(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Callable[..., Done]]:
    """`barograph ARGS` in this process, from an empty folder; afterwards the archive must be as it was."""
    for name in [n for n in os.environ if n.startswith("BAROGRAPH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BAROGRAPH_NOW", NOW)
    monkeypatch.setenv("BAROGRAPH_ARCHIVE", str(archive))
    monkeypatch.chdir(tmp_path)

    def go(*args: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["barograph", *map(str, args)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return Done(int(end.value.code or 0), *capsys.readouterr())

    before = head(archive)
    yield go
    assert head(archive) == before


def opened(place: Path) -> Archive:
    return Archive.open(place, load(archive_folder=place / "catalogue"))


def head(place: Path) -> tuple[str, list[tuple[str, int]]]:
    return opened(place).head(), sorted((p.name, p.stat().st_mtime_ns) for p in (place / "log").iterdir())


def refused(done: Done, *words: str) -> None:
    assert (done.code, done.out) == (2, ""), (done.code, done.out, done.err)
    assert all(f"\n{part}" in f"\n{done.err}" for part in PARTS), done.err
    assert "Traceback" not in done.err
    assert all(word in done.err for word in words), (words, done.err)


ASKED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "an unknown series": (("asof", "us.equity.spxx"), ("us.equity.spx", "barograph series")),
    "a code without its provider": (("series", "payems"), ("fred:PAYEMS",)),
    "an unknown code": (("asof", "fred:PAYEMX"), ("fred:PAYEMS",)),
    "an unknown fact": (("explain", "equity.us.spy.level"), ("equity.us.spx.level",)),
    "a day before the record": (("report", "--as-of", "1890-01-01"), ("1962-01-02",)),
    "a day before the data": (("asof", "us.equity.spx", "--as-of", "1985-06-03"), ("first value was known at 1990",)),
    "an archive without the series": (("asof", "us.rates.par_10y"), ("holds nothing", "barograph update")),
    "a day to come": (("report", "--as-of", "2031-01-01"), ("2019-01-03", "does not extrapolate")),
    "no date": (("facts", "--as-of", "yesterday"), ("neither a date", "YYYY-MM-DD")),
    "no such month": (("asof", "us.equity.spx", "--as-of", "2018-13-01"), ("month must be in 1..12",)),
    "a timestamp without zone": (("report", "--as-of", "2018-12-21T12:00"), ("without time zone", "offset")),
    "a summer timestamp without zone": (("report", "--as-of", "2018-07-03T12:00"), ("2018-07-03T12:00-04:00",)),
    "a time off the calendar": (("report", "--as-of", "0001-01-01T00:00:00+14:00"), ("0001-01-01",)),
    "a storage off the calendar": (("facts", "--stored-as-of", "9999-12-31T23:59:59-14:00"), ("9999-12-31",)),
    "no date of storage": (("report", "--stored-as-of", "then"), ("stored-as-of",)),
    "an unknown format": (("report", "--format", "html,pdf"), ("no such format: pdf", "html, md, json")),
    "no format": (("report", "--format", ","), ("no format",)),
    "no period": (("vintages", "us.labour.payrolls", "--period", "2008-13"), ("'2008-13'", "2008-Q3")),
    "no year": (("vintages", "us.labour.payrolls", "--period", "0000-Q1"), ("'0000-Q1'",)),
    "no date at all": (("facts", "--as-of", ""), ("neither a date",)),
    "a date without hyphens": (("facts", "--as-of", "20181221"), ("2018-12-21",)),
    "a code in small letters": (("asof", "fred:payems"), ("fred:PAYEMS",)),
    "turned dates": (("asof", "us.equity.spx", "--from", "2018-12-21", "--to", "2018-12-01"), ("Swap",)),
    "a stretch of what was never looked at": (("asof", "us.rates.par_10y", "--from", "2018"), ("holds nothing",)),
    "an unknown provider": (("update", "--only", "bloomberg"), ("no such provider",)),
    "an update of tomorrow": (("update", "--until", "2031-01-01"), ("2019-01-03",)),
    "no archive there": (("report", "--archive", "nowhere"), ("barograph update",)),
    "a file as archive": (("facts", "--archive", __file__), ("a file is there", "Give a folder")),
    "no archive to compact": (("compact", "--archive", "nowhere"), ("no archive is there",)),
    "an output folder that cannot be": (("report", "--as-of", "2018-12-21", "--out", f"{__file__}/x"), ("--out",)),
    "a sample where no folder can be": (("sample", "--out", f"{__file__}/x"), (Path(__file__).name,)),
    "a map that is not there": (("import", __file__, "--map", "no.toml"), ("no.toml",)),
}


@pytest.mark.parametrize("case", ASKED)
def test_a_question_that_cannot_be_answered(run: Callable[..., Done], case: str) -> None:
    args, words = ASKED[case]
    refused(run(*args), *words)


def test_a_missing_argument_names_itself(run: Callable[..., Done]) -> None:
    for args in (("explain",), ("import", "x.csv"), ("report", "--nonsense")):
        done = run(*args)
        assert done.code == 2 and "Usage:" in done.err and done.out == ""


@pytest.mark.parametrize(("day", "last"), [("25", "24"), ("23", "21"), ("05", "04")])
def test_a_day_without_session_says_so(run: Callable[..., Done], tmp_path: Path, day: str, last: str) -> None:
    done = run("report", "--as-of", f"2018-12-{day}", "--out", tmp_path, "--format", "json")
    assert done.code == 0, done.err
    assert f"2018-12-{day} is no trading session" in done.out and f"barograph-2018-12-{last}.json" in done.out


def test_nothing_that_fits_is_said(run: Callable[..., Done]) -> None:
    done = run("facts", "--as-of", "2018-12-21", "--match", "no.such")
    assert (done.code, "no fact" in done.out) == (0, True)
    assert run("facts", "--as-of", "2018-12-21", "--match", "no.such", "--json").json() == {"facts": []}


# ---------------------------------------------------------------- files of one's own

MAP = """date = "day"
{more}
[[series]]
id = "user.x"
column = "x"
title = "Invented"
unit = "{unit}"
frequency = "D"
calendar = "NYSE"
release = "close@NYSE"
rights = "personal"
{own}
"""
GOOD = "day,x\n2018-12-20,1.5\n2018-12-21,1.6\n"
FILES: dict[str, tuple[str, dict[str, str], tuple[str, ...]]] = {
    "wrong columns": ("date,x\n2018-12-20,1\n", {}, ("no column 'day'", "date")),
    "a day twice": ("day,x\n2018-12-20,1\n2018-12-20,2\n", {}, ("row 3", "row 2")),
    "mixed units": ("day,x,u\n2018-12-20,1,bp\n2018-12-21,1,%\n", {"more": 'unit_column = "u"'}, ("mixed units",)),
    "NaN": ("day,x\n2018-12-20,nan\n", {}, ("row 2", "'nan' is no value")),
    "infinity": ("day,x\n2018-12-20,-inf\n", {}, ("'-inf' is no value",)),
    "beyond every number once scaled": ("day,x\n2018-12-20,1e306\n", {"own": "scale = 1000.0"}, ("row 2",)),
    "beyond every number": ("day,x\n2018-12-20,1e999\n", {}, ("1e999",)),
    "words": ("day,x\n2018-12-20,1.5\n2018-12-21,n/a\n", {}, ("row 3", "n/a")),
    "times with an offset": ("day,x\n2018-12-20T23:00:00+00:00,1\n", {}, ("time_zone",)),
    "a last row cut off": ("day,x\n2018-12-20,1.5\n2018-12-21", {}, ("row 3",)),
    "a date format that is none": (GOOD, {"more": 'date_format = "%Y%Y"'}, ("%Y%Y",)),
    "times off the calendar": ("day,x\n0001-01-01T00:00:00+14:00,1\n", {"more": 'time_zone = "UTC"'}, ("row 2",)),
    "a region as time zone": (GOOD, {"more": 'time_zone = "America"'}, ("'America'",)),
    "a number as tags": (GOOD, {"own": "tags = 5"}, ("tags",)),
    "no session": ("day,x\n2018-12-25,1\n", {}, ("2018-12-25", "24x7")),
    "a day to come": ("day,x\n2031-01-02,1\n", {}, ("future",)),
    "no such day": ("day,x\n2018-02-30,1\n", {}, ("2018-02-30",)),
    "another delimiter": ("day;x\n2018-12-20;1,5\n", {}, ('delimiter = ";"',)),
    "nothing": ("", {}, ("empty file",)),
    "a head alone": ("day,x\n", {}, ("no rows",)),
    "an unknown unit": (GOOD, {"unit": "furlong"}, ("furlong", "percent")),
    "an unknown time zone": (GOOD, {"more": 'time_zone = "Mars/Olympus"'}, ("Mars/Olympus",)),
    "an unknown key": (GOOD, {"more": 'datum = "x"'}, ("datum", "date")),
    "no TOML": (GOOD, {"more": "== "}, ("no TOML",)),
}


def fill(folder: Path, text: str, **changes: str) -> tuple[Path, Path]:
    file, map_ = folder / "own.csv", folder / "own.toml"
    file.write_text(text, "utf-8")
    map_.write_text(MAP.format(**{"more": "", "own": "", "unit": "index"} | changes), "utf-8")
    return file, map_


@pytest.mark.parametrize("case", FILES)
def test_a_file_comes_in_whole_or_not_at_all(run: Callable[..., Done], copy: Path, tmp_path: Path, case: str) -> None:
    text, changes, words = FILES[case]
    file, map_ = fill(tmp_path, text, **changes)
    before = head(copy)
    refused(run("import", file, "--map", map_, "--archive", copy), *words)
    assert head(copy) == before


def test_a_file_or_a_folder_that_is_none(run: Callable[..., Done], tmp_path: Path) -> None:
    file, map_ = fill(tmp_path, GOOD)
    file.write_bytes(b"\xff\xfe" + GOOD.encode("utf-16-le"))
    refused(run("import", file, "--map", map_), "UTF-8")
    refused(run("import", tmp_path, "--map", map_), ".csv")
    file.write_text(GOOD, "utf-8")
    refused(run("import", file, "--map", map_, "--archive", file / "sub"), "Not a directory")


def test_the_good_file_is_good(run: Callable[..., Done], copy: Path, tmp_path: Path) -> None:
    file, map_ = fill(tmp_path, GOOD)
    done = run("import", file, "--map", map_, "--archive", copy)
    assert done.code == 0 and "2 new rows" in done.out, done.err
    beyond = run("asof", "user.x", "--to", "2018-12-31", "--archive", copy)
    refused(beyond, "looked at through 2018-12-21 only", "barograph update")
    assert "not yet through 2019-01-03" in run("asof", "user.x", "--archive", copy).out
    _, other = fill(tmp_path, GOOD, unit="bp")  # one series has one unit
    refused(run("import", file, "--map", other, "--archive", copy), "earlier imports")


# ---------------------------------------------------------------- damage, and a world that refuses


def flip(file: Path) -> None:
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)


HOW: dict[str, Callable[[Path], None]] = {
    "flipped": flip,
    "cut": lambda file: os.truncate(file, file.stat().st_size // 2),
    "emptied": lambda file: os.truncate(file, 0),
    "gone": Path.unlink,
}
MAY_BE_EMPTY = ("journal", "flipped")  # the middle of a database may be unused room


@pytest.mark.parametrize("way", [f"{w} {h}" for w in ("segment", "journal") for h in HOW if (w, h) != MAY_BE_EMPTY])
def test_damage_is_named_and_nothing_is_read(run: Callable[..., Done], copy: Path, tmp_path: Path, way: str) -> None:
    what, how = way.split()
    [file] = [copy / "journal.db"] if what == "journal" else (copy / "log").iterdir()
    if what == "journal":
        [(copy / f"journal.db-{more}").unlink(missing_ok=True) for more in ("wal", "shm")]
    HOW[how](file)
    done = run("report", "--as-of", "2018-12-21", "--out", tmp_path, "--archive", copy)
    refused(done, "journal" if what == "journal" else file.name, "backup")
    assert not list(tmp_path.glob("*.html"))
    assert run("doctor", "--archive", copy).code == 1


def test_damage_is_not_merged(run: Callable[..., Done], copy: Path) -> None:
    [segment] = (copy / "log").iterdir()
    flip(segment)
    refused(run("compact", "--archive", copy), segment.name)


def test_where_there_is_nothing_to_merge_nothing_is_written(run: Callable[..., Done], copy: Path) -> None:
    before = head(copy)
    assert run("compact", "--archive", copy).code == 0
    assert head(copy) == before


def test_a_sample_is_never_laid_over_an_archive_of_ones_own(run: Callable[..., Done], tmp_path: Path) -> None:
    place = tmp_path / "archive"
    file, map_ = fill(tmp_path, GOOD)
    assert run("import", file, "--map", map_, "--archive", place).code == 0
    before = head(place)
    refused(run("sample", "--out", tmp_path), "archive")
    assert head(place) == before


def test_what_stands_in_the_environment(run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAROGRAPH_GATEWAY", "http://user:hidden@127.0.0.1:9")
    assert "hidden" not in run("doctor").out
    monkeypatch.setenv("BAROGRAPH_DISABLE", "yahoo")
    assert "yahoo" in run("doctor").out


def test_a_clock_at_the_end_of_the_calendar(run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAROGRAPH_NOW", "9999-12-31")
    refused(run("facts"), "9999-12-31")


def test_signs_that_the_output_cannot_show_end_nothing(archive: Path) -> None:
    args = ("facts", "--as-of", "2018-12-21", "--match", "equity.us.spx.return_1d")
    done = command(*args, archive=archive, now=NOW, env={"PYTHONIOENCODING": "latin-1"})
    assert done.code == 0 and "2.06%" in done.out, done.err


@pytest.mark.parametrize("seen", [True, False])
def test_a_full_disk_leaves_the_archive_as_it_was(archive: Path, copy: Path, tmp_path: Path, seen: bool) -> None:
    before = head(copy if seen else archive)
    file, map_ = fill(tmp_path, GOOD)
    done = command("import", file, "--map", map_, archive=copy, now=NOW, before=no_more)
    assert head(copy) == before and opened(copy).verify() == []
    refused(done, "the archive is as it was before", "MB free")


def no_more() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_a_sample_that_found_no_room_is_built_by_the_next_try(run: Callable[..., Done], tmp_path: Path) -> None:
    refused(command("sample", "--out", tmp_path, "--format", "json", now=NOW, before=no_more), "run the command again")
    done = run("sample", "--out", tmp_path, "--format", "json")
    assert done.code == 0, done.err


def test_a_reader_that_goes_away_is_no_error(run: Callable[..., Done]) -> None:
    line = '"$0" -m barograph.run.cli facts --as-of 2018-12-21 --json | head -c 10'  # in the environment of `run`
    done = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, timeout=60, check=True)
    assert len(done.stdout) == 10 and b"Traceback" not in done.stderr
