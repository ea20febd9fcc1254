"""The SVG writer: a drawing collects shapes and remembers the box of every label, so that overlap can be tested.

Shapes carry classes, never colours: the page's tokens paint them, also in dark mode and print.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Literal

from barograph.report.charts.metrics import ASCENT, DESCENT, SIZE, text_width

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left, top, right, bottom in px."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> tuple[float, float]:
        """How far two boxes reach into each other, per axis; 0 where they do not."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return (across, down) if across > 0 and down > 0 else (0.0, 0.0)

    def holds(self, point: Point) -> bool:
        """Whether a point lies inside."""
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom

    def grown(self, by: float) -> Box:
        """The box with a margin."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


@dataclass(frozen=True, slots=True)
class Label:
    """A placed text; `y` is its baseline."""

    text: str
    x: float
    y: float
    anchor: Anchor = "start"
    bold: bool = False

    @property
    def box(self) -> Box:
        """Its box in the widest font."""
        width = text_width(self.text, bold=self.bold)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return Box(left, self.y - ASCENT * SIZE, left + width, self.y + DESCENT * SIZE)


def number(value: float) -> str:
    """A coordinate with at most one decimal.

    >>> number(12.0), number(12.34), number(-0.04)
    ('12', '12.3', '0')
    """
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def polyline(points: Sequence[Point]) -> str:
    """The path through points, to one decimal: the first as it is, the others by their distance from the one before,
    which takes half the room. Distances of rounded places: no rounding adds up along the path.

    >>> polyline([(4.0, 12.04), (4.26, 11.0), (14.2, 11.0)])
    'M4,12l.3-1 9.9 0'
    """
    at = [(round(10 * x), round(10 * y)) for x, y in points]
    steps = "".join(_tenths(x1 - x0) + _tenths(y1 - y0) for (x0, y0), (x1, y1) in pairwise(at))
    return f"M{number(at[0][0] / 10)},{number(at[0][1] / 10)}l{steps.lstrip()}"


def _tenths(n: int) -> str:
    """A distance in tenths as SVG writes it shortest; a blank before what has no sign of its own."""
    sign, whole = ("-" if n < 0 else " "), abs(n)
    return f"{sign}{whole // 10 if whole >= 10 or whole % 10 == 0 else ''}{f'.{whole % 10}' if whole % 10 else ''}"


@dataclass
class Drawing:
    """One SVG of `width` x `height` units. Later shapes lie above earlier ones; labels above all."""

    width: int
    height: int
    _shapes: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    _label_classes: list[str] = field(default_factory=list)

    def line(self, a: Point, b: Point, cls: str) -> None:
        """A straight line."""
        n = number
        self._shapes.append(f'<line class="{cls}" x1="{n(a[0])}" y1="{n(a[1])}" x2="{n(b[0])}" y2="{n(b[1])}"/>')

    def path(self, runs: Iterable[Sequence[Point]], cls: str) -> None:
        """Polylines in one path; a run of one point draws nothing."""
        steps = [polyline(run) for run in runs if len(run) > 1]
        if steps:
            self._shapes.append(f'<path class="{cls}" d="{"".join(steps)}"/>')

    def area(self, edges: Iterable[Sequence[Point]], cls: str) -> None:
        """Closed shapes in one path; an edge of fewer than three points encloses nothing."""
        steps = [polyline(edge) + "z" for edge in edges if len(edge) > 2]
        if steps:
            self._shapes.append(f'<path class="{cls}" d="{"".join(steps)}"/>')

    def stairs(self, runs: Iterable[Sequence[Point]], cls: str, *, closed: bool = False) -> None:
        """Lines whose every piece is level or upright, written by the coordinate that changes."""
        steps = []
        for run in runs:
            if len(run) < 2:
                continue
            pieces = [f"M{number(run[0][0])},{number(run[0][1])}"]
            for (x0, y0), (x1, y1) in pairwise(run):
                pieces += [f"H{number(x1)}"] * (x1 != x0) + [f"V{number(y1)}"] * (y1 != y0)
            steps.append("".join(pieces) + ("Z" if closed else ""))
        if any("H" in step or "V" in step for step in steps):
            self._shapes.append(f'<path class="{cls}" d="{"".join(steps)}"/>')

    def rect(self, left: float, top: float, width: float, height: float, cls: str) -> None:
        """A rectangle."""
        n = number
        self._shapes.append(f'<rect class="{cls}" x="{n(left)}" y="{n(top)}" width="{n(width)}" height="{n(height)}"/>')

    def circle(self, centre: Point, radius: float, cls: str) -> None:
        """A circle."""
        n = number
        self._shapes.append(f'<circle class="{cls}" cx="{n(centre[0])}" cy="{n(centre[1])}" r="{n(radius)}"/>')

    def label(self, label: Label, cls: str = "") -> None:
        """A text; its box counts as taken from now on."""
        self.labels.append(label)
        self._label_classes.append(" ".join(c for c in (cls, "b" if label.bold else "") if c))

    def svg(self, id_: str, title: str, cls: str) -> str:
        """The element, named by `title` (the alt text)."""
        texts = []
        for label, klass in zip(self.labels, self._label_classes, strict=True):
            anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
            css = f' class="{klass}"' if klass else ""
            texts.append(f'<text{css} x="{number(label.x)}" y="{number(label.y)}"{anchor}>{escape(label.text)}</text>')
        return (
            f'<svg class="{cls}" width="{self.width}" height="{self.height}" viewBox="0 0 {self.width} {self.height}"'
            f' role="img" aria-labelledby="{id_}"><title id="{id_}">{escape(title)}</title>'
            f"{''.join(self._shapes)}{''.join(texts)}</svg>"
        )
