"""The command line as a user runs it: a process of its own, an environment of its own, a clock that is set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Variables of the user's shell that must not reach a test.
_OURS = "BAROGRAPH_"
#: 18:30 New York of 2025-11-06: the day after the session of the golden page.
GOLDEN_DAY, GOLDEN_NOW = "2025-11-06", "2025-11-06T23:30:00+00:00"
SESSION = "2025-11-05"


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.code == 0, self.err or self.out
        return json.loads(self.out)


def command(
    *args: str | Path,
    archive: Path | None = None,
    now: str = GOLDEN_NOW,
    gateway: str | None = None,
    env: dict[str, str] | None = None,
    timeout: float = 240.0,
    before: Callable[[], None] | None = None,
    cwd: Path | None = None,
) -> Done:
    """Run `barograph ARGS` and wait for it; `before` runs in the child before the program starts."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
    clean |= {"BAROGRAPH_NOW": now, "COLUMNS": "200", "TERM": "dumb"} | (env or {})
    if archive is not None:
        clean["BAROGRAPH_ARCHIVE"] = str(archive)
    if gateway is not None:
        clean["BAROGRAPH_GATEWAY"] = str(gateway)
    done = subprocess.run(
        [sys.executable, "-m", "barograph.run.cli", *map(str, args)],
        capture_output=True,
        text=True,
        env=clean,
        timeout=timeout,
        preexec_fn=before,
        cwd=cwd,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def facts_at(archive: Path, day: str, now: str = GOLDEN_NOW, env: dict[str, str] | None = None) -> dict[str, Any]:
    """`barograph facts --as-of DAY --json` by id."""
    return {
        f["id"]: f
        for f in command("facts", "--as-of", day, "--json", archive=archive, now=now, env=env).json()["facts"]
    }


def values_at(archive: Path, series_id: str, day: str, now: str = GOLDEN_NOW) -> dict[str, float]:
    """`barograph asof SERIES --as-of DAY --json` as period -> value."""
    rows = command("asof", series_id, "--as-of", day, "--json", archive=archive, now=now).json()["values"]
    return {r["period"]: r["value"] for r in rows}


def differences(
    a: dict[str, Any], b: dict[str, Any], leave: tuple[str, ...] = ("lineage",)
) -> dict[str, dict[str, Any]]:
    """Facts that two archives do not agree on: id -> field -> (in a, in b). Two histories have other batches."""
    found: dict[str, dict[str, Any]] = {}
    for id_ in sorted(a.keys() | b.keys()):
        one, two = a.get(id_), b.get(id_)
        if one is None or two is None:
            found[id_] = {"fact": (one is not None, two is not None)}
            continue
        unlike = {k: (one[k], two[k]) for k in one if k not in leave and one[k] != two[k]}
        if unlike:
            found[id_] = unlike
    return found
