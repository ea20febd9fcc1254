"""Documentation as code: blocks run on the packaged sample, links resolve, what cannot be run says why.

A fence says what is done with it: `sh run`, `python run` (run it), `sh run fails=2` (each line ends so), `text output` (its
lines stand, in this order, in what the blocks before printed), `csv file=x.csv` (written to x.csv). A block of shell or
Python that is not run has a comment before it that says why: `<!-- not run: it asks the providers -->`.
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

from barograph.run import cli

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
#: Also pages that are no documentation: notes beside packaged figures and test bodies.
ALL = sorted([*PAGES, *(p for room in ("src", "tests", "benchmarks") for p in (ROOT / room).rglob("*.md"))])
GENERATED = {"cli.md", "facts.md", "catalogue.md"}
FENCE = re.compile(
    r"^(?:<!-- not run: (?P<why>[^>]+) -->\n\n?)?```(?P<kind>\w+)(?P<more>[^\n]*)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<to>[^)\s]+)\)|!\[[^\]]*\]\((?P<picture>[^)\s]+)\)")
VARIABLE = re.compile(r"(?P<name>[A-Z_]+)=(?P<value>\S*) (?P<rest>barograph .+)")


@dataclass(frozen=True)
class Fence:
    kind: str
    words: tuple[str, ...]
    text: str
    why: str = ""

    def word(self, name: str) -> str | None:
        return next((w.partition("=")[2] for w in self.words if w.startswith(name + "=")), None)


def fences(page: Path) -> list[Fence]:
    text = page.read_text("utf-8")
    return [Fence(m["kind"], tuple(m["more"].split()), m["text"], m["why"] or "") for m in FENCE.finditer(text)]


def plain(text: str) -> str:
    """With ordinary spaces in place of the thin ones of the page."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


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
        if once := VARIABLE.fullmatch(line):
            os.environ[once["name"]] = once["value"]
            code = self.command(once["rest"])
            del os.environ[once["name"]]
            return code
        if not line.startswith("barograph "):
            done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
            self.said += done.stdout + done.stderr
            return done.returncode
        out = io.StringIO()
        sys.argv = [*line.partition(" #")[0].split()]
        ended: object = 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            try:
                cli.main()
            except SystemExit as end:
                ended = end.code or 0
        self.said += out.getvalue()
        assert isinstance(ended, int)
        return ended

    def run(self, fence: Fence) -> None:
        if (file := fence.word("file")) is not None:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            Path(file).write_text(fence.text, "utf-8")
        elif fence.words[:1] == ("output",):
            said, at = plain(self.said), 0
            for line in filter(None, map(str.rstrip, plain(fence.text).splitlines())):
                found = said.find(line, at)
                assert found >= 0, f"not said, or not in this order: {line!r}; said was:\n{self.said}"
                at = found + len(line)
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
    shell.said = "first\nsecond\n"
    with pytest.raises(AssertionError, match="order"):
        shell.run(Fence("text", ("output",), "second\nfirst\n"))
    with pytest.raises(AssertionError):
        shell.run(Fence("sh", ("run",), "barograph asof no.such.series --archive out/archive\n"))


def test_enough_pages_are_run() -> None:
    assert {name_of(p).split("/")[1] for p in RUN} >= {"tutorials", "how-to", "explanation", "reference"}
    assert len(RUN) >= 6


def runnable(page: Path) -> list[Fence]:
    return [f for f in fences(page) if f.kind in ("sh", "python") and f.word("file") is None]


def unexplained(page: Path) -> list[str]:
    """Blocks that are neither run nor say in three words or more why not; the forms of cli.md are read elsewhere."""
    return [f.text for f in runnable(page) if "run" not in f.words and len(f.why.split()) < 3]


@pytest.mark.parametrize("page", [p for p in PAGES if p.name not in GENERATED], ids=name_of)
def test_what_is_not_run_says_why(page: Path) -> None:
    assert unexplained(page) == []
    assert not [f.text for f in fences(page) if f.why and "run" in f.words]
    written = re.findall(r"^```", page.read_text("utf-8"), re.MULTILINE)
    assert len(written) == 2 * len(fences(page)), "a fence without a language, or one that is never closed"


def test_most_blocks_are_run() -> None:
    blocks = [f for p in PAGES if p.name not in GENERATED for f in runnable(p)]
    assert sum("run" in f.words for f in blocks) >= 40
    assert sum(bool(f.why) for f in blocks) <= 12, "too much of the documentation is not run"


def test_a_block_without_a_reason_is_found(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text(
        "<!-- not run: it asks the providers -->\n```sh\na\n```\n\n```sh\nb\n```\n\n```sh run\nc\n```\n", "utf-8"
    )
    assert unexplained(page) == ["b\n"]


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


@pytest.mark.parametrize("page", ALL, ids=name_of)
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
