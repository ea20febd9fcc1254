"""P22, no foreign pickle: nothing that turns bytes into code is written, and nothing of the kind happens in a run.

A scan of the sources, and the interpreter's own audit events during the page of the packaged sample and an update from
providers in the process. Planted: a module that unpickles, one that calls out, one that starts a program.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(p for room in ("src", "scripts", "benchmarks") for p in (ROOT / room).rglob("*.py"))
MODULES = {"pickle", "_pickle", "cPickle", "joblib", "cloudpickle", "dill", "marshal", "shelve"}
#: Calls by their last name; by module and name where the last name alone is an ordinary word.
CALLS = {"read_pickle", "to_pickle", "unsafe_load", "full_load", "import_string"}
LOADERS = {("yaml", "load"), ("yaml", "load_all"), ("torch", "load")}


def foreign(code: str) -> list[str]:
    """What a source holds that loads code from data."""
    found: list[str] = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.partition(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in MODULES:
            found.append(str(node.module))
        elif isinstance(node, ast.Call):
            found += _call(node)
    return found


def _call(node: ast.Call) -> list[str]:
    function = node.func
    if isinstance(function, ast.Name):
        if function.id in ("eval", "exec"):
            return [function.id]
        first = node.args[0] if node.args else None
        if function.id == "__import__" and isinstance(first, ast.Constant) and str(first.value) in MODULES:
            return [str(first.value)]
        return [function.id] if function.id in CALLS else []
    if not isinstance(function, ast.Attribute):
        return []
    owner = function.value.id if isinstance(function.value, ast.Name) else ""
    if function.attr in CALLS or (owner, function.attr) in LOADERS:
        return [f"{owner}.{function.attr}"]
    if function.attr == "import_module" and node.args and isinstance(node.args[0], ast.Constant):
        return [str(node.args[0].value)] if str(node.args[0].value) in MODULES else []
    # Anything but a plain False may be True when it runs.
    allowed = [k for k in node.keywords if k.arg == "allow_pickle"]
    unsafe = any(not (isinstance(k.value, ast.Constant) and k.value.value is False) for k in allowed)
    return ["allow_pickle"] if unsafe else []


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_source_loads_code_from_data(path: Path) -> None:
    assert foreign(path.read_text("utf-8")) == []


def test_the_scan_sees_all_rooms() -> None:
    assert len(FILES) > 150 and {p.relative_to(ROOT).parts[0] for p in FILES} == {"src", "scripts", "benchmarks"}


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("import pickle", "pickle"),
        ("import os, joblib.parallel", "joblib.parallel"),
        ("from cloudpickle import loads", "cloudpickle"),
        ("def f():\n    import dill as d", "dill"),
        ("from marshal import loads", "marshal"),
        ("import shelve", "shelve"),
        ("import numpy as np\nnp.load('a', allow_pickle=True)", "allow_pickle"),
        ("import numpy as np\nnp.load('a', allow_pickle=flag)", "allow_pickle"),
        ("import pandas as pd\npd.read_pickle('a')", "pd.read_pickle"),
        ("import yaml\nyaml.load(text)", "yaml.load"),
        ("eval(text)", "eval"),
        ("exec(text)", "exec"),
        ("__import__('pickle')", "pickle"),
        ("import importlib\nimportlib.import_module('dill')", "dill"),
    ],
)
def test_planted_loaders_are_found(code: str, word: str) -> None:
    assert foreign(code) == [word]


def test_what_is_harmless_is_let_be() -> None:
    fine = (
        "import json\njson.load(f)\nnp.load('a', allow_pickle=False)\nre.compile('a')\nmodel.eval()\nyaml.safe_load(t)"
    )
    assert foreign(fine) == []


# ---------------------------------------------------------------- a run, listened to

_RUN = '''
import json, sys
from pathlib import Path

OURS = Path(sys.argv[1]) / "src" / "barograph"
heard = []

def ours(program, words):
    """A child of ours: this interpreter, on a file of the package."""
    own = [w for w in words if str(w).endswith(".py") and OURS in Path(str(w)).parents]
    return str(program or words[0]) == sys.executable and bool(own)

def compiler():
    """Whether the compiler of the kernels is at work: it keeps machine code beside ours in __pycache__, as Python does."""
    frame = sys._getframe(1)
    while frame is not None:
        if "/site-packages/numba/" in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False

def listen(event, args):
    if event == "pickle.find_class":
        if compiler():
            return
        heard.append([event, f"{args[0]}.{args[1]}"])
    elif event in ("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile"):
        heard.append([event, repr(args)[:80]])
    elif event == "subprocess.Popen":
        heard.append(["child" if ours(args[0], list(args[1])) else event, repr(args[1])[:200]])
    elif event in ("socket.connect", "socket.sendto"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else str(address)
        if host not in ("127.0.0.1", "::1"):
            heard.append([event, str(host)])

sys.addaudithook(listen)
sys.path.insert(0, str(Path(sys.argv[1]) / "tests"))
from datetime import UTC, datetime

from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.core.time import Clock
from barograph.run import ingest
from barograph.run.sample import run_sample
from barograph.run.settings import Settings
from barograph.sources._http import Response

out, plant = Path(sys.argv[2]), sys.argv[3]
if plant:
    exec(compile(Path(plant).read_text("utf-8"), plant, "exec"), {})
    print(json.dumps({"heard": heard}))
    sys.exit()
lines = run_sample(out / "page", ["html", "json"])
pages = sorted(p.suffix for p in (out / "page").rglob("*") if p.suffix in (".html", ".json") and "archive" not in p.parts)

FEED = (Path(sys.argv[1]) / "tests" / "bodies" / "feed_rss.xml").read_bytes()

class Provider:
    """FRED's graph files and one feed, from memory."""

    def get(self, request, etag=None, last_modified=None):
        if request.source == "rss":
            return Response(200, FEED, None, None, None, False, 1)
        code = dict(request.params)["id"]
        body = f"observation_date,{code}\\n2025-11-03,0.82\\n2025-11-04,0.83\\n".encode()
        return Response(200, body, None, None, None, False, 1)

