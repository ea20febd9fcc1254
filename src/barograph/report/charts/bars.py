"""The bar of the four regimes on the summary: their probabilities side by side, and liquidity under each of them.

Laid out in per cent of its place, so nothing is ever scaled. It is hidden from screen readers: the numbers stand in the list
below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from barograph.report.blocks import RegimeBar
from barograph.report.charts.stacking import percent
from barograph.report.charts.svg import number

#: Heights of the two bars and of the space between them, px.
UPPER, BETWEEN, LOWER = 34, 3, 8
#: A probability stands in its bar from this share on; on the narrowest screen that is room for four characters.
LABELLED = 16.0


def sizes(bar: RegimeBar) -> list[float]:
    """The shares of the bar, per cent, closed at 100; nothing where one is not known or they are no whole."""
    known = [v for v in (percent(s.share) for s in bar.shares) if v is not None]
    total = sum(known)
    if len(known) < len(bar.shares) or abs(total - 100.0) > 1.0:
        return []
    return [100.0 * v / total for v in known]


def rising(bar: RegimeBar) -> list[float]:
    """How much of each share has liquidity rising, 0 to 1; nothing where one is not known or exceeds its share by far."""
    out = []
    for part in bar.shares:
        share, up = percent(part.share), percent(part.rising)
        if share is None or up is None or up > share + 0.5:
            return []
        out.append(min(1.0, up / share) if share > 0.0 else 0.0)
    return out


def draw(bar: RegimeBar, texts: Sequence[str]) -> str:
    """The SVG; `texts` are the printed probabilities in the order of the shares."""
    parts, widths, up = [], sizes(bar), rising(bar)
    two = bool(widths and up)
    height = UPPER + BETWEEN + LOWER if two else UPPER
    if not widths:
        parts.append(f'<rect class="track" width="100%" height="{UPPER}"/>')
    left = 0.0
    for i, width in enumerate(widths):
        slug = bar.shares[i].slug
        box = f'x="{number(left)}%" width="{number(width)}%"'
        parts.append(f'<rect class="{slug} piece" {box} y="0" height="{UPPER}"/>')
        if width >= LABELLED:
            parts.append(f'<text class="on-{slug} b" x="{number(left)}%" dx="8" y="22">{escape(texts[i])}</text>')
        if two:
            y, solid = UPPER + BETWEEN, width * up[i]
            parts.append(f'<rect class="liq" x="{number(left)}%" width="{number(solid)}%" y="{y}" height="{LOWER}"/>')
            rest = f'x="{number(left + solid)}%" width="{number(width - solid)}%"'
            parts.append(f'<rect class="ebb" {rest} y="{y}" height="{LOWER}"/>')
        left += width
    # Ground between the pieces, wider where growth changes its sign.
    left = 0.0
    for a, b, width in zip(bar.shares, bar.shares[1:], widths, strict=False):
        left += width
        cls = "seam" if a.slug[:2] != b.slug[:2] else "gap"
        at = f'x1="{number(left)}%" x2="{number(left)}%"'
        parts.append(f'<line class="{cls}" {at} y1="0" y2="{height}"/>')
    return f'<svg class="regimes" width="100%" height="{height}" aria-hidden="true">{"".join(parts)}</svg>'
