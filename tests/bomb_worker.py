"""A process that takes one bomb: asks a hostile server, hands what came to a parser or to the reader of files.

Run by `faults/test_bombs.py` as `python bomb_worker.py KIND ADDRESS-OR-PATH [CAP]`; writes one line of JSON: what was found,
seconds, the peak of its own resident memory above its start, and the peak of its children.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

MIB = 2**20
#: Bounds for a bomb: seconds for a request, bytes of a body, and what the process may claim beyond what it has.
TOTAL, CAP, ROOM = 1.0, 8 * MIB, 256 * MIB
#: Bounds of the child that reads a file.
CHILD_MEMORY, CHILD_SECONDS, CHILD_WALL = 640 * MIB, 4, 8


def status(name: str) -> int:
    """Bytes of `VmHWM` or `VmSize`, as the system counts them."""
    line = next(x for x in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if x.startswith(name))
    return int(line.split()[1]) * 1024


def main(kind: str, target: str, cap: str = str(CAP)) -> dict[str, object]:
    """Take the bomb; a SourceError is what should come of it."""
    from barograph.core.errors import SourceError

    act = take_file(target) if kind == "file" else take_answer(kind, target, int(cap))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts from here
    before, start = status("VmHWM"), time.monotonic()
    if kind != "file":  # the reader of files limits its child itself, and a child inherits the lower of two limits
        room = status("VmSize") + ROOM
        resource.setrlimit(resource.RLIMIT_AS, (room, room))
    found = "taken as data"
    try:
        act()
    except SourceError as error:
        found = error.found
    return {
        "found": found,
        "seconds": time.monotonic() - start,
        "peak": status("VmHWM") - before,
        "child": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
    }


def take_answer(kind: str, address: str, cap: int) -> Callable[[], object]:
    """Ask for a body and parse it as `kind`, with everything imported beforehand."""
    import defusedxml.ElementTree  # noqa: F401 - its memory is the program's, not the bomb's

    import invented
    from barograph.sources import sources
    from barograph.sources._http import Client, Limits
    from barograph.sources._protocol import Request

    limits = Limits(connect=1.0, read=0.5, total=TOTAL, body=cap, attempts=2, backoff=0.01)
    codes = {
        "csv": ("cboe", "VIX", "VIX"),
        "json": ("nyfed", "sofr", "sofr"),
        "xml": ("treasury", "par:10y", "par xml"),
    }
    source, code, note = codes[kind]
    rows = {"t.bomb": invented.row("t.bomb", source, code)}
    request = Request(source, f"https://{sources()[source].hosts[0]}/x", (), ("t.bomb",), invented.WINDOW, note=note)
    client = Client({}, gateway=address, limits=limits)
    return lambda: sources()[source].parse(client.get(request).body, request, rows)


def take_file(path: str) -> Callable[[], object]:
    """Import a user's file."""
    from barograph.catalog.load import load
    from barograph.sources import files
    from barograph.sources._files_map import map_of

    files.MEMORY, files.CPU_SECONDS, files.WALL_SECONDS = CHILD_MEMORY, CHILD_SECONDS, CHILD_WALL
    series = {"id": "user.bomb", "column": "v", "title": "A bomb", "unit": "bp", "frequency": "D"}
    mapping = map_of({"date": "d", "series": [series | {"release": "day 18:00", "rights": "personal"}]}, "MAP.toml")
    catalog, now = load(), datetime(2025, 11, 5, 23, tzinfo=UTC)
    return lambda: files.read(Path(path), mapping, catalog, now)


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
