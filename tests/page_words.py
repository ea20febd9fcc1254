"""A day of given facts for a block of a section, and the texts of a block with their references named."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from barograph.core.estimate import Fact
from barograph.report.blocks import Ref, Text


def day_of(*facts: Fact) -> Any:
    held = {f.id: f for f in facts}
    return SimpleNamespace(
        facts=held,
        has=lambda i: i in held and held[i].value is not None,
        ref=lambda i: (Ref(i),) if i in held and held[i].value is not None else ("–",),
    )


def said(text: Text) -> str:
    return "".join(
        r if isinstance(r, str) else f"<{r.fact.rpartition('.')[2]}{'' if r.part == 'value' else ' ' + r.part}>"
        for r in text
    )
