"""One rule run on invented facts."""

from __future__ import annotations

from dataclasses import replace

import invented_page
from barograph.core.estimate import Fact, Finding
from barograph.findings import rules

GOLDEN = invented_page.golden()
CONTEXT = invented_page.context()


def run(name: str, facts: dict[str, Fact], previous: dict[str, Fact] | None = None) -> list[Finding]:
    out = rules()[name].apply(facts, previous or {}, CONTEXT)
    assert all(isinstance(o, Finding) for o in out)
    return out  # type: ignore[return-value]


def changed(id_: str, value: float | str | None, facts: dict[str, Fact] = GOLDEN) -> dict[str, Fact]:
    state = "insufficient" if value is None else "ok"
    return facts | {id_: replace(facts[id_], value=value, state=state)}
