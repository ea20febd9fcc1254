"""How alike two titles are, and which tell the same news. Settings: docs/decisions/010-headlines.md, fixed beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from barograph.catalog.themes import words_of

#: Words in a shingle, and from which Jaccard similarity on two titles are one piece of news.
SHINGLE, ALIKE = 2, 0.5
T = TypeVar("T")


def shingles(title: str) -> frozenset[tuple[str, ...]]:
    """The runs of two words in a title; of a single word, the word."""
    words = words_of(title)
    return frozenset(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)) if words)


def similarity(a: str, b: str) -> float:
    """Jaccard similarity of the shingles, 0..1, symmetric; 0 where either title has no word.

    Broder (1997), On the resemblance and containment of documents, doi 10.1109/SEQUEN.1997.666900.

    >>> similarity("Fed issues FOMC statement", "Fed issues FOMC statement"), similarity("Fed cuts", "Fed holds")
    (1.0, 0.0)
    """
    one, two = shingles(a), shingles(b)
    return len(one & two) / len(one | two) if one and two else 0.0


def same_news(a: str, b: str) -> bool:
    """Whether two titles tell the same: alike enough, and every figure in one stands in the other.

    A two-year and a five-year auction differ by one word only, and are two pieces of news.
    """
    return similarity(a, b) >= ALIKE and _figures(a) == _figures(b)


def _figures(title: str) -> frozenset[str]:
    return frozenset(w for w in words_of(title) if w[0].isdigit())


def fold(items: Sequence[T], title: Callable[[T], str]) -> list[list[T]]:
    """Groups of items that tell the same, each in the order given; an item joins the first group whose first it is like.

    Equal order in, equal groups out: the caller sorts.
    """
    groups: list[list[T]] = []
    for item in items:
        home = next((g for g in groups if same_news(title(g[0]), title(item))), None)
        if home is None:
            groups.append([item])
        else:
            home.append(item)
    return groups
