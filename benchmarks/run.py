"""Run every benchmark and write benchmarks/results.json: our seconds, the peer's, whether the answers agree.

    make bench                       all of them
    python benchmarks/run.py asof    one file

`ratio` is the peer's seconds over ours: above 1 we are faster. Seconds are medians of the rounds, wall time, on the machine
described beside; compare ratios, not seconds, between machines. Exit code 1 when an answer does not agree.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FILES = ("asof", "ingest", "models", "factor", "regimes", "shocks", "curve", "premium", "credit", "sensitivity", "page")
PACKAGES = (
    "barograph",
    "polars",
    "numpy",
    "duckdb",
    "pandas",
    "statsmodels",
    "scipy",
    "numba",
    "arch",
    "hmmlearn",
    "jumpmodels",
    "nowcastbox",
    "nelson-siegel-svensson",
    "nss-engine",
    "pinball-qr",
    "polars-ds",
    "pyacm",
)


def machine() -> dict[str, Any]:
    """What the seconds depend on."""
    found: dict[str, Any] = {
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "packages": {},
    }
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [
            x.partition(":")[2].strip() for x in info.read_text("utf-8").splitlines() if x.startswith("model name")
        ]
        found["processor"] = names[0] if names else platform.processor()
    for name in PACKAGES:
        try:
            found["packages"][name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found["packages"][name] = None
    return found


def measured(names: list[str]) -> tuple[list[dict[str, Any]], int]:
    """Run the files under pytest-benchmark; what it measured, and its exit code."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "benchmarks.json"
        command = [
            *(sys.executable, "-m", "pytest", "-o", "python_files=bench_*.py", "-p", "no:xdist", "-rs"),
            *("--benchmark-disable-gc", "--benchmark-columns=median,rounds", f"--benchmark-json={report}"),
            f"--benchmark-storage=file://{scratch}/storage",
            *(str(HERE / f"bench_{name}.py") for name in names),
        ]
        code = subprocess.run(command, cwd=HERE.parent, check=False).returncode
        return (json.loads(report.read_text("utf-8"))["benchmarks"] if report.is_file() else []), code


def rows(benchmarks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per task and peer, one with peer null where nobody else does the task."""
    tasks: dict[str, dict[str, tuple[float, dict[str, Any]]]] = {}
    for b in benchmarks:
        info = b["extra_info"]
        tasks.setdefault(info["task"], {})[info["who"]] = (info.get("seconds", b["stats"]["median"]), info)
    out: list[dict[str, Any]] = []
    for task, by in tasks.items():
        ours, about = by["ours"]
        row = {
            "task": task,
            "ours_s": _digits(ours),
            "peer": None,
            "peer_s": None,
            "ratio": None,
            "answers_agree": None,
        }
        peers = [(who, *found) for who, found in by.items() if who != "ours"]
        if not peers:
            out.append({**row, "note": about["note"]})
        for who, seconds, info in peers:
            note = "; ".join(x for x in (f"ours: {about['note']}", f"{who}: {info['note']}") if not x.endswith(": "))
            compared = {"peer": who, "peer_s": _digits(seconds), "ratio": _digits(seconds / ours, 3)}
            out.append({**row, **compared, "answers_agree": info["agree"], "note": note})
    return out


def _digits(value: float, count: int = 4) -> float:
    return float(f"{value:.{count}g}")


def table(made: list[dict[str, Any]]) -> str:
    """The rows for a reader."""
    width = max((len(r["task"]) for r in made), default=0)
    lines = []
    for r in made:
        beside = (
            f"{r['peer']}: {r['peer_s']} s, x {r['ratio']}, agree: {r['answers_agree']}" if r["peer"] else r["note"]
        )
        lines.append(f"{r['task']:<{width}}  {r['ours_s']:>9} s   {beside}")
    return "\n".join(lines)


def main(names: list[str]) -> int:
    """Run, write, print."""
    wanted = names or list(FILES)
    unknown = [n for n in wanted if n not in FILES]
    if unknown:
        sys.stderr.write(f"no benchmark {', '.join(unknown)}; there are {', '.join(FILES)}\n")
        return 2
    about = machine()
    benchmarks, code = measured(wanted)
    made = rows(benchmarks)
    print(table(made))
    if wanted == list(FILES):
        target = HERE / "results.json"
        text = json.dumps({"machine": about, "rows": made}, indent=1, ensure_ascii=False)
        target.write_text(text + "\n", encoding="utf-8")
        print(f"written: {target.relative_to(HERE.parent)}")
    differ = [f"{r['task']} ({r['peer']})" for r in made if r["answers_agree"] is False]
    for name in differ:
        print(f"answers differ: {name}")
    return 1 if differ else code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
