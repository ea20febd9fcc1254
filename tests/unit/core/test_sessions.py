"""Sessions come from a table made by the calendar library, and are the library's own."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from barograph.core import time
from barograph.core.time import looked_up, sessions


def script() -> ModuleType:
    path = Path(__file__).parents[3] / "scripts" / "closed_days.py"
    spec = importlib.util.spec_from_file_location("closed_days", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def forget() -> None:
    time._table.cache_clear()
    time._decade.cache_clear()


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    forget()
    yield
    forget()


def test_the_table_is_what_the_library_gives() -> None:
    made = script()
    assert made.TABLE.read_text(encoding="utf-8") == made.table()


@pytest.mark.parametrize("calendar", ["NYSE", "SIFMA"])
@pytest.mark.parametrize("decade", [1960, 2000, 2020])
def test_the_days_of_a_decade(calendar: str, decade: int) -> None:
    assert sessions(calendar, date(decade, 1, 1), date(decade + 9, 12, 31)) == list(looked_up(calendar, decade))


def test_beyond_the_table_and_with_another_library_the_library_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(time, "looked_up", lambda c, d: asked.append(d) or (date(d, 1, 2),))
    sessions("NYSE", date(2049, 1, 1), date(2050, 12, 31))
    assert asked == [2050]
    forget()
    monkeypatch.setattr(time, "version", lambda _: "0")
    assert sessions("NYSE", date(2020, 1, 1), date(2020, 12, 31)) == [date(2020, 1, 2)]
    assert asked == [2050, 2020]
