"""What every drawing must keep: labels apart and inside in the widest font, paint by class, numbers that can be read back."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree

from barograph.report.charts.svg import Box, Drawing

#: Two labels may touch by this much (line gaps of fonts), no more.
SLACK = (1.5, 3.5)
Vertices = list[tuple[float, float]]


def overlaps(drawing: Drawing) -> list[tuple[str, str]]:
    """Pairs of labels that reach into each other."""
    out = []
    for a, b in combinations(drawing.labels, 2):
        across, down = a.box.overlap(b.box)
        if across > SLACK[0] and down > SLACK[1]:
            out.append((a.text, b.text))
    return out


def outside(drawing: Drawing) -> list[str]:
    """Labels that leave the drawing."""
    room = Box(-SLACK[0], -SLACK[1], drawing.width + SLACK[0], drawing.height + SLACK[1])
    return [
        la.text
        for la in drawing.labels
        if la.box.left < room.left or la.box.right > room.right or la.box.top < room.top or la.box.bottom > room.bottom
    ]


def root(drawing: Drawing) -> ElementTree.Element:
    """The drawing as a tree; fails where it is not well formed, not named, or painted by anything but classes."""
    text = drawing.svg("id1", 'a <b> & "c"', "plot")
    assert not re.search(r'(fill|stroke|style|color)="', text), text
    assert "nan" not in text and "inf," not in text
    tree = ElementTree.fromstring(text)
    assert (tree.get("role"), tree.get("aria-labelledby"), tree[0].text) == ("img", "id1", 'a <b> & "c"')
    return tree


def found(drawing: Drawing, tag: str, cls: str) -> list[ElementTree.Element]:
    """Elements that carry all the classes."""
    wanted = set(cls.split())
    return [e for e in root(drawing).iter(tag) if wanted <= set((e.get("class") or "").split())]


def corners(path: str) -> list[Vertices]:
    """The vertices of each piece of a path of M, l, H, V and z."""
    out: list[Vertices] = []
    for letter, rest in re.findall(r"([MlHVZz])([^MlHVZz]*)", path):
        if letter == "M":
            out.append([])
            x, y = map(float, rest.split(","))
        elif letter == "l":
            steps = [float(v) for v in re.findall(r"-?(?:\d+(?:\.\d)?|\.\d)", rest)]
            x, y = out[-1][-1]
            for dx, dy in zip(steps[::2], steps[1::2], strict=True):
                x, y = round(x + dx, 1), round(y + dy, 1)
                out[-1].append((x, y))
            continue
        elif letter == "H":
            x, y = float(rest), out[-1][-1][1]
        elif letter == "V":
            x, y = out[-1][-1][0], float(rest)
        else:
            continue
        out[-1].append((x, y))
    return out


def inside(point: tuple[float, float], shape: Vertices) -> bool:
    """Whether a point lies in a closed shape (crossings of a ray)."""
    x, y = point
    hits = 0
    for (x0, y0), (x1, y1) in zip(shape, shape[1:] + shape[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            hits += 1
    return hits % 2 == 1
