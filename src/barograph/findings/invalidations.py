"""What would prove each section's reading wrong: a threshold frozen by a rule, and what became of yesterday's.

The rules, one per section (docs/decisions/007-words-and-thresholds.md and 022-what-a-condition-contradicts.md):

summary      the S&P 500 closes outside its 80 % next-session range
curve        the same for the 10-year yield
credit       IG OAS widens beyond the model's 95 % quantile of five sessions; without one it crosses its 5-year average, or
             moves 2 sd of 20-session changes to that side if that is nearer
attribution  breadth passes to the other side of one half
momentum     the 21-session return of the S&P 500 changes sign
regime       growth is likelier than a label needs to go against the label; without a label the side of one half on which
             P(growth up) lies changes (else the last payroll change changes sign)
liquidity    net liquidity's change over 13 weeks changes sign
premium      the excess CAPE yield (else the real yield gap, else the implied premium) crosses its 20-year median, or moves 2 sd
             of 20-session changes to that side if that is nearer
positioning  leveraged funds' net position in E-mini S&P 500 futures (else the noncommercials') changes sign
megacaps     the average correlation of the seven passes to the other side of the middle of its three years
sensitivity  the S&P 500's beta to the real yield, filtered, changes sign

Thresholds are rounded away from the level at the precision of the unit. Nothing is adjusted by hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from barograph.core.estimate import Fact, Finding
from barograph.findings._claims import BAND_EDGE
from barograph.findings._names import name_of
from barograph.findings._protocol import Context, Facts, Outcome, known, label, number
from barograph.findings._reading import ref, session_sd
from barograph.findings._thresholds import CANCEL_SDS, LABEL_ABOVE
from barograph.findings.condition import Condition, Op, evaluate, parse
from barograph.findings.statements import LEVEL as RANGE_LEVEL

#: What has to be said with a figure that is no level.
_MEASURE = {
    "return_21d": " over 21 sessions",
    "change_1m": " over the month",
    "change_13w": " over 13 weeks",
    "p_up": ", probability of a rise",
    "percentile_3y": ", rank in three years",
}
_DECIMALS = {"bp": 0, "index": 0, "percent": 2, "points": 2, "thousands": 0, "pp": 2, "contracts": 0, "usd_bn": 0}


def _rounded(threshold: float, unit: str, *, up: bool) -> float:
    scale = 10.0 ** _DECIMALS.get(unit, 2)
    # The tenth decimal keeps 4.18 * 100 = 418.00000000000006 from being lifted to 419.
    scaled = round(threshold * scale, 9)
    return (math.ceil(scaled) if up else math.floor(scaled)) / scale


def _away(fact: str, unit: str, threshold: float, *, up: bool) -> Condition:
    """A condition above (`up`) or below the level, its number rounded away from the level."""
    op: Op = ">" if up else "<"
    return Condition(fact, op, _rounded(threshold, unit, up=up), unit)


def _outside_range(facts: Facts, asset: str, prefix: str) -> Condition | None:
    level = known(facts, f"{prefix}.level")
    low, high = known(facts, f"range.{asset}.low"), known(facts, f"range.{asset}.high")
    if level is None or low is None or high is None or low.unit != level.unit or not low.number < high.number:
        return None
    ends = _rounded(low.number, low.unit, up=False), _rounded(high.number, high.unit, up=True)
    return Condition(level.id, "outside", ends[0], level.unit, ends[1])


def summary(facts: Facts) -> Condition | None:
    """The index against its range."""
    return _outside_range(facts, "spx", "equity.us.spx")


def curve(facts: Facts) -> Condition | None:
    """The 10-year yield against its range."""
    return _outside_range(facts, "us10y", "curve.us.10y")


def credit(facts: Facts) -> Condition | None:
    """The spread against the model's band, else its average, or two trailing deviations if that is nearer."""
    prefix = "credit.us.ig.oas"
    level, mean = number(facts, f"{prefix}.level"), number(facts, f"{prefix}.avg_5y")
    wider = number(facts, BAND_EDGE)
    if level is not None and wider is not None:
        return _away(f"{prefix}.level", facts[f"{prefix}.level"].unit, level + wider, up=True)
    if level is None or mean is None:
        return None
    up, threshold = level <= mean, mean
    sd = number(facts, f"{prefix}.sd_20d")
    if sd is not None:
        edge = level + CANCEL_SDS * sd * (1.0 if up else -1.0)
        threshold = min(mean, edge) if up else max(mean, edge)
    return _away(f"{prefix}.level", facts[f"{prefix}.level"].unit, threshold, up=up)


