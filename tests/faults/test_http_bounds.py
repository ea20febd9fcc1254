"""P13: whatever a server sends, a request ends in time and within its memory."""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import sys
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.sources._decode import BadBody, Unpacker
from barograph.sources._http import Client, Limits, Response
from barograph.sources._protocol import Request
from hostile import BOMB, GZIP, MEAN, MIB, server, whole, zeros

CAP = 8 * MIB
LIMITS = Limits(connect=1.0, read=0.3, total=1.0, body=CAP, attempts=2, backoff=0.01)
SLACK_SECONDS, SLACK_BYTES = 1.0, 16 * MIB
REQUEST = Request("cboe", "https://cdn.cboe.com/VIX_History.csv", (), ("t",), invented.WINDOW)


def measured(url: str, limits: Limits = LIMITS) -> tuple[Response | SourceError, float, int]:
    """Ask once: what came, seconds, bytes at the peak above the start."""
    with Client({}, gateway=url, limits=limits) as client:
        tracemalloc.start()
        before, start = tracemalloc.get_traced_memory()[0], time.monotonic()
        try:
            result: Response | SourceError = client.get(REQUEST)
        except SourceError as error:
            result = error
        seconds, peak = time.monotonic() - start, tracemalloc.get_traced_memory()[1] - before
        tracemalloc.stop()
    return result, seconds, peak


@pytest.mark.parametrize("what", MEAN)
def test_it_ends_in_time_and_within_its_memory(what: str) -> None:
    talk, word = MEAN[what]
    with server(talk) as url:
        result, seconds, peak = measured(url)
    assert isinstance(result, SourceError)
    assert word in result.found
    assert seconds <= LIMITS.total + SLACK_SECONDS
    assert peak <= CAP + SLACK_BYTES, f"{peak / MIB:.0f} MB"


def test_planted_a_client_with_read_timeouts_only_is_found_to_hang() -> None:
    """Without the total deadline each read of the slow body is in time and the whole is not."""
    talk, _ = MEAN["slow body"]
    with server(talk) as url:
        _, seconds, _ = measured(url, Limits(connect=1.0, read=0.3, total=2.2, body=CAP, attempts=1))
    assert seconds > LIMITS.total + SLACK_SECONDS


def test_planted_a_client_without_a_cap_is_found_to_grow() -> None:
    with server(whole(BOMB, GZIP)) as url:
        _, _, peak = measured(url, Limits(body=64 * MIB, total=20.0))
    assert peak > CAP + SLACK_BYTES


def test_a_connection_cut_during_the_handshake() -> None:
    with server(lambda s: None) as url:
        result, seconds, _ = measured(url.replace("http:", "https:"))
    assert isinstance(result, SourceError) and seconds <= LIMITS.total + SLACK_SECONDS


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    result, seconds, _ = measured(f"http://127.0.0.1:{port}")
    assert isinstance(result, SourceError) and "ConnectError" in result.found and seconds < 1.0


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (gzip.compress(b"a,b\n", mtime=0) + gzip.compress(b"1,2\n", mtime=0), [GZIP]),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), ["Content-Encoding: x-gzip"]),
        (zlib.compress(b"a,b\n1,2\n"), ["Content-Encoding: deflate"]),
        (zlib.compress(b"a,b\n1,2\n", wbits=-15), ["Content-Encoding: deflate"]),
        (b"a,b\n1,2\n", ["Content-Encoding: identity"]),
        (b"a,b\n1,2\n", []),
    ],
)
def test_what_is_in_bounds_comes_through(body: bytes, lines: list[str]) -> None:
    with server(whole(body, *lines)) as url:
        result, _, _ = measured(url)
    assert isinstance(result, Response) and result.body == b"a,b\n1,2\n"


@pytest.mark.parametrize("size", [CAP - 1, CAP])
def test_a_body_just_within_the_cap(size: int) -> None:
    unpacker = Unpacker("gzip", CAP)
    unpacker.feed(zeros(CAP, 31) if size == CAP else gzip.compress(bytes(size)))
    assert len(unpacker.close()) == size
    with pytest.raises(BadBody):
        Unpacker("gzip", size - 1).feed(gzip.compress(bytes(size)))


def test_pieces_of_any_size_unpack_alike() -> None:
    text = os.urandom(3 * MIB) + bytes(3 * MIB)
    for packed, encoding in ((gzip.compress(text), "gzip"), (zlib.compress(text, wbits=-15), "deflate")):
        for step in (997, 65536, len(packed)):
            unpacker = Unpacker(encoding, CAP)
            for at in range(0, len(packed), step):
                unpacker.feed(packed[at : at + step])
            assert unpacker.close() == text


@pytest.mark.nightly
def test_a_gigabyte_of_zeros_in_a_process_of_its_own() -> None:
    """Resident memory as the system counts it: 64 MB cap and 16 MB above what the process had before."""
    code = f"""
import sys
sys.path.insert(0, {str(Path(invented.__file__).parent)!r})
import invented
from barograph.core.errors import SourceError
from barograph.sources._http import Client, Limits
from barograph.sources._protocol import Request
from hostile import BOMB, GZIP, MEAN, MIB, server, whole, zeros
def peak():
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM"))
client = Client({{}}, gateway=sys.argv[1])
request = Request("cboe", "https://cdn.cboe.com/x", (), ("t",), invented.WINDOW)
before = peak()
try:
    client.get(request)
except SourceError as error:
    assert "unpacks to more than" in error.found, error
print(peak() - before)
"""
    with server(whole(zeros(1024 * MIB, 31), GZIP)) as url:
        out = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, timeout=60, check=True)
    assert int(out.stdout) * 1024 <= 64 * MIB + SLACK_BYTES