catalog = load()
archive = Archive.open(out / "archive", catalog, create=True)
settings = Settings(archive=out / "archive", clock=Clock(datetime(2025, 11, 6, 12, tzinfo=UTC)))
new = 0
for name in ("fred", "rss"):
    result = ingest.update(archive, catalog, settings, Provider(), only=name)
    new += sum(r.new for r in result.sources.values())
print(json.dumps({"heard": heard, "pages": pages, "new": new}))
'''


def listened(folder: Path, plant: str = "") -> dict[str, Any]:
    """Run it in a process of its own: the page of the sample, then the update; or what is planted, alone."""
    planted = folder / "planted.py"
    if plant:
        planted.write_text(plant, "utf-8")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("BAROGRAPH_")}
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(ROOT), str(folder), str(planted) if plant else ""],
        capture_output=True, text=True, env=clean, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


PLANTED = """
import io, os, pickle, socket, subprocess, sys
from fractions import Fraction
pickle.loads(pickle.dumps(Fraction(1, 3)))
outside = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
outside.setblocking(False)
try:
    outside.connect(("192.0.2.1", 9))
except OSError:
    pass
os.system("true")
subprocess.run(["true"])
subprocess.run([sys.executable, "-c", "pass"])
"""


def test_a_run_unpickles_nothing_and_calls_nobody(tmp_path: Path) -> None:
    found = listened(tmp_path)
    assert [h for h in found["heard"] if h[0] != "child"] == []
    # It was a whole run: a page in both forms, an update that stored figures, and the feed read in a child of ours.
    assert {".html", ".json"} <= set(found["pages"]) and found["new"] > 50
    assert [h for h in found["heard"] if h[0] == "child"]


def test_planted_unpickling_calls_and_programs_are_heard(tmp_path: Path) -> None:
    heard = [h[0] for h in listened(tmp_path, PLANTED)["heard"] if h[0] != "child"]
    assert {"pickle.find_class", "socket.connect", "os.system"} <= set(heard)
    assert heard.count("subprocess.Popen") == 2
    assert "pickle" in foreign(PLANTED)
