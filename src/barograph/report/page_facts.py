"""Facts about the page itself: how old its inputs are, what closes its printed columns, how far its conditions are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from barograph.core.estimate import Fact, Finding
from barograph.findings import Context
from barograph.findings.freshness import freshness_facts
from barograph.findings.invalidations import chance_of, edge_facts
from barograph.report.format import closing

ATTRIBUTION = "equity.us.attribution"
SECTORS, SEVEN, USER = "equity.us.sector", "megacap.us", "equity.user"
BRINSON, TILT = "equity.us.brinson", "equity.us.tilt"
#: Spans of several sessions, as the model `attribution_windows` names them.
LINKED = ("5d", "mtd", "qtd")
#: Axes of the regime whose inputs stand in a table, and how many of them it names.
AXES, NAMED = ("growth", "inflation", "liquidity"), 8


def page_facts(facts: Mapping[str, Fact], context: Context) -> tuple[Fact, ...]:
    """Freshness counts, and what makes printed columns add up: of the attribution, and of the axes' inputs."""
    return (*freshness_facts(facts, context), *_closing_facts(facts), *_others(facts))


def named_inputs(facts: Mapping[str, Fact], axis: str) -> list[str]:
    """The inputs of an axis that its table names: those that moved it most over three months, largest first."""
    head = f"regime.us.{axis}.contribution_3m."
    found = [(abs(facts[i].number), i.removeprefix(head)) for i in facts if i.startswith(head) and _has(facts, i)]
    return [slug for _, slug in sorted(found, reverse=True)[:NAMED]]


def _others(facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
    """What the named inputs of each axis lack of its printed change and level: the inputs not named, and rounding."""
    out = []
    for axis in AXES:
        a, named = f"regime.us.{axis}", named_inputs(facts, axis)
        for total, kind, end in (("change_3m", "contribution_3m", "_3m"), ("level", "contribution", "")):
            ids = [f"{a}.{kind}.{slug}" for slug in named]
            out.append(_closed(facts, facts.get(f"{a}.{total}"), ids, f"{a}.others_printed{end}", "sigma"))
    return tuple(f for f in out if f is not None)


def _closing_facts(facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
    index = facts.get("equity.us.spx.return_1d")
    out: list[Fact | None] = []
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
        gap = _gap(facts, total, SECTORS, "contribution_1d", f"{ATTRIBUTION}.gap_printed")
        out += [total, gap] if gap is not None else []
    for span in LINKED:
        whole = facts.get(f"{ATTRIBUTION}.index_{span}")
        out.append(_gap(facts, whole, SECTORS, f"contribution_{span}", f"{ATTRIBUTION}.gap_printed_{span}"))
    for span in ("1d", *LINKED):
        active, told = facts.get(f"{BRINSON}.active_{span}"), _has(facts, f"{BRINSON}.selection_{span}")
        effects = ("allocation", "selection", "interaction") if told else ("allocation", "within")
        names = [f"{BRINSON}.{e}_{span}" for e in effects]
        out.append(_closed(facts, active, names, f"{BRINSON}.gap_printed_{span}"))
        gap = facts.get(f"equity.us.cyclicals_minus_defensives.return_{span}")
        names = [f"{TILT}.{e}_{span}" for e in ("rates", "credit", "unexplained")]
        out.append(_closed(facts, gap, names, f"{TILT}.gap_printed_{span}"))
    out.append(_gap(facts, facts.get(f"{SEVEN}.contribution_1d"), SEVEN, "contribution_1d", f"{SEVEN}.gap_printed"))
    return tuple(f for f in out if f is not None) + _universes(facts)


def _has(facts: Mapping[str, Fact], id_: str) -> bool:
    return id_ in facts and facts[id_].value is not None


def _gap(facts: Mapping[str, Fact], total: Fact | None, prefix: str, measure: str, name: str) -> Fact | None:
    """What the printed column of `prefix.<one>.measure` lacks of its printed total; None without either."""
    ids = [i for i in sorted(facts) if i.startswith(f"{prefix}.") and i.endswith(f".{measure}")]
    ids = [i for i in ids if facts[i] is not total]
    return _closed(facts, total, ids, name)


def _closed(
    facts: Mapping[str, Fact], total: Fact | None, ids: Iterable[str], name: str, unit: str = "pp"
) -> Fact | None:
    """What the printed facts lack of the printed total; None where the total or all of them have no value."""
    parts = [facts[i] for i in ids if _has(facts, i)]
    if total is None or total.value is None or not parts:
        return None
    return Fact(
        name,
        closing(total, parts),
        unit,
        period=total.period,
        known_at=max((f.known_at for f in (total, *parts) if f.known_at), default=None),
        known_basis=total.known_basis,
        lineage=tuple(dict.fromkeys(i for f in parts for i in f.lineage)),
    )


def _universes(facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
    """The same for users' universes: by group where there are groups, else by member."""
    out = []
    for id_ in sorted(facts):
        head, _, span = id_.rpartition(".return_")
        if not head.startswith(f"{USER}."):
            continue
        kind = "group" if any(i.startswith(f"{head}.group.") for i in facts) else "member"
        total = facts.get(f"{head}.index_{span}") or facts[id_]
        total = total if total.value is not None else facts[id_]
        gap = _gap(facts, total, f"{head}.{kind}", f"contribution_{span}", f"{head}.gap_printed_{span}")
        if gap is not None:
            out.append(gap)
    return tuple(out)


def condition_facts(findings: Iterable[Finding], facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
    """The parts of today's conditions and of those written a session ago: edge, distance, and how often such a claim
    goes wrong."""
    out: list[Fact] = []
    for finding in findings:
        if finding.rule == "invalidations":
            chance = chance_of(finding.tags[1], facts) if finding.tags[0] == "watch" else None
            out.extend(edge_facts(finding, facts, chance))
    return tuple(out)
