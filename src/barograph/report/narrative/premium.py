"""What is said of the equity premium in words: its readings with their changes, and the title of its chart."""

from __future__ import annotations

from collections.abc import Mapping

from barograph.core.estimate import Fact
from barograph.findings._names import name_of
from barograph.findings._protocol import number
from barograph.report.blocks import Ref, Text

#: The methods in the order in which one of them speaks for the section.
METHODS = ("excess_cape_yield", "real_yield_gap", "damodaran")


def premium_moved(facts: Mapping[str, Fact]) -> list[Text]:
    """`excess CAPE yield 1.48% (−8 bp)` for each method that has a value."""
    out: list[Text] = []
    for id_ in (f"erp.us.{m}" for m in METHODS):
        if number(facts, id_) is None:
            continue
        change = f"{id_}.change_1d"
        moved: Text = (" (", Ref(change), ")") if number(facts, change) is not None else ()
        out.append((f"{name_of(id_)} ", Ref(id_), *moved))
    return out


def premium_title(facts: Mapping[str, Fact]) -> Text:
    """The first method that has a value, with its place among twenty years."""
    for id_ in (f"erp.us.{m}" for m in METHODS):
        place = f"{id_}.percentile_20y"
        if number(facts, id_) is not None and number(facts, place) is not None:
            return (f"{name_of(id_)} ", Ref(id_), ", ", Ref(place))
    return ()
