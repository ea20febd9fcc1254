"""Write the generated pages of docs/reference: the command line, the facts, the catalogue, the days of release.

make docs                             write them
python scripts/build_docs.py --check  write nothing; exit code 1 when a page is not current
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import fact_patterns
import release_days

from barograph.catalog.reference import reference

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"


def command_line() -> str:
    """docs/reference/cli.md as text, from the program's own commands."""
    import typer.main

    from barograph.run.cli import app

    group: Any = typer.main.get_command(app)
    parts = [
        "# Command line",
        "*Made from the program by `scripts/build_docs.py`; do not edit.*",
        f"`barograph COMMAND`: {_sentence(group.help)} Codes with which a command ends, and the form of errors: "
        "[errors and exit codes](errors-and-exit-codes.md). Variables: [environment](environment.md).",
        _table(
            ("command", "what it does"),
            [(f"[`{n}`](#barograph-{n})", _sentence(c.help)) for n, c in group.commands.items()],
        ),
    ]
    for name, command in group.commands.items():
        usage = " ".join(["barograph", name, *(_usage(p) for p in _params(command))])
        parts += [f"## barograph {name}", _sentence(command.help), f"```sh\n{usage}\n```"]
        rows = [(_names(p), _default(p), (p.help or "").strip()) for p in _params(command)]
        parts.append(_table(("argument or option", "default", "what it is"), rows))
    return "\n\n".join(parts) + "\n"


def _params(command: Any) -> list[Any]:
    return [p for p in command.params if p.name != "help"]


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())


def _is_argument(param: Any) -> bool:
    return bool(param.param_type_name == "argument")


def _word(param: Any) -> str:
    """What stands for the value: `PATH`, `DATE`; nothing for a switch."""
    if _is_argument(param):
        return str(param.metavar or param.name.upper())
    if param.is_flag:
        return ""
    return str(param.metavar or param.opts[0].removeprefix("--").upper())


def _usage(param: Any) -> str:
    text = _word(param) if _is_argument(param) else f"{param.opts[0]} {_word(param)}".strip()
    return text if param.required else f"[{text}]"


def _names(param: Any) -> str:
    if _is_argument(param):
        return f"`{_word(param)}`"
    return f"`{' '.join([', '.join(param.opts), _word(param)]).strip()}`"


def _default(param: Any) -> str:
    if param.required:
        return "required"
    value = param.default
    if value in (None, "", False):
        return ""
    return f"`{value}`"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    made = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in made)


PAGES = {
    "cli.md": command_line,
    "facts.md": fact_patterns.page,
    "catalogue.md": reference,
    "release-days.md": release_days.page,
}


def stale(folder: Path = REFERENCE) -> list[str]:
    """Names of the pages that are not what the program would write now."""
    out = []
    for name, make in PAGES.items():
        path = folder / name
        if not path.is_file() or path.read_text("utf-8") != make():
            out.append(name)
    return out


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when a page is not current")
    found = stale()
    if parser.parse_args().check:
        for name in found:
            print(f"docs/reference/{name} is not current: run `make docs`")
        return 1 if found else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name in found:
        (REFERENCE / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"written: docs/reference/{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
