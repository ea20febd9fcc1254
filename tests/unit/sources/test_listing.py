"""Providers are found by listing their folder; each file exports exactly one."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

import pytest

import barograph.sources as room
from barograph.core.errors import SourceError


def exported(module: ModuleType) -> list[str]:
    """Public names of `module` that are providers."""
    return [
        n
        for n, v in vars(module).items()
        if not n.startswith("_") and all(hasattr(v, a) for a in ("plan", "parse", "terms")) and not isinstance(v, type)
    ]


def test_each_file_exports_exactly_one_source() -> None:
    assert {"cboe", "fred", "holdings", "prices", "treasury"} <= set(room.source_modules())
    for name in room.source_modules():
        assert exported(import_module(f"barograph.sources.{name}")) == ["SOURCE"], name


def test_sources_say_what_the_protocol_asks() -> None:
    for name, source in room.sources().items():
        assert source.name == name
        assert source.title and source.terms.endswith(".")
        assert source.key in ("none", "optional", "required")
        assert isinstance(source.hosts, tuple) and 1 <= source.per_host <= 8
    assert room.host_limits([room.sources()["cboe"]]) == {"cdn.cboe.com": 2}


@pytest.mark.parametrize("planted", ["nothing", "twin"])
def test_planted_files_without_a_source_or_with_a_taken_name_are_found(
    planted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("barograph.sources.zz_planted")
    if planted == "twin":
        module.SOURCE = room.sources()["fred"]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "barograph.sources.zz_planted", module)
    monkeypatch.setattr(room, "source_modules", lambda: ["fred", "zz_planted"])
    with pytest.raises(SourceError, match="zz_planted"):
        room.sources()
