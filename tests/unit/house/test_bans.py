"""Bans that the import contracts cannot express: clock and environment only in run/, file lengths, no pickle, no paths."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCE = sorted((ROOT / "src" / "barograph").rglob("*.py"))
CLOCKS = {("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}


def reads_of_the_world(code: str) -> list[str]:
    """Calls that ask the machine for the time, and reads of the environment."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if (node.value.id, node.attr) in CLOCKS or (node.value.id, node.attr) in {
                ("os", "environ"),
                ("os", "getenv"),
            }:
                found.append(f"{node.value.id}.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            found += [f"os.{a.name}" for a in node.names if a.name in ("environ", "getenv")]
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [f"time.{a.name}" for a in node.names if a.name == "time"]
    return found


@pytest.mark.parametrize("path", [p for p in SOURCE if "run" not in p.relative_to(ROOT / "src" / "barograph").parts])
def test_only_run_asks_for_time_or_environment(path: Path) -> None:
    assert reads_of_the_world(path.read_text("utf-8")) == []


def test_the_ban_finds_a_planted_clock_and_environment() -> None:
    planted = "import os\nfrom datetime import datetime\nx = datetime.now()\ny = os.environ['A']\n"
    assert reads_of_the_world(planted) == ["datetime.now", "os.environ"]


@pytest.mark.parametrize("path", SOURCE)
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


def tracked() -> list[Path]:
    """Files under version control, or the package where there is no checkout."""
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [ROOT / n for n in done.stdout.splitlines()] if done.returncode == 0 else SOURCE


def test_no_package_index_host_and_no_machine_path_is_named() -> None:
    host = re.compile(r"files\.python" + r"hosted|pypi\.(org|python)|/work/" + r"main|/work/" + "shared")
    kinds = (".py", ".md", ".toml", ".lock", ".txt", ".yaml", ".json", ".html", "")
    bad = [
        path.name
        for path in tracked()
        if path.is_file()
        and path.suffix in kinds
        and path.stat().st_size < 2_000_000
        and host.search(path.read_text("utf-8", errors="replace"))
    ]
    assert bad == []


def test_lock_files_pin_by_hash_and_name_no_address() -> None:
    for path in sorted(ROOT.glob("requirements*.lock")):
        text = path.read_text("utf-8")
        assert "://" not in text and "--index" not in text and "--find-links" not in text
        names = re.findall(r"^[a-z0-9][\w.-]*==[^\s;\\]+", text, re.M)
        assert names and text.count("--hash=sha256:") >= len(names)
