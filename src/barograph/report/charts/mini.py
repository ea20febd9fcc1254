"""Mini-graphics of table cells. They hold no text and are hidden from screen readers: the number is in a cell beside.

Bars, tracks and strips are laid out in per cent of their cell, so nothing is ever scaled; the stroke stays 1 px.
"""

from __future__ import annotations

from collections.abc import Iterable

from barograph.report.blocks import Mini
from barograph.report.charts.svg import number, polyline

#: Beyond this many standard deviations the dot stands at the edge as a triangle.
Z_LIMIT = 3.0
_SPARK = (96, 24)


def extent(minis: Iterable[Mini]) -> tuple[float, float]:
    """The common scale of a column of bars, as shares of the scale's maximum: where it begins (<= 0) and ends (>= 0).

    All bars of a column share one zero, and no room is kept for a sign that does not occur; a scale that is fixed, which is
    that of bars with a least size, keeps its room on both sides so that one table may be held against another.
    """
    minis = list(minis)
    if any(m.kind == "bar" and len(m.values) > 2 for m in minis):
        return (-1.0, 1.0)
    shares = [
        max(-1.0, min(1.0, m.values[0] / m.values[1])) if m.values[1] else 0.0
        for m in minis
        if m.kind in ("bar", "residual")
    ]
    low, high = min([0.0, *shares]), max([0.0, *shares])
    return (low, high) if high > low else (0.0, 1.0)


def draw(mini: Mini, scale: tuple[float, float] = (0.0, 1.0)) -> str:
    """The SVG of a mini-graphic; `scale` is the column's extent for bars."""
    if mini.kind in ("bar", "residual"):
        return _bar(mini, scale)
    if mini.kind == "zdot":
        return _zdot(mini.values[0])
    if mini.kind == "percentile":
        return _percentile(mini.values[0])
    return _spark(mini.values)


def _svg(cls: str, inner: str) -> str:
    return f'<svg class="m {cls}" aria-hidden="true">{inner}</svg>'


def _bar(mini: Mini, scale: tuple[float, float]) -> str:
    value, most, *least = mini.values
    low, high = scale
    share = max(low, min(high, value / most if most else 0.0))
    zero = 100.0 * -low / (high - low)
    end = 100.0 * (share - low) / (high - low)
    left, width = min(zero, end), abs(end - zero)
    if least and abs(value) < least[0]:
        return _svg("bar", f'<line class="tick" x1="{number(zero)}%" x2="{number(zero)}%" y1="4" y2="14"/>')
    cls = "res" if mini.kind == "residual" else "pos" if value >= 0 else "neg"
    bar = f'<rect class="{cls}" x="{number(left)}%" y="3" width="{number(width)}%" height="12"/>'
    return _svg("bar", f'{bar}<line class="axis" x1="{number(zero)}%" x2="{number(zero)}%" y1="0" y2="18"/>')


def _zdot(z: float) -> str:
    at = 50.0 + 46.0 * max(-Z_LIMIT, min(Z_LIMIT, z)) / Z_LIMIT
    # Tone says how rare: the ordinary is grey, so that a quiet day looks quiet.
    tone = "z0" if abs(z) < 1.0 else "z1" if abs(z) <= 2.0 else "z2"
    x = number(at)
    # The track, the same in each cell, is drawn once on the page: symbols `zt` and `pt`.
    parts = [
        '<use href="#zt"/>',
        f'<line class="{tone} stem" x1="50%" x2="{x}%" y1="9" y2="9"/>',
        f'<circle class="{tone}" cx="{x}%" cy="9" r="4"/>',
    ]
    if abs(z) > Z_LIMIT:
        # A ring around the dot says that it stands at the edge of the track, not at its value.
        parts.append(f'<circle class="{tone} beyond" cx="{x}%" cy="9" r="6.5"/>')
    return _svg("zdot", "".join(parts))


def _percentile(rank: float) -> str:
    at = number(2.0 + 0.96 * max(0.0, min(100.0, rank)))
    return _svg("pct", f'<use href="#pt"/><circle class="z1" cx="{at}%" cy="9" r="4"/>')


def _spark(values: tuple[float, ...]) -> str:
    width, height = _SPARK
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = (width - 8) / (len(values) - 1)
    points = [(4 + i * step, height - 4 - (height - 8) * (v - low) / span) for i, v in enumerate(values)]
    x, y = points[-1]
    return (
        f'<svg class="m spark" width="{width}" height="{height}" viewBox="0 0 {width} {height}" aria-hidden="true">'
        f'<path class="thin" d="{polyline(points)}"/><circle class="z1" cx="{number(x)}" cy="{number(y)}" r="2.5"/></svg>'
    )
