"""Providers: one file each, every file exporting exactly one `SOURCE`, found by listing this folder."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

from barograph.core.errors import SourceError
from barograph.sources._protocol import Job, Request, Source

__all__ = ["Job", "Request", "Source", "host_limits", "source_modules", "sources"]


def source_modules() -> list[str]:
    """Names of the provider files, sorted; a leading underscore marks what is not a provider."""
    return sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_"))


def sources() -> dict[str, Source]:
    """Every provider by its name; the files are imported on the first call, not with the package.

    Raises
    ------
    SourceError
        A file exports no `SOURCE`, or two files claim one name.

    Examples
    --------
    >>> sorted({"cboe", "fred", "holdings", "prices", "treasury"} - sources().keys())
    []
    """
    found: dict[str, Source] = {}
    for module in source_modules():
        source = getattr(import_module(f"{__name__}.{module}"), "SOURCE", None)
        if source is None or source.name in found:
            raise SourceError(
                f"the provider in sources/{module}.py",
                "no SOURCE in it" if source is None else f"the name {source.name!r} is taken",
                ", ".join(found),
                "Export exactly one SOURCE with a name of its own.",
            )
        found[source.name] = cast(Source, source)
    return found


def host_limits(of: Iterable[Source]) -> dict[str, int]:
    """Requests under way at once, by host: what `Limits.hosts` takes."""
    return {host: source.per_host for source in of for host in source.hosts}
