"""Scores of the growth axis against recessions and of the GDP nowcast against first figures, real time and revised."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from barograph.catalog.nber import in_recession, recessions
from barograph.core.errors import InputError
from barograph.core.time import DAY_END, NEW_YORK, new_york, sessions
from barograph.models._scores import (
    auroc,
    bootstrap_auroc,
    brier,
    calibration,
)
from barograph.models.macro._gdp_forecast import BUCKETS, GDP, OFFSETS, first_figure
from barograph.models.macro.gdp_nowcast import GdpNowcast
from barograph.models.macro.growth import Growth
from barograph.run.estimation import Estimation
from barograph.run.replaying import Tell, forecast_row, month_ends
from barograph.run.revised_view import RevisedView

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.models._protocol import Model
    from barograph.run.api import Record

#: The bucket whose coverage and errors stand at the head of the table: the last month of the quarter.
HEAD = 2
#: Sessions looked at after a turning point before its call counts as missed.
PATIENCE = 500
LEVEL, P_BELOW, P_UP = (f"regime.us.growth.{k}" for k in ("level", "p_below", "p_up"))


def score_growth(record: Record, first: date, last: date, tell: Tell | None = None) -> dict[str, Any]:
    """AUROC, Brier score, latency and switches of the growth axis; errors and coverage of the GDP nowcast.

    Each on what could be known, and once more on the values of the last view: the difference is what revisions would have
    given away.
    """
    end = record.as_of(last.isoformat())
    made: dict[str, Any] = {"model": "growth", "from": first.isoformat(), "to": last.isoformat()}
    instants = month_ends(first, last)
    real = _scores(record, end, instants, tell, revised=False)
    made |= {k: v for k, v in real.items() if not isinstance(v, (dict, list))}
    made["share_by_known_basis"] = basis_shares(end, instants[len(instants) // 2 :: 12] or instants)
    made |= {k: v for k, v in real.items() if isinstance(v, (dict, list))}
    made["revised"] = _scores(record, end, instants, tell, revised=True)
    return made


def _scores(
    record: Record, end: AsOf, instants: Sequence[datetime], tell: Tell | None, *, revised: bool
) -> dict[str, Any]:
    kind = "revised values" if revised else "real time"
    view = cast("AsOf", RevisedView(end, end)) if revised else end

    def heard(what: str) -> Any:
        return None if tell is None else lambda done, total: tell(f"{what}, {kind}", done, total)

    growth, nowcast = cast("Model", Growth()), cast("Model", GdpNowcast())
    threshold = Growth().threshold
    said = Estimation(record.archive.states, heard("growth axis")).record([growth], view, instants)
    kept = [(t, s) for t, s in zip(instants, said, strict=True) if _number(s, LEVEL) is not None]
    if len(kept) < 24:
        raise InputError(
            "the scores of growth",
            f"{len(kept)} months with an estimate",
            "two years of them",
            "Fill the archive first.",
        )
    level = np.array([_number(s, LEVEL) for _, s in kept], dtype=float)
    below = np.array([_number(s, P_BELOW) for _, s in kept], dtype=float) / 100.0
    label = np.array([in_recession(t.astimezone(NEW_YORK).date()) for t, _ in kept])
    out: dict[str, Any] = {"n": len(kept), "recession_months": int(label.sum())}
    if 0 < label.sum() < label.size:
        low, high = bootstrap_auroc(-level, label)
        parts = calibration(below, label)
        out |= {"auroc": auroc(-level, label), "auroc_low": low, "auroc_high": high}
        out |= {"brier": brier(below, label), "brier_of_base_rate": parts.uncertainty}
        out |= {"miscalibration": parts.miscalibration, "discrimination": parts.discrimination}
    up = [(_number(s, P_UP) or 0.0) > 50.0 for _, s in kept]
    out["switches_per_year"] = 12.0 * sum(a != b for a, b in pairwise(up)) / max(len(up) - 1, 1)
    turns = _latency(Estimation(record.archive.states, heard("turning points")), growth, threshold, view, instants)
    days = [t["days"] for t in turns if t["days"] is not None]
    out["latency_days"] = float(np.median(days)) if days else None
    gdp = _nowcasts(Estimation(record.archive.states, heard("nowcasts of GDP")), nowcast, view, end, instants)
    head = next((row for row in gdp if row["bucket"] == BUCKETS[HEAD]), None)
    out["coverage70"] = None if head is None else head["coverage70"]
    out["rmse_ratio_ar1"] = None if head is None else head["rmse_ratio_ar1"]
    return out | {"turning_points": turns, "gdp": gdp}


def _number(said: Mapping[str, Mapping[str, Any]], id_: str) -> float | None:
    value = said.get(id_, {}).get("value")
    return value if isinstance(value, float) else None


def _latency(
    estimation: Estimation, growth: Model, threshold: float, view: AsOf, instants: Sequence[datetime]
) -> list[dict[str, Any]]:
    """Per turning point the days from the first day of the new phase to the first session on which the level says so."""
    first, last = (t.astimezone(NEW_YORK).date() for t in (instants[0], instants[-1]))
    turns = [(r.peak, "recession began") for r in recessions()] + [(r.trough, "recession ended") for r in recessions()]
    out = []
    for month, what in sorted(turns):
        begin = (month + timedelta(32)).replace(day=1)
        if begin < first or begin > last:
            continue
        days = sessions("NYSE", begin, min(begin + timedelta(int(PATIENCE * 1.5)), last))[:PATIENCE]
        called: int | None = None
        # A few weeks at a time: most turns are called long before the patience ends.
        for at in range(0, len(days), 20):
            part = [new_york(d, DAY_END) for d in days[at : at + 20]]
            said = estimation.record([growth], view, part)
            hits = [
                d
                for d, s in zip(days[at : at + 20], said, strict=True)
                if (v := _number(s, LEVEL)) is not None and (v < threshold) == (what == "recession began")
            ]
            if hits:
                called = (hits[0] - begin).days
                break
        out.append({"what": what, "from": begin.isoformat(), "days": called})
    return out


def _nowcasts(
    estimation: Estimation, model: Model, view: AsOf, end: AsOf, instants: Sequence[datetime]
) -> list[dict[str, Any]]:
    """Per distance to the quarter's end: errors against the first figure, beside those of an AR(1) and a random walk."""
    first, last = instants[0], instants[-1]
    rows: dict[int, list[tuple[float, float, float, bool]]] = {b: [] for b in range(len(OFFSETS))}
    quarters = [q for q in end.series(GDP).periods.tolist() if q >= first.astimezone(NEW_YORK).date()]
    wanted: list[tuple[date, int, datetime]] = []
    actual: dict[date, float] = {}
    for quarter in quarters:
        figure = first_figure(end, quarter)
        if figure is None:
            continue
        actual[quarter] = figure[1]
        close = _close_of(quarter)
        for bucket, offset in enumerate(OFFSETS):
            when = new_york(close + timedelta(offset), DAY_END)
            if first <= when < min(figure[0], last):
                wanted.append((quarter, bucket, when))
    said = estimation.record([model], view, [w for _, _, w in wanted])
    for (quarter, bucket, when), estimate in zip(wanted, said, strict=True):
        head = next(
            (
                h
                for h in ("nowcast.us.gdp", "nowcast.us.gdp.next")
                if estimate.get(f"{h}.point", {}).get("period") == quarter.isoformat()
            ),
            None,
        )
        if head is None:
            continue
        point, low, high = (_number(estimate, f"{head}.{k}") for k in ("point", "q15", "q85"))
        simple = _simple(view.at(when), quarter)
        if point is None or low is None or high is None or simple is None:
            continue
        truth = actual[quarter]
        rows[bucket].append((truth - point, truth - simple[0], truth - simple[1], low <= truth <= high))
    named = ("ar1", "walk")
    return [{"bucket": BUCKETS[b]} | forecast_row(made, named) for b, made in rows.items() if len(made) > 7]


