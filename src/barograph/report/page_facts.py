"""Facts about the page itself: how old its inputs are, what closes its printed columns, how far its conditions are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from barograph.core.estimate import Fact, Finding
from barograph.findings import Context
from barograph.findings.freshness import freshness_facts
from barograph.report.format import closing

ATTRIBUTION = "equity.us.attribution"


def page_facts(facts: Mapping[str, Fact], context: Context) -> tuple[Fact, ...]:
    """Freshness counts, and the residual that makes the printed attribution column add up."""
    return (*freshness_facts(facts, context), *_closing_facts(facts))


def _closing_facts(facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
    index = facts.get("equity.us.spx.return_1d")
    parts = [
        f
        for i, f in sorted(facts.items())
        if i.startswith("equity.us.sector.") and i.endswith(".contribution_1d") and f.value is not None
    ]
    if index is None or index.value is None or not parts:
        return ()
    total = Fact(
        f"{ATTRIBUTION}.index",
        index.number,
        "pp",
        period=index.period,
        known_at=index.known_at,
        known_basis=index.known_basis,
        lineage=index.lineage,
    )
    rounding = Fact(
        f"{ATTRIBUTION}.gap_printed",
        closing(total, parts),
        "pp",
        period=index.period,
        known_at=max((f.known_at for f in (index, *parts) if f.known_at), default=None),
        known_basis=index.known_basis,
        lineage=tuple(dict.fromkeys(i for f in parts for i in f.lineage)),
    )
    return (total, rounding)


def distance_facts(findings: Iterable[Finding], facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
    """`invalidation.<section>.distance`: how far the watched fact stands from its condition, in standard deviations of
    one session (negative: beyond it)."""
    out = []
    for finding in findings:
        if finding.rule != "invalidations" or "no_sd" in finding.tags or not finding.facts:
            continue
        base = facts[finding.facts[0]]
        out.append(
            Fact(
                f"{finding.id}.distance",
                -finding.rank,
                "sigma",
                period=base.period,
                known_at=base.known_at,
                known_basis=base.known_basis,
                window="252 sessions",
                lineage=base.lineage,
            )
        )
    return tuple(out)
