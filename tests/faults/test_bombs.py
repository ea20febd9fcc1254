"""P13: twelve bombs, each in a process of its own, through the real client, parsers and reader of files.

What is counted is what the system counts: resident memory above the start, seconds, and whether the process lives. The
cap of a body is 8 MB and the time for a request 1 s here, so that a bomb has room to show; `test_http_bounds` looks at
more ways to misbehave, without a process each.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import bomb_worker
from bomb_worker import CAP, CHILD_MEMORY, CHILD_WALL, MIB, ROOM, TOTAL
from hostile import BOMB, CHUNK, CHUNKED, GZIP, MEAN, Talk, drip, endless, head, server, whole, zeros
from workbook import xlsx

SLACK_BYTES, SLACK_SECONDS = 16 * MIB, 1.0


def entities() -> bytes:
    """A billion laughs: ten entities, each ten times the one before."""
    lines = [f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10)]
    return ('<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY e0 "ha">' + "".join(lines) + "]><feed>&e9;</feed>").encode()


def gzipped(body: bytes) -> Talk:
    return whole(gzip.compress(body, mtime=0), GZIP)


RATES = b'{"refRates":['
#: Name -> what parses the answer, what the server does, and a word that the refusal must hold.
ANSWERS: dict[str, tuple[str, Talk, str]] = {
    "gzip": ("csv", whole(BOMB, GZIP), "unpacks to more than 8,388,608 bytes"),
    "nested gzip": ("csv", whole(gzip.compress(gzip.compress(BOMB)), GZIP), "not UTF-8"),
    "nested gzip, as it says": ("csv", MEAN["gzip in gzip"][0], "not asked for"),
    "deflate": ("csv", whole(zeros(256 * MIB, 15), "Content-Encoding: deflate"), "unpacks to more than 8,388,608"),
    "brotli": ("csv", whole(b"\xff" * 4 * MIB, "Content-Encoding: br"), "not asked for"),
    "zstd": ("csv", whole(b"\x28\xb5\x2f\xfd" + b"\0" * 4 * MIB, "Content-Encoding: zstd"), "not asked for"),
    "endless": ("csv", endless(head(CHUNKED), CHUNK), "more than 8,388,608 bytes"),
    "slow": ("csv", drip(head("Content-Length: 1000000"), b"x", 0.1), "not done within 1 s"),
    "a million headers": ("csv", MEAN["a million headers"][0], "RemoteProtocolError"),
    "JSON, as deep as a body is long": ("json", gzipped(b"[" * (CAP - 1)), "more than 400,000 objects"),
    "JSON, as deep as is let through": ("json", gzipped(RATES + b"[" * 399_000), "nested too deeply"),
    "XML, as deep as a body is long": ("xml", gzipped(b"<a>" * (CAP // 3)), "more than 60,000 tags"),
    "XML, as deep as is let through": ("xml", gzipped(b"<a>" * 29_000 + b"</a>" * 29_000), "an XML document"),
    "XML entities": ("xml", whole(entities()), "EntitiesForbidden|DTDForbidden"),
    "XML, one long name": ("xml", gzipped(b"<a " + b"x" * (4 * MIB - 100) + b'="1"/>'), "an XML document"),
}


def parquet(rows: int, width: int) -> bytes:
    """A file of `rows` equal texts, `width` long, which pack to next to none."""
    out = io.BytesIO()
    pl.select(pl.repeat("1" * width, rows).alias("v"), d=date(2025, 11, 3)).write_parquet(out, row_group_size=100_000)
    return out.getvalue()


#: Name -> ending, the file, a word of the refusal.
FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zip member": (
        ".xlsx",
        lambda: xlsx([["d", "v"], ["2025-11-03", "1"]], swollen=1024 * MIB),
        "stopped by its limits",
    ),
    "Parquet rows": (".parquet", lambda: parquet(20_000_000, 1), "20000000 rows"),
    "Parquet texts": (".parquet", lambda: parquet(20_000, 65_536), "stopped by its limits|PanicException"),
}


def taken(kind: str, target: str, *more: str) -> dict[str, Any]:
    """What a process of its own says of a bomb; one that dies or hangs fails the test."""
    paths = os.pathsep.join([str(Path(bomb_worker.__file__).parent), *sys.path])
    done = subprocess.run(
        [sys.executable, bomb_worker.__file__, kind, target, *more],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PYTHONPATH": paths, "PATH": os.environ["PATH"]},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("bomb", ANSWERS)
def test_an_answer_that_is_a_bomb(bomb: str) -> None:
    kind, talk, word = ANSWERS[bomb]
    with server(talk) as address:
        got = taken(kind, address)
    assert re.search(word, got["found"]), got["found"]
    assert got["peak"] <= CAP + SLACK_BYTES, f"{got['peak'] / MIB:.1f} MB"
    assert got["seconds"] <= TOTAL + SLACK_SECONDS


def test_an_object_of_very_many_names_stays_within_the_room_of_the_process() -> None:
    """No bomb by depth or packing: Python needs some 25 bytes for each byte of such JSON, so the peak is not the cap's.

    Real answers have names that repeat; what bounds this is the number of values that `json_of` lets through.
    """
    names = b"{" + b",".join(b'"%d":0' % i for i in range(700_000)) + b"}"
    with server(gzipped(names)) as address:
        got = taken("json", address)
    assert "no list of refRates" in got["found"]
    assert got["peak"] <= ROOM and got["seconds"] <= TOTAL + SLACK_SECONDS + 2  # parsing comes after the request
    with server(gzipped(b"[" + b"0," * 1_000_001 + b"0]")) as address:
        assert "1,000,000 values" in taken("json", address)["found"]


@pytest.mark.parametrize("bomb", FILES)
def test_a_file_that_is_a_bomb(bomb: str, tmp_path: Path) -> None:
    ending, make, word = FILES[bomb]
    path = tmp_path / f"bomb{ending}"
    path.write_bytes(make())
    assert path.stat().st_size <= CAP
    got = taken("file", str(path))
    assert re.search(word, got["found"]), got["found"]
    assert got["peak"] <= CAP + SLACK_BYTES, f"{got['peak'] / MIB:.1f} MB"
    assert got["child"] <= CHILD_MEMORY + SLACK_BYTES
    assert got["seconds"] <= CHILD_WALL + SLACK_SECONDS


def test_planted_a_cap_that_is_too_high_shows_in_the_peak() -> None:
    with server(whole(BOMB, GZIP)) as address:
        got = taken("csv", address, str(128 * MIB))
    assert got["peak"] > CAP + SLACK_BYTES


def test_planted_a_body_that_is_no_bomb_is_taken() -> None:
    """A process that refuses everything would pass the tests above."""
    body = b'{"refRates":[{"effectiveDate":"2025-11-05","type":"SOFR","percentRate":4.2}]}'
    with server(whole(body)) as address:
        assert taken("json", address)["found"] == "taken as data"