def _other_side(facts: Facts, id_: str, middle: float) -> Condition | None:
    fact = known(facts, id_)
    if fact is None or isinstance(fact.value, str):
        return None
    return Condition(id_, "<" if fact.number >= middle else ">", middle, fact.unit)


def attribution(facts: Facts) -> Condition | None:
    """Breadth against one half."""
    return _other_side(facts, "equity.us.breadth.advancing", 50.0)


def momentum(facts: Facts) -> Condition | None:
    """The fast speed against zero."""
    return _other_side(facts, "momentum.spx.return_21d", 0.0)


def regime(facts: Facts) -> Condition | None:
    """P(growth up) against the label's growth, else the side of one half on which it lies, else the sign of the last
    payroll (else unemployment) change."""
    up, label_ = known(facts, "regime.us.growth.p_up"), (label(facts, "regime.us.label") or "").replace("_", " ")
    if up is not None and label_.startswith(("growth up", "growth down")):
        # A label outlasts a probability that crosses one half; what contradicts it is what would give another one.
        down = label_.startswith("growth down")
        return Condition(up.id, ">" if down else "<", LABEL_ABOVE if down else 100.0 - LABEL_ABOVE, up.unit)
    if (found := _other_side(facts, "regime.us.growth.p_up", 50.0)) is not None:
        return found
    for id_ in ("macro.us.payrolls.change_1m", "macro.us.unemployment_rate.change_1m"):
        if (found := _other_side(facts, id_, 0.0)) is not None:
            return found
    return None


def liquidity(facts: Facts) -> Condition | None:
    """The change of net liquidity over 13 weeks against zero."""
    id_ = "liquidity.us.net.change_13w"
    return _other_side(facts, id_, 0.0) if id_ in facts and facts[id_].state == "ok" else None


def positioning(facts: Facts) -> Condition | None:
    """Leveraged funds' net position in index futures (else the noncommercials') against zero."""
    for id_ in ("positioning.us.es.leveraged.net", "positioning.us.es.noncommercial.net"):
        fresh = id_ in facts and facts[id_].state == "ok"  # an old report is no level to watch tonight
        if fresh and (found := _other_side(facts, id_, 0.0)) is not None:
            return found
    return None


def megacaps(facts: Facts) -> Condition | None:
    """The rank of the seven's average correlation against the middle."""
    return _other_side(facts, "megacap.us.correlation_63d.percentile_3y", 50.0)


def equity_premium(facts: Facts) -> Condition | None:
    """The first method that has a value against its own median, or two trailing deviations if that is nearer."""
    for method in ("excess_cape_yield", "real_yield_gap", "damodaran"):
        id_ = f"erp.us.{method}"
        value, median = number(facts, id_), number(facts, f"{id_}.median_20y")
        if value is None or median is None:
            continue
        up, sd = value <= median, number(facts, f"{id_}.sd_20d")
        edge = median if sd is None else value + CANCEL_SDS * sd / 100.0 * (1.0 if up else -1.0)
        return _away(id_, facts[id_].unit, min(median, edge) if up else max(median, edge), up=up)
    return None


def sensitivity(facts: Facts) -> Condition | None:
    """The S&P 500's beta to the real yield against zero."""
    id_ = "sensitivity.spx.real10y.kalman.beta"
    return _other_side(facts, id_, 0.0) if id_ in facts and facts[id_].state == "ok" else None


#: Section slug -> the frozen rule that writes its condition.
RULES: dict[str, Callable[[Facts], Condition | None]] = {
    "summary": summary,
    "curve": curve,
    "credit": credit,
    "attribution": attribution,
    "momentum": momentum,
    "regime": regime,
    "liquidity": liquidity,
    "positioning": positioning,
    "megacaps": megacaps,
    "equity_premium": equity_premium,
    "sensitivity": sensitivity,
}