def _simple(view: AsOf, quarter: date) -> tuple[float, float] | None:
    """What an AR(1) on the last 40 quarters and the last growth known forecast for a quarter, per cent annualised."""
    points = view.series(GDP)
    if len(points) < 42:
        return None
    growth = 100.0 * ((points.values[1:] / points.values[:-1]) ** 4 - 1.0)
    ahead = round((quarter - points.periods[-1].item()).days / 91.3)
    x, y = growth[-41:-1], growth[-40:]
    slope, level = np.polyfit(x, y, 1)
    forecast = float(growth[-1])
    for _ in range(max(ahead, 1)):
        forecast = level + slope * forecast
    return float(forecast), float(growth[-1])


def _close_of(quarter: date) -> date:
    return date(quarter.year + (quarter.month > 9), (quarter.month + 2) % 12 + 1, 1) - timedelta(1)


def basis_shares(end: AsOf, instants: Sequence[datetime]) -> dict[str, float]:
    """Share of the inputs by how their knowledge time is known, per cent, over instants and series.

    A revising series whose vintages were never once revised is no record of vintages: it counts as assumed.
    """
    counts: Counter[str] = Counter()
    for series_id in Growth().needs():
        if series_id not in end.catalog:
            continue
        row = end.catalog[series_id]
        frozen = row.revises and not _ever_revised(end, series_id)
        for when in instants:
            points = end.at(when).series(series_id)
            if len(points):
                bases = points.tail(24).bases
                counts["assumed" if frozen else bases[-1]] += 1
    total = sum(counts.values())
    return {basis: 100.0 * n / total for basis, n in counts.most_common()} if total else {}


def _ever_revised(end: AsOf, series_id: str) -> bool:
    """Whether any period of the last ten years but one has had two values."""
    middle = end.at(end.known_at - timedelta(365))
    then, now = middle.series(series_id), end.series(series_id)
    start = (end.known_at - timedelta(3650)).date()
    old = then.between(start, middle.day - timedelta(45))
    values = dict(zip(now.periods.tolist(), now.values.tolist(), strict=True))
    pairs = zip(old.periods.tolist(), old.values.tolist(), strict=True)
    return any(not math.isclose(values.get(d, v), v, rel_tol=1e-12) for d, v in pairs)
