"""Formats of a finished page: one file here is one format, with `render(report) -> str`, SUFFIX and MEDIA_TYPE."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Protocol, cast

from barograph.core.errors import InputError
from barograph.report.blocks import Report


class Format(Protocol):
    """What a file of this folder offers."""

    SUFFIX: str
    MEDIA_TYPE: str

    def render(self, report: Report) -> str:
        """The whole page as text."""
        ...


def formats() -> tuple[str, ...]:
    """Names of the formats, found by listing the folder.

    >>> formats()
    ('html', 'json', 'markdown')
    """
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")))


def format_named(name: str) -> Format:
    """The format `name`; one that is not there raises with the list of those that are."""
    if name not in formats():
        raise InputError(f"the format {name!r}", "no such format", ", ".join(formats()), "Choose one of these.")
    return cast(Format, import_module(f"{__name__}.{name}"))
