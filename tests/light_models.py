"""Settings under which what models keep beside their forecasts costs less: for promises that hold under any settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from barograph import models

#: Fewer draws of a band, fewer years and months of a record; each still has what it needs to be computed.
LIGHT = {"credit_band": {"draws": 10, "record_years": 3}, "fan_record": {"months": 13}}


@contextmanager
def light() -> Iterator[None]:
    """The registry with these settings."""
    held = {name: dict(models._lines()[name]) for name in LIGHT}
    for name, settings in LIGHT.items():
        models._lines()[name].update(settings)
    try:
        yield
    finally:
        for name, line in held.items():
            models._lines()[name].clear()
            models._lines()[name].update(line)
