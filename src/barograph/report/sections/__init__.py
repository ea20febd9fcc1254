"""Sections: one file each, every file exporting exactly one `SECTION`, found by listing this folder."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from barograph.report.blocks import Section
from barograph.report.day import Day


class SectionMaker(Protocol):
    """`build` selects from the day what the section shows; it computes no number and writes no HTML."""

    number: int
    slug: str
    title: str

    def build(self, day: Day) -> Section:
        """The section of a day; insufficient rather than absent."""
        ...


def makers() -> tuple[SectionMaker, ...]:
    """All sections by their number."""
    names = sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_"))
    found = [cast(SectionMaker, import_module(f"{__name__}.{n}").SECTION) for n in names]
    return tuple(sorted(found, key=lambda s: s.number))
