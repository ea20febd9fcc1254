"""Facts about the page itself: how old its inputs are, what closes its printed columns, how far its conditions are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from barograph.core.estimate import Fact, Finding
from barograph.findings import Context
from barograph.findings.freshness import freshness_facts
from barograph.report.format import closing

ATTRIBUTION = "equity.us.attribution"
#: Spans of several sessions, as the model `attribution_windows` names them.
LINKED = ("5d", "mtd", "qtd")


def page_facts(facts: Mapping[str, Fact], context: Context) -> tuple[Fact, ...]:
    """Freshness counts, and the residual that makes the printed attribution column add up."""
    return (*freshness_facts(facts, context), *_closing_facts(facts))


def _closing_facts(facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
    index = facts.get("equity.us.spx.return_1d")
    out: list[Fact] = []
    if index is not None and index.value is not None:
        total = Fact(
            f"{ATTRIBUTION}.index",
            index.number,
            "pp",
            period=index.period,
            known_at=index.known_at,
            known_basis=index.known_basis,
            lineage=index.lineage,
        )
        gap = _gap(facts, total, "contribution_1d", "gap_printed")
        out += (total, gap) if gap is not None else ()
    for span in LINKED:
        whole = facts.get(f"{ATTRIBUTION}.index_{span}")
        if whole is not None and whole.value is not None:
            gap = _gap(facts, whole, f"contribution_{span}", f"gap_printed_{span}")
            out += (gap,) if gap is not None else ()
    return tuple(out)


def _gap(facts: Mapping[str, Fact], total: Fact, measure: str, name: str) -> Fact | None:
    """What the printed column of a measure of the sectors lacks of its printed total; None without the column."""
    parts = [
        f
        for i, f in sorted(facts.items())
        if i.startswith("equity.us.sector.") and i.endswith(f".{measure}") and f.value is not None
    ]
    if not parts:
        return None
    return Fact(
        f"{ATTRIBUTION}.{name}",
        closing(total, parts),
        "pp",
        period=total.period,
        known_at=max((f.known_at for f in (total, *parts) if f.known_at), default=None),
        known_basis=total.known_basis,
        lineage=tuple(dict.fromkeys(i for f in parts for i in f.lineage)),
    )


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
