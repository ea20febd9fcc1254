"""Shares of 100 stacked: which dates are a whole, where each share ends, which dates are drawn."""

from __future__ import annotations

from datetime import date

from barograph.report.blocks import ShareChart
from barograph.report.charts.thinning import MOST, spread, thin

#: A date and the upper edges of its shares, per cent of the whole; the uppermost is 100.
Row = tuple[date, tuple[float, ...]]


def percent(value: float | None) -> float | None:
    """A share of 100, None where it is none; the last digits of a calculation may lie beyond its ends."""
    return min(max(value, 0.0), 100.0) if value is not None and -1e-6 <= value <= 100.0 + 1e-6 else None


def stacked(chart: ShareChart) -> list[tuple[date, tuple[float, ...] | None]]:
    """Each date with the upper edges of its shares, closed at 100; None where the shares are no whole."""
    out: list[tuple[date, tuple[float, ...] | None]] = []
    columns = [values for _, _, values in chart.shares]
    for when, *row in zip(chart.dates, *columns, strict=True):
        known = [v for v in map(percent, row) if v is not None]
        total = sum(known)
        if not known or len(known) < len(row) or abs(total - 100.0) > 1.0:
            out.append((when, None))
            continue
        edges = [100.0 * sum(known[: k + 1]) / total for k in range(len(known) - 1)]
        out.append((when, (*edges, 100.0)))
    return out


def runs_of(chart: ShareChart) -> list[list[Row]]:
    """Stretches without a gap, thinned to at most 120 dates with the last one kept."""
    runs: list[list[Row]] = [[]]
    for when, edges in stacked(chart):
        if edges is None:
            runs.append([])
        else:
            runs[-1].append((when, edges))
    runs = [run for run in runs if run]
    rows = [row for run in runs for row in run]
    if len(rows) < 2:
        return runs
    # The thick seam is what the chart is about, so its turns decide what stays.
    seam = max(0, min(chart.boundary, len(chart.shares)) - 1)
    ends = [run[i][0] for run in runs for i in (0, -1)]
    kept = [when for when, _ in thin([r[0] for r in rows], [r[1][seam] for r in rows], ends)]
    chosen = {kept[i] for i in spread(len(kept), MOST)}
    runs = [[row for row in run if row[0] in chosen] for run in runs]
    return [run for run in runs if run]
