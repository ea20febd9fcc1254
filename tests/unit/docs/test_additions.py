"""What it takes to add something is a promise: the files of the how-to guides, put into a copy of the program, work."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HOW_TO = ROOT / "docs" / "how-to"
BLOCK = re.compile(r"^```\w+ (?P<how>file|append)=(?P<path>src/\S+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
DAY = "2018-12-21"


@dataclass
class Copy:
    """A copy of the program in a folder of its own, run in processes of its own."""

    folder: Path

    def add(self, page: str) -> list[str]:
        """Write what the page says; the files it touched."""
        touched = []
        for m in BLOCK.finditer((HOW_TO / page).read_text("utf-8")):
            path = self.folder / m["path"]
            before = path.read_text("utf-8") if m["how"] == "append" else ""
            assert m["how"] == "append" or not path.exists()
            path.write_text(before + m["text"], "utf-8")
            touched.append(m["path"])
        return touched

    def python(self, *args: str) -> str:
        env = {k: v for k, v in os.environ.items() if not k.startswith("BAROGRAPH_")}
        env |= {"PYTHONPATH": str(self.folder / "src")}
        done = subprocess.run(
            [sys.executable, *args], capture_output=True, text=True, env=env, cwd=self.folder, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    made = Copy(folder)
    where = made.python("-c", "import barograph; print(barograph.__file__)").strip()
    assert Path(where).is_relative_to(folder), "the copy is not what runs"
    return made


def test_a_model_is_one_file_and_one_table(copy: Copy, sample_archive: Path) -> None:
    assert copy.add("add-a-model.md") == [
        "src/barograph/models/markets/drawdown.py",
        "src/barograph/models/registry.toml",
    ]
    ask = ("-m", "barograph.run.cli", "facts", "--archive", str(sample_archive), "--as-of", DAY, "--json")
    [fact] = json.loads(copy.python(*ask, "--match", "drawdown"))["facts"]
    assert fact["id"] == "drawdown.us.spx.depth" and fact["state"] == "ok"
    # The highest close of 2018 was 2,930.75, on 20 September; S&P Dow Jones Indices.
    assert fact["value"] == pytest.approx(100.0 * (2416.62 / 2930.75 - 1.0), abs=1e-9)
    assert fact["lineage"][0]["series"] == "us.equity.spx"


def test_a_section_is_one_file(copy: Copy, sample_archive: Path, tmp_path: Path) -> None:
    assert copy.add("add-a-section.md") == ["src/barograph/report/sections/drawdown.py"]
    ask = ("-m", "barograph.run.cli", "report", "--archive", str(sample_archive), "--as-of", DAY)
    copy.python(*ask, "--format", "json,md,html", "--out", str(tmp_path))
    page = json.loads((tmp_path / f"barograph-{DAY}.json").read_text("utf-8"))
    [section] = [s for s in page["sections"] if s["slug"] == "drawdown"]
    assert section["state"] == "ok"
    [fact] = [f for f in page["facts"] if f["id"] == "drawdown.us.spx.depth"]
    for name in ("md", "html"):
        assert fact["printed"] in (tmp_path / f"barograph-{DAY}.{name}").read_text("utf-8")


def test_a_provider_is_one_file(copy: Copy) -> None:
    assert copy.add("add-a-provider.md") == ["src/barograph/sources/example.py"]
    code = """
from datetime import date
from barograph.catalog.load import load
from barograph.sources import sources
from barograph.sources._protocol import Request
series = load()["us.commodity.gld"]
window = (date(2025, 11, 3), date(2025, 11, 5))
request = Request("example", "https://data.example.org/X.csv", (), (series.id,), window)
body = b"day,value\\n2025-11-03,1.5\\n2025-11-04,1.6\\n"
print([(r.period.day, r.value) for r in sources()["example"].parse(body, request, {series.id: series})])
"""
    assert copy.python("-c", code).strip() == "[(3, 1.5), (4, 1.6)]"
