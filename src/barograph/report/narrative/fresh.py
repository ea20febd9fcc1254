"""What came since the session before: prints and reports of a new period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from barograph.core.estimate import Fact
from barograph.findings._names import name_of
from barograph.findings._protocol import number
from barograph.report.blocks import Ref, Text
from barograph.report.narrative.runs import join
from barograph.report.narrative.setting import Setting

#: More new prints than this are not named.
NAMED = 4


def fresh_prints(facts: Mapping[str, Fact], setting: Setting) -> list[Text]:
    """`new: CPI 324.37 (Sep 2025)`, `no new print`, or nothing where no print is known."""
    ids = _known(facts, "macro.", ".latest")
    fresh = [i for i in ids if _is_new(facts[i], setting.previous.get(i))]
    if not ids or not fresh:
        return [("no new print",)] if ids else []
    items: list[Text] = [
        (f"{name_of(i.rpartition('.')[0])} ", Ref(i), " (", Ref(i, "period"), ")") for i in fresh[:NAMED]
    ]
    return [("new: ", *join(items))]


def regime_moved(facts: Mapping[str, Fact], setting: Setting) -> list[Text]:
    """A label that changed, and the nowcast of GDP with its change since the session before."""
    out: list[Text] = []
    id_ = "regime.us.label"
    now, before = facts.get(id_), setting.previous.get(id_)
    if now is not None and now.value is not None and before is not None and before.value not in (None, now.value):
        out.append(("the label is now ", Ref(id_)))
    point, change = "nowcast.us.gdp.point", "nowcast.us.gdp.change_1d"
    if number(facts, point) is not None and number(facts, change) is not None:
        out.append(("GDP nowcast ", Ref(point), " for ", Ref(point, "period"), " (", Ref(change), ")"))
    return out


def liquidity_moved(facts: Mapping[str, Fact], setting: Setting) -> list[Text]:
    """A balance sheet of a new week with its change over 13 weeks, or that there is none; a zone of reserves that changed."""
    net, zone = "liquidity.us.net.change_13w", "liquidity.us.reserves"
    out: list[Text] = []
    if number(facts, net) is not None:
        new = _is_new(facts[net], setting.previous.get(net))
        start = "new balance sheet; " if new else "no new balance sheet; "
        out.append((start, "net liquidity ", Ref(net), " over 13 weeks (", Ref(net, "period"), ")"))
    now, before = facts.get(zone), setting.previous.get(zone)
    if now is not None and now.value is not None and before is not None and before.value not in (None, now.value):
        out.append(("reserves are now ", Ref(zone)))
    return out


def seven_moved(facts: Mapping[str, Fact]) -> list[Text]:
    """What the seven and the rest gave to the index, the weight of the seven, their correlation."""
    named = (
        ("mega caps", "megacap.us.contribution_1d"),
        ("other members", "megacap.us.rest_contribution_1d"),
        ("weight of the mega caps", "megacap.us.top7_weight"),
        ("correlation of the mega caps", "megacap.us.correlation_63d"),
    )
    return [(f"{name} ", Ref(id_)) for name, id_ in named if number(facts, id_) is not None]


def fresh_reports(facts: Mapping[str, Fact], setting: Setting) -> list[Text]:
    """`new report, of Tue 23 Sep 2025`, `no new report`, or nothing where no report is known."""
    ids = _known(facts, "positioning.", ".net")
    fresh = [i for i in ids if _is_new(facts[i], setting.previous.get(i))]
    if not fresh:
        return [("no new report",)] if ids else []
    newest = max(fresh, key=lambda i: (facts[i].period or date.min, i))
    return [("new report, of ", Ref(newest, "period"))]


def _known(facts: Mapping[str, Fact], head: str, tail: str) -> list[str]:
    ids = [i for i in sorted(facts) if i.startswith(head) and i.endswith(tail)]
    return [i for i in ids if number(facts, i) is not None]


def _is_new(now: Fact, before: Fact | None) -> bool:
    return before is None or before.period != now.period
