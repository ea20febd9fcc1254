"""Everything there is to know is mentioned, and what is mentioned is there: commands, variables, codes, keys, targets, files."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
import typer.main

from barograph.archive import journal, segments
from barograph.catalog.load import load
from barograph.core import errors
from barograph.core.observation import BASES
from barograph.core.version import __version__
from barograph.run import cli
from barograph.run.ingest import chosen_sources
from barograph.run.settings import read_settings
from barograph.sources import _files_map

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
#: Options in the documentation that belong to other programs than `barograph`.
FOREIGN = {"--check"}


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def reference(name: str) -> str:
    return (REFERENCE / name).read_text("utf-8")


def codes(text: str) -> set[str]:
    """What stands between backquotes, outside of blocks."""
    return set(CODE.findall(FENCE.sub("", text)))


def first_cells(text: str) -> set[str]:
    """The words between backquotes in the first column of the tables of a page."""
    return {c for line in text.splitlines() if line.startswith("| ") for c in CODE.findall(line.split(" | ")[0])}


@cache
def commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(cli.app)
    return dict(group.commands)


def options(command: Any) -> set[str]:
    return {o for p in command.params for o in p.opts if o.startswith("--")} | {"--help"}


# ---------------------------------------------------------------- the generated pages


def build_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_docs", ROOT / "scripts" / "build_docs.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_current() -> None:
    script = ROOT / "scripts" / "build_docs.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_page_that_is_not_current_is_found(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(REFERENCE, tmp_path / "reference"))
    page = folder / "cli.md"
    page.write_text(page.read_text("utf-8").replace("--anchor", "--ankor"), "utf-8")
    assert build_docs().stale(folder) == ["cli.md"]


# ---------------------------------------------------------------- commands and options


def unmentioned(text: str) -> list[str]:
    """Commands and options that a text in the form of cli.md leaves out of their own part."""
    parts = dict(re.findall(r"^## barograph (\w+)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE))
    out = [name for name in commands() if name not in parts]
    for name, command in commands().items():
        out += [f"{name} {o}" for o in sorted(options(command) - {"--help"}) if f"`{o}" not in parts.get(name, "")]
    return out


def test_every_command_and_option_is_mentioned() -> None:
    text = reference("cli.md")
    assert unmentioned(text) == []
    assert unmentioned(text.replace("`--anchor", "`--ankor")) == ["verify --anchor"]


def uses(page: Path) -> list[str]:
    """Every use of `barograph` on a page, in blocks and between backquotes."""
    text = page.read_text("utf-8")
    lines = [line.strip() for kind, body in FENCE.findall(text) if kind == "sh" for line in body.splitlines()]
    return [
        m[1] for x in [*lines, *codes(text)] if (m := re.match(r"(?:[A-Z_]+=\S* )?(?:\.venv/bin/)?barograph (.+)", x))
    ]


def misused(use: str) -> list[str]:
    """What of a use is no command or option. Forms such as `[--json]` count as their content."""
    words = shlex.split(use.replace("[", "").replace("]", ""), comments=True)
    if words[0] == "COMMAND":
        return []
    if words[0] not in commands():
        return [words[0]]
    return [w for w in words if w.startswith("--") and w not in options(commands()[words[0]])]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_and_options_exist(page: Path) -> None:
    assert [(use, m) for use in uses(page) if (m := misused(use))] == []
    every = set().union(*map(options, commands().values())) | FOREIGN
    loose = {m[0] for c in codes(page.read_text("utf-8")) if (m := re.match(r"--[a-z][a-z-]*", c))}
    assert loose <= every


def test_a_wrong_command_is_found() -> None:
    assert misused("asof x --as-off 2018-12-21") == ["--as-off"] and misused("replay") == ["replay"]
    assert len([u for p in PAGES for u in uses(p)]) > 60


def variables(source: str) -> set[str]:
    """Names of variables among the texts of a program."""
    texts = [n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return {t for t in texts if re.fullmatch(r"(BAROGRAPH|XDG)_[A-Z_]+", t)}


def test_every_variable_is_mentioned_and_exists() -> None:
    source = (ROOT / "src" / "barograph" / "run" / "settings.py").read_text("utf-8")
    assert len(variables(source)) >= 7
    assert first_cells(reference("environment.md")) == variables(source)
    planted = source + "\nX = os.environ.get('BAROGRAPH_ELSE')\n"
    assert first_cells(reference("environment.md")) != variables(planted)


def test_no_other_variable_is_named_anywhere() -> None:
    known = set(re.findall(r"BAROGRAPH_[A-Z_]+", reference("environment.md")))
    for page in PAGES:
        assert set(re.findall(r"BAROGRAPH_[A-Z_]+", page.read_text("utf-8"))) <= known, name_of(page)


# ---------------------------------------------------------------- exit codes and errors


def exit_codes(source: str) -> set[int]:
    """Numbers with which a program says it ends: in Exit(...), SystemExit(...) and what `exit_code` returns."""
    out: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        ends = isinstance(node, ast.Call) and ast.unparse(node.func) in ("typer.Exit", "SystemExit")
        if ends or (isinstance(node, ast.FunctionDef) and node.name == "exit_code"):
            returned = [n for n in ast.walk(node) if isinstance(n, ast.Return)] if not ends else node.args  # type: ignore[attr-defined]
            for part in returned:
                value = part.value if isinstance(part, ast.Return) else part
                branches = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                out |= {b.value for b in branches if isinstance(b, ast.Constant) and isinstance(b.value, int)}
    return out


def test_every_exit_code_is_mentioned() -> None:
    run = sorted((ROOT / "src" / "barograph" / "run").glob("*.py"))
    found = set().union(*(exit_codes(p.read_text("utf-8")) for p in run))
    assert found == {0, 1, 2, 3}
    text = reference("errors-and-exit-codes.md")
    codes_part, _, rest = text.partition("| command | codes |")
    assert {int(n) for n in re.findall(r"^\| (\d+) \|", codes_part, re.MULTILINE)} == found | {130}
    assert first_cells(rest.partition("## Four parts")[0]) == set(commands())
    assert exit_codes("raise SystemExit(7)\nraise typer.Exit(0 if x else 9)") == {0, 7, 9}


def test_every_error_is_mentioned_with_an_example() -> None:
    text = reference("errors-and-exit-codes.md")
    kinds = {n for n, v in vars(errors).items() if isinstance(v, type) and issubclass(v, Exception)}
    listed = first_cells(text.partition("| exception | when |")[2].partition("###")[0])
    assert listed == kinds
    examples = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", text, re.DOTALL | re.MULTILINE))
    assert set(examples) == kinds - {"BarographError"}
    assert all("```text output" in e and "asked: " in e for e in examples.values())


def test_every_key_of_the_page_is_mentioned() -> None:
    schema = json.loads((ROOT / "src" / "barograph" / "report" / "schema.json").read_text("utf-8"))
    parts = schema["$defs"]
    text = codes(reference("formats.md"))
    for what in (schema, parts["section"], parts["fact"], parts["problem"], parts["input"]):
        assert set(what["properties"]) <= text, set(what["properties"]) - text
    assert set(parts["ref"]["properties"]["part"]["enum"]) <= text
    kinds = {
        p["properties"]["kind"]["const"] for p in parts.values() if "const" in p.get("properties", {}).get("kind", {})
    }
    assert len(kinds) == 16 and kinds <= text, kinds - text


def test_every_column_of_the_archive_is_mentioned() -> None:
    text = codes(reference("formats.md"))
    assert set(segments.SCHEMA) <= text
    assert set(re.findall(r"(\w+) (?:INTEGER|TEXT)", journal._TABLE)) <= text
    writer = (ROOT / "src" / "barograph" / "archive" / "writer.py").read_text("utf-8")
    kinds = set(re.findall(r'\(\s*"([a-z]+)", \{', writer))
    assert len(kinds) >= 7 and kinds <= text, kinds - text
    assert f"number {journal.SCHEMA};" in reference("formats.md")
    assert ", ".join(f"`{b}`" for b in BASES) in reference("formats.md")


def test_every_key_of_a_map_is_mentioned() -> None:
    text = (ROOT / "docs" / "how-to" / "bring-your-own-csv.md").read_text("utf-8")
    missing = [k for k in (*_files_map._FILE_KEYS, "column", "scale") if not re.search(rf"(?<!\w){k}(?!\w)", text)]
    assert missing == []


# ---------------------------------------------------------------- the house


def test_targets_exist_and_are_mentioned() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {f"make {t}" for t in targets} <= codes((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    for page in PAGES:
        blocks = "\n".join(body for kind, body in FENCE.findall(page.read_text("utf-8")) if kind == "sh")
        named = {m[1] for c in codes(page.read_text("utf-8")) if (m := re.fullmatch(r"make (\w+)", c))}
        assert named | set(re.findall(r"^make (\w+)", blocks, re.MULTILINE)) <= targets, name_of(page)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_that_are_named_exist(page: Path) -> None:
    tops = "src|tests|docs|scripts|benchmarks|core|sources|models|findings|report|run|barograph|archive/[a-z]+.py"
    named = {c for c in codes(page.read_text("utf-8")) if re.fullmatch(rf"(?:{tops})(?:/[\w./-]*)?", c) and "/" in c}
    homes = (ROOT, ROOT / "src", ROOT / "src" / "barograph")
    assert [n for n in sorted(named) if not any((h / n).exists() for h in homes)] == []


def test_the_rooms_are_those_of_the_contract() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    [contract] = [c for c in project["tool"]["importlinter"]["contracts"] if c["type"] == "layers"]
    layers = [set(re.findall(r"barograph\.(\w+)", layer)) for layer in contract["layers"]]
    text = (ROOT / "docs" / "explanation" / "the-house.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", text.partition("## One value")[0], re.MULTILINE)
    assert {room for room, _ in rows} == set().union(*layers)
    below: set[str] = set()
    for layer in reversed(layers):
        for room in layer:
            [may] = [m for r, m in rows if r == room]
            if "all" not in may and "nothing" not in may and "below" not in may:
                assert set(CODE.findall(may)) == below, room
            elif "below" in may:
                assert set(CODE.findall(may)) <= below, room
        below |= layer


def test_the_first_screen_has_two_commands_and_the_way_on() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    first = FENCE.search(text)
    assert first and [x.partition(" #")[0].strip() for x in first[2].splitlines()] == ["make report", "make test"]
    assert text[: first.start()].count("\n") < 15
    links = set(re.findall(r"\]\(([^)#]+)", text))
    assert links >= {"docs/README.md", "CONTRIBUTING.md", "CHANGELOG.md", "GLOSSARY.md", "docs/decisions/README.md"}


def test_the_changes_name_what_there_is() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"## {__version__}" in text
    assert f"{len(list(load()))} series" in text
    listed = text.partition("**Commands**:")[2].partition(";")[0]
    assert set(re.findall(r"\w+", listed)) == set(commands())


def test_going_live_names_every_provider() -> None:
    text = (ROOT / "docs" / "how-to" / "go-live.md").read_text("utf-8")
    asked = chosen_sources(None, read_settings(Path("none"), {}))
    assert first_cells(text) == set(asked)


def test_the_glossary_has_the_labels_of_the_page() -> None:
    from barograph.core.estimate import FactState

    entries = dict(re.findall(r"^- \*\*([^*]+)\*\*: (.+)$", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE))
    assert set(get_args(FactState)) - {"ok"} <= set(entries)
    assert all(b in entries["known_basis"] for b in BASES)
    assert all(state in entries["momentum state"].casefold() for state in ("bull", "correction", "bear", "rebound"))
