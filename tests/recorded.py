"""The recorded sources: providers' real answers, replayed by a server on this machine, with a clock and faults.

They are no part of the repository. They lie beside the checkout (`../shared/sources`) or where
`BAROGRAPH_RECORDED_SOURCES` points; a test that needs them skips where they are absent.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest

#: What the catalogue asks for and the recording does not hold (its documentation says so): provider -> codes.
NOT_RECORDED: dict[str, frozenset[str]] = {
    "fred": frozenset({"VXVCLS", "DGS3", "NASDAQCOM", "GACDISA066MSFRBNY", "GACDFSA066MSFRBPHI"}),
    "prices": frozenset(
        {"EURUSD=X", "JPY=X", "GBPUSD=X", "CHF=X", "CAD=X", "AUDUSD=X", "MXN=X", "CNY=X", "ETH-USD"}
        | {"GC=F", "SI=F", "HG=F", "CL=F", "NG=F"}
    ),
}


def is_recorded(source: str, code: str) -> bool:
    """Whether the recording holds what a provider calls `code`."""
    if source in ("bls", "fiscaldata", "ics", "rss"):
        return "press_all.xml" in code or "press_monetary.xml" in code
    if source == "ecb":
        return code.startswith("FM/")
    if source == "nyfed":
        return code in ("sofr", "effr")
    return code not in NOT_RECORDED.get(source, ())


def check_failures(out: str, rows: Iterable[Any]) -> None:
    """That an update failed with nothing but what the recording does not hold.

    `rows` are the catalogue's; failures stand in the output as `provider: id; id and 3 more: why`.
    """
    missing = {s.id for s in rows if not is_recorded(s.providers[0].source, s.providers[0].code)}
    text = " ".join(out.split())
    for source, ids in re.findall(r"(?<!\w)([a-z_]+): ((?:[a-z]\w*\.[\w.]+(?: \.\.\.)?(?:[,;] )?)+)", text):
        named = set(re.findall(r"[a-z]\w*\.[\w.]+\w", ids))
        # Of the feeds the recording holds one of headlines and FRED's calendar.
        feeds = {i for i in named if i.startswith(("news.", "calendar.")) and i != "calendar.us.fred"}
        assert named - feeds <= missing, (source, named - feeds - missing, out)


ABSENT = "recorded sources not beside the checkout"
Faults = Sequence[dict[str, Any]]


def folder() -> Path | None:
    """Where the recorded sources lie, or None."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "sources"
    found = Path(os.environ.get("BAROGRAPH_RECORDED_SOURCES") or beside)
    return found if (found / "serve.py").is_file() else None


class Recorded(str):
    """The base address of a running replay, which can be told another day and other faults."""

    __slots__ = ("log",)
    log: Path

    def set_today(self, day: str) -> None:
        """Move the clock: nothing later than the end of `day` is served."""
        self._control(f"today={quote(day)}")

    def set_faults(self, faults: Faults) -> None:
        """Replace the faults."""
        self._control(f"faults={quote(json.dumps(list(faults)))}")

    def status(self) -> dict[str, Any]:
        """The clock, and how often each fault was used."""
        with urlopen(f"{self}/__replay/status", timeout=10) as answer:
            return json.load(answer)

    def requests(self) -> list[dict[str, Any]]:
        """What was asked so far: path, status, bytes, fault."""
        if not self.log.is_file():
            return []
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def _control(self, query: str) -> None:
        with urlopen(f"{self}/__replay/set?{query}", timeout=10) as answer:
            answer.read()


@contextmanager
def serve(today: str, faults: Faults | None = None) -> Iterator[Recorded]:
    """Run the replay with its clock at the end of `today`; skips the test where the recorded sources are absent."""
    home = folder()
    if home is None:
        pytest.skip(ABSENT)
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "requests.jsonl"
        command = [sys.executable, str(home / "serve.py"), "--port", "0", "--today", today, "--log", str(log)]
        # Bytecode would be written beside the recorded sources, which may be read-only.
        server = subprocess.Popen(
            [command[0], "-B", *command[1:]], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            assert server.stdout is not None
            base = Recorded(server.stdout.readline().strip())
            if not base.startswith("http://127.0.0.1:"):
                raise RuntimeError(f"the replay did not start: {base!r}")
            base.log = log
            if faults:
                base.set_faults(faults)
            yield base
        finally:
            server.terminate()
            try:
                server.wait(timeout=5)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            if server.stdout is not None:
                server.stdout.close()
