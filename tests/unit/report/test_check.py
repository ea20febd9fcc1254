"""What the facts do not bear out is withheld, wherever it stands, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from barograph.core.time import DAY_END, AsOfDate, new_york
from barograph.report.blocks import Block, Card, Cell, FactList, Figure, Paragraph, Report, Table
from barograph.report.check import WITHHELD, checked, faults
from barograph.report.narrative.setting import Setting
from barograph.report.render.json import document
from barograph.run import daily
from small_archive import LAST, small

PLANT = "88.88% and counting"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Setting]:
    archive = small(Path(tmp_path_factory.mktemp("check")) / "archive")
    at = AsOfDate(new_york(LAST, DAY_END), LAST)
    report, day = daily.build_report(archive, archive.catalog, at), daily._day(archive, archive.catalog, at, None)
    return replace(report, facts=tuple(f for _, f in sorted(day.facts.items()))), day.setting


def planted(block: Block, kind: type, plant: Callable[[Block], Block]) -> Block | None:
    """The block with the fault in its first part of that kind, or None."""
    if isinstance(block, kind):
        return plant(block)
    if isinstance(block, Card):
        for i, inner in enumerate(block.blocks):
            if (changed := planted(inner, kind, plant)) is not None:
                return replace(block, blocks=(*block.blocks[:i], changed, *block.blocks[i + 1 :]))
    return None


def in_cell(block: Block) -> Block:
    assert isinstance(block, Table)
    return replace(block, rows=((Cell((PLANT,)), *block.rows[0][1:]), *block.rows[1:]))


PLANTS: dict[str, tuple[type, Callable[[Block], Block]]] = {
    "a paragraph": (Paragraph, lambda b: replace(b, text=(PLANT,))),  # type: ignore[arg-type]
    "a cell": (Table, in_cell),
    "the second line of a cell": (
        Table,
        lambda b: replace(b, rows=((replace(b.rows[0][0], below=(PLANT,)), *b.rows[0][1:]), *b.rows[1:])),  # type: ignore[attr-defined,arg-type]
    ),
    "the note of a table": (Table, lambda b: replace(b, note=(PLANT,))),  # type: ignore[arg-type]
    "the title of a figure": (Figure, lambda b: replace(b, title=(PLANT,))),  # type: ignore[arg-type]
    "a list of facts": (FactList, lambda b: replace(b, items=(("Level", (PLANT,), ()), *b.items[1:]))),  # type: ignore[attr-defined,arg-type]
}


def test_the_page_has_no_fault(made: tuple[Report, Setting]) -> None:
    assert faults(*made) == []
    assert checked(*made) == made[0]


@pytest.mark.parametrize("place", PLANTS)
def test_what_is_not_borne_out_is_withheld(made: tuple[Report, Setting], place: str) -> None:
    report, setting = made
    kind, plant = PLANTS[place]
    for at, section in enumerate(report.sections):
        for i, block in enumerate(section.blocks):
            if (changed := planted(block, kind, plant)) is None:
                continue
            blocks = (*section.blocks[:i], changed, *section.blocks[i + 1 :])
            sections = list(report.sections)
            sections[at] = replace(section, blocks=blocks)
            after = checked(replace(report, sections=tuple(sections)), setting)
            new = after.problems[len(report.problems) :]
            assert new and all(p.source == "narrative" and p.subject == section.slug for p in new)
            assert PLANT not in str(document(after)["sections"])
            assert faults(after, setting) == []
            others = [s for k, s in enumerate(report.sections) if k != at]
            assert [s for k, s in enumerate(after.sections) if k != at] == others
            if "cell" in place:
                assert WITHHELD not in str(document(after)["sections"])  # the rest of the table stands
            return
    pytest.fail(f"no section has {place}")
