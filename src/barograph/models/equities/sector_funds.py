"""Sector weights and returns from funds, where no holdings of the session before are on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from barograph.core.estimate import Input
from barograph.core.units import SECTORS
from barograph.models.assets import ASSETS
from barograph.models.equities.constituents import SECTOR, WEIGHT, keys_of, lineage, sector_of, value_on
from barograph.models.history import SessionView

SLUGS: tuple[str, ...] = tuple(sorted(SECTORS.values()))
_FUNDS = {a.slug: a for a in ASSETS if a.prefix.startswith("equity.us.sector_etf.")}


@dataclass(frozen=True, slots=True)
class FundRow:
    """A sector by its fund: weight as a share of one at the close before, return of the session in per cent."""

    weight: float
    change: float
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class FundSplit:
    """Sectors by fund; `covered` is the weight of the sectors present, `weights_on` the day of the holdings."""

    rows: dict[str, FundRow]
    covered: float
    weights_on: date


#: Why there are no weights to carry.
NO_HOLDINGS = "no holdings on record"


def by_funds(seen: SessionView, last_days: int) -> FundSplit | str:
    """Sector weights of the last dated holdings, carried to the close before by the funds' returns; or why not.

    w_s(t) is proportional to w_s(F) P_s(t)/P_s(F), P adjusted for splits and dividends, F the day of the holdings. A
    sector whose fund lacks a price keeps its weight of F in the sum and gets no row.
    """
    before = seen.previous
    held = {k: p for k in keys_of(seen) if len(p := seen.member(WEIGHT, k).upto(before))}
    if not held:
        return NO_HOLDINGS
    day: date = max(p.periods[-1] for p in held.values()).item()
    if (seen.session - day).days > last_days:
        return f"the last holdings on record are of {day}"
    base = dict.fromkeys(SLUGS, 0.0)
    unnamed = 0.0
    members: dict[str, list[str]] = {s: [] for s in SLUGS}
    for key in held:
        weight = value_on(seen, WEIGHT, key, day)
        if weight is None:
            continue
        sector = sector_of(seen, key, day)
        if sector:
            base[sector] += weight
            members[sector].append(key)
        else:
            unnamed += weight
    drifted, changes = {}, {}
    for slug, asset in _FUNDS.items():
        if base[slug] == 0.0 or asset.series[0] not in seen.view.catalog:
            continue
        history = seen.history(asset)
        today = history.change(1)
        then = history.value_of(day)
        if today is None or then is None or today[1] != before:
            continue
        drifted[slug] = base[slug] * float(history.values[-2]) / then
        changes[slug] = today[0]
    if not drifted:
        return f"no sector fund has a price of {seen.session} and of {before}"
    total = sum(drifted.values()) + unnamed + sum(w for s, w in base.items() if s not in drifted)
    rows = {}
    for slug in drifted:
        inputs = seen.inputs(_FUNDS[slug], day, seen.session)
        inputs += lineage(seen, members[slug], day, day, (WEIGHT, SECTOR))
        rows[slug] = FundRow(drifted[slug] / total, changes[slug], inputs)
    return FundSplit(rows, sum(r.weight for r in rows.values()), day)
