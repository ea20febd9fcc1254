"""P22: no foreign pickle. No code that unpickles or runs text stands in the sources, and none runs while a page is made."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(p for folder in ("src", "scripts", "benchmarks") for p in (ROOT / folder).rglob("*.py"))
MODULES = {"pickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "jsonpickle"}
CALLS = {"eval", "exec", "read_pickle", "to_pickle", "unsafe_load", "full_load"}


def unpickles(code: str) -> list[str]:
    """What in a file loads objects or runs text from outside."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.partition(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module] if node.module.partition(".")[0] in MODULES else []
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = getattr(node.func.value, "id", "") if isinstance(node.func, ast.Attribute) else ""
            if name in CALLS and owner not in ("re", "self"):
                found.append(name)
            if (owner, name) == ("yaml", "load"):
                found.append("yaml.load")
            found += [
                "allow_pickle" for k in node.keywords
                if k.arg == "allow_pickle" and getattr(k.value, "value", True) is not False
            ]  # fmt: skip
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_unpickles(path: Path) -> None:
    assert unpickles(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "planted",
    [
        "import pickle", "from joblib import load", "import numpy as np\nnp.load('x', allow_pickle=True)",
        "import pandas as pd\npd.read_pickle('x')", "eval('1')", "import yaml\nyaml.load('x')",
        "import numpy as np\nnp.load('x', allow_pickle=flag)",
    ],
)  # fmt: skip
def test_a_planted_one_is_found(planted: str) -> None:
    assert unpickles(planted)


_RUN = """
import sys
heard = []
WATCHED = ("pickle.find_class", "marshal.loads", "socket.connect", "socket.getaddrinfo", "os.system")
def hear(event, args):
    if event in WATCHED and not (event == "marshal.loads" and importing()):
        heard.append(event)
def importing():
    frame = sys._getframe(2)
    while frame:
        if "importlib" in frame.f_code.co_filename or frame.f_code.co_name == "get_code":
            return True
        frame = frame.f_back
    return False
sys.addaudithook(hear)
from pathlib import Path
from barograph.run.sample import run_sample
{planted}
run_sample(Path(sys.argv[1]), ["html", "md", "json"])
print(sorted(set(heard)))
"""


def heard(tmp_path: Path, planted: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-c", _RUN.format(planted=planted), str(tmp_path / "out")], capture_output=True, text=True,
        timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_a_page_is_made_without_unpickling_or_a_connection(tmp_path: Path) -> None:
    """The packaged sample, from its figures to three formats, under an audit hook."""
    assert heard(tmp_path) == "[]"


def test_a_planted_unpickling_and_a_connection_are_heard(tmp_path: Path) -> None:
    planted = (
        "import pickle, fractions; pickle.loads(pickle.dumps(fractions.Fraction(1, 2)))\n"
        "import socket\ntry: socket.create_connection(('127.0.0.1', 9), 0.2)\nexcept OSError: pass"
    )
    said = heard(tmp_path, planted)
    assert "pickle.find_class" in said and "socket.connect" in said
