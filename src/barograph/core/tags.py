"""Tags of catalogue rows with a purpose, `universe:mine`, and the short names that facts give to series of a user."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from barograph.core.series import Series


def tag_of(row: Series, purpose: str) -> str:
    """What stands after `purpose:` in a row's tags, or an empty string."""
    return next((t.partition(":")[2] for t in row.tags if t.startswith(purpose + ":")), "")


def has_tag(row: Series, purpose: str) -> bool:
    """Whether a row has a tag of the purpose, also one that says nothing after it."""
    return any(t.startswith(purpose + ":") for t in row.tags)


def slug(text: str) -> str:
    """What can stand in a fact's id; empty where no letter of the Latin alphabet and no digit is in it.

    >>> slug("Semis & AI"), slug("日本")
    ('semis_ai', '')
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def short_names(ids: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """A short name for each series id: its last word where that is nobody else's, else the whole id; each name once.

    Parameters
    ----------
    taken
        Names that are others' already.

    >>> short_names(["user.alpha", "user.eu.alpha", "user.gold"], ["gold"])
    {'user.alpha': 'user_alpha', 'user.eu.alpha': 'user_eu_alpha', 'user.gold': 'user_gold'}
    """
    every = sorted(set(ids))
    words = {i: slug(i.rpartition(".")[2]) for i in every}
    counts = Counter(words.values())
    out = {i: w for i, w in words.items() if counts[w] == 1 and w not in set(taken)}
    used = {*taken, *out.values()}
    for i in every:
        if i in out:
            continue
        # Dots become underscores, which an id may hold too: a number tells such ids apart.
        name, n = slug(i), 1
        while name in used:
            n += 1
            name = f"{slug(i)}_{n}"
        out[i] = name
        used.add(name)
    return {i: out[i] for i in every}
