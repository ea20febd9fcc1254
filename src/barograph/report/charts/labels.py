"""Where labels go: end labels kept apart, point labels put where they hide nothing, crowded axes thinned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from barograph.report.charts.svg import Box, Label, Point

#: Least distance of two baselines, px.
GAP = 14.0


def dodge(wanted: Sequence[float], low: float, high: float, gap: float = GAP) -> list[float]:
    """Positions at least `gap` apart within `low`..`high`, in the order of `wanted` and as near to it as that allows.

    Neighbours that touch form a group around the mean of what they want, and groups merge until none touches.

    >>> dodge([50.0, 52.0, 90.0], 0.0, 100.0)
    [44.0, 58.0, 90.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    groups: list[list[int]] = []
    starts: list[float] = []

    def start_of(group: list[int]) -> float:
        mean = sum(wanted[i] - k * gap for k, i in enumerate(group)) / len(group)
        return min(max(mean, low), max(low, high - (len(group) - 1) * gap))

    for i in order:
        groups.append([i])
        starts.append(start_of([i]))
        while len(groups) > 1 and starts[-2] + len(groups[-2]) * gap > starts[-1]:
            last = groups.pop()
            starts.pop()
            groups[-1].extend(last)
            starts[-1] = start_of(groups[-1])
    out = [0.0] * len(wanted)
    for group, start in zip(groups, starts, strict=True):
        for k, i in enumerate(group):
            out[i] = start + k * gap
    return out


def around(text: str, at: Point, *, bold: bool = False, away: float = 7.0) -> list[Label]:
    """Places for a point's label, best first: above, below, and to the sides."""
    x, y = at
    return [
        Label(text, x, y - away, "middle", bold),
        Label(text, x, y + away + 9.0, "middle", bold),
        Label(text, x - 5.0, y - away, "end", bold),
        Label(text, x + 5.0, y + away + 9.0, "start", bold),
        Label(text, x + 5.0, y - away, "start", bold),
        Label(text, x - 5.0, y + away + 9.0, "end", bold),
        Label(text, x + away + 2.0, y + 4.0, "start", bold),
        Label(text, x - away - 2.0, y + 4.0, "end", bold),
        Label(text, x, y - away - 14.0, "middle", bold),
        Label(text, x, y + away + 23.0, "middle", bold),
    ]


def place(
    candidates: Iterable[Label], taken: Iterable[Label], lines: Iterable[Sequence[Point]], room: Box
) -> Label | None:
    """The first candidate that hides least: inside `room`, on no label, over the fewest points of a line.

    None when every candidate leaves the room or touches a label: then the label is left out, as the number stands in
    the table behind the chart.
    """
    boxes = [label.box.grown(1.0) for label in taken]
    dense = [p for line in lines for p in densified(line)]
    best: tuple[int, Label] | None = None
    for label in candidates:
        box = label.box
        if box.left < room.left or box.right > room.right or box.top < room.top or box.bottom > room.bottom:
            continue
        if any(box.overlap(other) != (0.0, 0.0) for other in boxes):
            continue
        # The ink of a line of digits is lower than its box.
        ink = Box(box.left - 1.0, box.top + 2.0, box.right + 1.0, box.bottom - 2.0)
        hidden = sum(ink.holds(p) for p in dense)
        if best is None or hidden < best[0]:
            best = (hidden, label)
        if hidden == 0:
            break
    return best[1] if best else None


def densified(line: Sequence[Point], step: float = 3.0) -> list[Point]:
    """Points along a polyline, at most `step` px apart, so that a label cannot sit on a long straight piece unseen."""
    out: list[Point] = list(line[:1])
    for a, b in pairwise(line):
        n = max(1, int(max(abs(b[0] - a[0]), abs(b[1] - a[1])) / step))
        out.extend((a[0] + (b[0] - a[0]) * k / n, a[1] + (b[1] - a[1]) * k / n) for k in range(1, n + 1))
    return out


def thinned(labels: Sequence[tuple[int, Label]], apart: float = 5.0, taken: Iterable[Label] = ()) -> list[Label]:
    """Labels in the order of their rank (small first), leaving out those that come within `apart` px of a kept one."""
    kept: list[Label] = []
    others = list(taken)
    for _, label in sorted(labels, key=lambda pair: pair[0]):
        box = label.box
        wide = Box(box.left - apart / 2, box.top, box.right + apart / 2, box.bottom)
        if all(wide.overlap(k.box) == (0.0, 0.0) for k in (*kept, *others)):
            kept.append(label)
    return kept
