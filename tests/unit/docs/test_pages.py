"""Documentation as code: blocks run on the packaged sample, links resolve, everything there is to know is mentioned.

A fence says what is done with it: `sh run`, `python run` (run it), `sh run fails=2` (it ends so), `text output` (each line
stands in what the blocks before printed), `csv file=x.csv` (written to x.csv). Other `sh` blocks need network or `make`.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer.main

from barograph.core import errors
from barograph.run import cli

ROOT = Path(__file__).parents[3]
PAGES = sorted(p for p in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if "out" not in p.parts)
FENCE = re.compile(r"^```(?P<kind>\w+)(?P<more>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<to>[^)\s]+)\)|!\[[^\]]*\]\((?P<picture>[^)\s]+)\)")
#: What a block that is not run may hold: it needs the providers, `make`, or is a form to fill in.
NOT_RUN = re.compile(
    r"make \w+|python3? \S+|\.ci/run|(\.venv/bin/)?barograph (update|report|explain|vintages)\b"
    r"|export BAROGRAPH|BAROGRAPH_\w+=|#"
)


@dataclass(frozen=True)
class Fence:
    kind: str
    words: tuple[str, ...]
    text: str

    def word(self, name: str) -> str | None:
        return next((w.partition("=")[2] for w in self.words if w.startswith(name + "=")), None)


def fences(page: Path) -> list[Fence]:
    text = page.read_text("utf-8")
    return [Fence(m["kind"], tuple(m["more"].split()), m["text"]) for m in FENCE.finditer(text)]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


RUN = [p for p in PAGES if any("run" in f.words for f in fences(p))]


class Shell:
    """A folder in which the blocks of one page run, one after another."""

    def __init__(self) -> None:
        self.said = ""
        self.names: dict[str, Any] = {"__name__": "docs"}

    def command(self, line: str) -> int:
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            os.environ[name] = value
            return 0
        if not line.startswith("barograph "):
            done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
            self.said += done.stdout + done.stderr
            return done.returncode
        out = io.StringIO()
        sys.argv = [*line.partition(" #")[0].split()]
        code: object = 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            try:
                cli.main()
            except SystemExit as end:
                code = end.code or 0
        self.said += out.getvalue()
        assert isinstance(code, int)
        return code

    def run(self, fence: Fence) -> None:
        if (file := fence.word("file")) is not None:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            Path(file).write_text(fence.text, "utf-8")
        elif fence.words[:1] == ("output",):
            for line in filter(None, map(str.rstrip, fence.text.splitlines())):
                assert line in self.said, f"not said: {line!r}; said was:\n{self.said}"
            self.said = ""
        elif "run" not in fence.words:
            return
        elif fence.kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(fence.text, "block", "exec"), self.names)
            self.said += out.getvalue()
        else:
            wanted = int(fence.word("fails") or 0)
            for line in filter(None, map(str.strip, fence.text.splitlines())):
                assert self.command(line) == wanted, f"{line}\n{self.said}"


@pytest.fixture
def shell(tmp_path: Path, sample_archive: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    for name in [n for n in os.environ if n.startswith("BAROGRAPH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    shutil.copytree(sample_archive, tmp_path / "out" / "archive")
    monkeypatch.chdir(tmp_path)
    yield Shell()


@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_the_blocks_do_what_the_page_says(page: Path, shell: Shell) -> None:
    for fence in fences(page):
        shell.run(fence)


def test_a_page_that_says_something_else_is_found(shell: Shell) -> None:
    shell.run(Fence("sh", ("run",), "barograph verify --archive out/archive\n"))
    with pytest.raises(AssertionError, match="not said"):
        shell.run(Fence("text", ("output",), "everything is lost\n"))
    with pytest.raises(AssertionError):
        shell.run(Fence("sh", ("run",), "barograph asof no.such.series --archive out/archive\n"))


def test_enough_pages_are_run() -> None:
    assert {name_of(p).split("/")[1] for p in RUN} >= {"tutorials", "how-to", "explanation", "reference"}
    assert len(RUN) >= 6


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_is_not_run_needs_the_world(page: Path) -> None:
    if page.parent.name == "reference":
        return  # usage lines
    for fence in fences(page):
        if fence.kind in ("sh", "python") and "run" not in fence.words and fence.kind == "sh":
            for line in filter(None, map(str.strip, fence.text.splitlines())):
                assert NOT_RUN.match(line), f"{name_of(page)}: {line!r} could be run: mark its block `sh run`"


# ---------------------------------------------------------------- links


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.casefold()).strip().replace(" ", "-") for h in heads}


def broken(page: Path, text: str) -> list[str]:
    out = []
    for match in LINK.finditer(FENCE.sub("", text)):
        to = match["to"] or match["picture"]
        if to.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = to.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            out.append(to)
    return out


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_resolve(page: Path) -> None:
    assert broken(page, page.read_text("utf-8")) == []


def test_a_broken_link_is_found() -> None:
    page = ROOT / "README.md"
    assert broken(page, "[a](docs/nothing.md) [b](GLOSSARY.md#no-such-head) [c](GLOSSARY.md)") == [
        "docs/nothing.md",
        "GLOSSARY.md#no-such-head",
    ]


def test_every_page_can_be_reached() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        for match in LINK.finditer(page.read_text("utf-8")):
            path = (match["to"] or match["picture"]).partition("#")[0]
            if path and not path.startswith("http") and (page.parent / path).exists():
                waiting.append((page.parent / path).resolve())
    assert set(PAGES) - seen == set()


# ---------------------------------------------------------------- everything is mentioned


def test_generated_pages_are_current() -> None:
    script = ROOT / "scripts" / "build_docs.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_and_option_is_mentioned() -> None:
    text = (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8")
    group: Any = typer.main.get_command(cli.app)
    for name, command in group.commands.items():
        assert f"## barograph {name}\n" in text
        for param in command.params:
            for option in param.opts:
                if option != "--help" and option.startswith("--"):
                    assert option in text, (name, option)


def test_every_variable_is_mentioned_and_exists() -> None:
    text = (ROOT / "docs" / "reference" / "environment.md").read_text("utf-8")
    code = (ROOT / "src" / "barograph" / "run" / "settings.py").read_text("utf-8")
    read = set(re.findall(r"\b(?:BAROGRAPH_[A-Z_]+|XDG_[A-Z_]+)\b", code))
    assert len(read) >= 7
    assert read <= set(re.findall(r"`(\w+)`", text))
    others = {"BAROGRAPH_RECORDED_SOURCES", "BAROGRAPH_AXE"}
    assert set(re.findall(r"\bBAROGRAPH_[A-Z_]+\b", text)) <= read | others


def test_every_exception_and_exit_code_is_mentioned() -> None:
    text = (ROOT / "docs" / "reference" / "errors-and-exit-codes.md").read_text("utf-8")
    kinds = [n for n, v in vars(errors).items() if isinstance(v, type) and issubclass(v, Exception)]
    assert len(kinds) >= 9
    assert all(f"`{n}`" in text for n in kinds), kinds
    assert all(f"| {code} |" in text for code in range(4))