def condition_of(section: str, facts: Facts) -> Condition | None:
    """The condition of a section on these facts; None when a fact it needs is missing or the section has no rule."""
    rule = RULES.get(section)
    return rule(facts) if rule else None


def _subject(condition: Condition) -> str:
    prefix = condition.fact.rpartition(".")[0]
    return name_of(condition.fact if condition.fact.startswith(("equity.us.breadth", "erp.us.")) else prefix)


def subject_of(condition: Condition) -> str:
    """What a condition is about, in words: `S&P 500`, `breadth`, `payrolls over the month`."""
    return _subject(condition) + _MEASURE.get(condition.fact.rpartition(".")[2], "")


def chance_of(section: str, facts: Facts) -> tuple[float, str] | None:
    """How often a claim of a section goes wrong by the rule that made it, per cent, and by when; None where no rule of
    the page says."""
    if section in ("summary", "curve"):
        return 100.0 * (1.0 - RANGE_LEVEL), "1 session"
    return (5.0, "5 sessions") if section == "credit" and known(facts, BAND_EDGE) else None


def edge_facts(finding: Finding, facts: Facts, chance: tuple[float, str] | None) -> tuple[Fact, ...]:
    """A condition's parts as facts: `<finding>.distance`, `<finding>.edge.<watched fact>`, `<finding>.probability`."""
    if not finding.facts:
        return ()
    base, condition = facts[finding.facts[0]], parse(finding.wrong_if)

    def made(name: str, value: float, unit: str, window: str | None, *ends: float) -> Fact:
        low, high = ends or (None, None)
        known_ = {"period": base.period, "known_at": base.known_at, "known_basis": base.known_basis}
        return Fact(f"{finding.id}.{name}", value, unit, low, high, window=window, lineage=base.lineage, **known_)  # type: ignore[arg-type]

    low, high = condition.threshold, condition.upper
    ends = () if high is None else (low, high)
    nearest = low if high is None or base.number - low < high - base.number else high
    out = [made(f"edge.{condition.fact}", nearest, condition.unit, base.window, *ends)]
    if "no_sd" not in finding.tags:
        out.append(made("distance", -finding.rank, "sigma", "252 sessions"))
    if chance is not None:
        out.append(made("probability", chance[0], "percent", chance[1]))
    return tuple(out)


@dataclass(frozen=True)
class Invalidations:
    """Per section a finding tagged `watch` (written today) and one tagged `fired`, `held` or `undecided` (written on
    the session before, judged today). `rank` is minus the distance in standard deviations of one session: what fired
    comes first, then what is nearest; the tag `no_sd` says that no deviation is known and rank is 0 or, fired, 1."""

    name: str = "invalidations"

    def apply(self, facts: Facts, previous: Facts, context: Context) -> list[Outcome]:
        """The same frozen rule writes both conditions, so yesterday's cannot have been moved."""
        out: list[Outcome] = []
        for section in RULES:
            today = condition_of(section, facts)
            if today is not None:
                out.append(self._judge(section, today, facts, "watch"))
            before = condition_of(section, previous)
            if before is not None:
                out.append(self._judge(section, before, facts, "previous"))
        return out

    def _judge(self, section: str, condition: Condition, facts: Facts, kind: str) -> Finding:
        verdict = evaluate(condition, facts, session_sd(facts, condition.fact))
        state = "undecided" if verdict.fired is None else "fired" if verdict.fired else "held"
        tags = [kind if kind == "watch" else state, section]
        if verdict.sigmas is None:
            tags.append("no_sd")
        rank = -verdict.sigmas if verdict.sigmas is not None else float(verdict.fired is True)
        shown = (condition.fact,) if known(facts, condition.fact) else ()
        measure = _MEASURE.get(condition.fact.rpartition(".")[2], "")
        subject = _subject(condition)
        text = f"{subject} {ref(condition.fact)}{measure}" if shown else f"no value: {subject}"
        id_ = f"invalidation.{section}" + ("" if kind == "watch" else ".previous")
        return Finding(self.name, id_, text, shown, wrong_if=str(condition), rank=rank, tags=tuple(tags))


RULE = Invalidations()
