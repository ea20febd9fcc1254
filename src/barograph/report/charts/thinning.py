"""Fewer points per line, none of them moved: weekly over spans above one year, at most 120, ends and extremes kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

MOST = 120
_YEAR = 366


def thin(
    dates: Sequence[date], values: Sequence[float], keep: Collection[date] = (), most: int = MOST
) -> list[tuple[date, float]]:
    """Points of a line for drawing.

    Parameters
    ----------
    dates, values
        Ascending, shape (n,) each.
    keep
        Days that must stay (marked on the chart).
    most
        Largest number of points returned; `keep`, first, last, lowest and highest count among them.

    Returns
    -------
    A subset of the points in order. Spans above one year keep the last point of each ISO week; if that is still too
    many, each of equal stretches of the row gives its lowest and its highest point, so no turn is lost.
    """
    points = list(zip(dates, values, strict=True))
    if not points:
        return []
    low, high = min(range(len(points)), key=lambda i: points[i][1]), max(range(len(points)), key=lambda i: points[i][1])
    must = {0, len(points) - 1, low, high} | {i for i, (d, _) in enumerate(points) if d in set(keep)}
    chosen = list(range(len(points)))
    if (points[-1][0] - points[0][0]).days > _YEAR:
        chosen = [i for i in chosen if i in must or _ends_week(points, i)]
    if len(chosen) > most:
        chosen = _extremes(points, chosen, must, most)
    return [points[i] for i in chosen]


def _ends_week(points: Sequence[tuple[date, float]], i: int) -> bool:
    return i + 1 == len(points) or points[i][0].isocalendar()[:2] != points[i + 1][0].isocalendar()[:2]


def _extremes(points: Sequence[tuple[date, float]], chosen: list[int], must: set[int], most: int) -> list[int]:
    buckets = max(1, (most - len(must)) // 2)
    kept = set(must)
    for k in range(buckets):
        part = chosen[len(chosen) * k // buckets : len(chosen) * (k + 1) // buckets]
        if part:
            kept |= {min(part, key=lambda i: points[i][1]), max(part, key=lambda i: points[i][1])}
    return sorted(kept)


def spread(n: int, most: int) -> list[int]:
    """At most `most` places of a row of `n`, evenly apart, the first and the last among them.

    >>> spread(3, 5), spread(9, 3)
    ([0, 1, 2], [0, 4, 8])
    """
    if n <= most:
        return list(range(n))
    return sorted({round(i * (n - 1) / (most - 1)) for i in range(most)})
