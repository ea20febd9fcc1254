"""What the rows of a user's universe must be: daily weights, each with the daily price that its member is followed by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from barograph.core.series import Series
from barograph.core.tags import has_tag, slug, tag_of
from barograph.core.units import PRICES


def universe_faults(row: Series, find: Callable[[str], Series | None]) -> Iterator[tuple[str, str]]:
    """(what is wrong, what would be right) of a row tagged `universe:`; nothing for any other row.

    Parameters
    ----------
    find
        The row of a series id, None for an id that nobody knows.
    """
    if not has_tag(row, "universe"):
        return
    name, group, price = (tag_of(row, p) for p in ("universe", "group", "price"))
    if not slug(name):
        yield f"a universe {name!r}, of which nothing can stand in a fact's id", "a to z and digits: universe:mine"
    if has_tag(row, "group") and not slug(group):
        yield f"a group {group!r}, of which nothing can stand in a fact's id", "a to z and digits: group:chips"
    if row.frequency != "D" or row.family:
        yield (
            f"weights of frequency {row.frequency}{', by member' if row.family else ''}: a month's would be held from its "
            "first day on",
            'frequency = "D", dated on the days on which they were set',
        )
    if not price:
        yield "no tag price:, so nothing says whose weight it is", "price:user.alpha"
        return
    held = find(price)
    if held is None:
        yield f"price:{price}, a series that nobody knows", "a series of the catalogue or of the same map"
    elif held.frequency != "D" or held.family:
        yield f"price:{price}, which is no daily series", "daily closes"
    elif held.unit not in PRICES:
        yield f"price:{price} in {held.unit}, which is no price", ", ".join(sorted(PRICES))


def universe_clashes(rows: Iterable[Series]) -> Iterator[tuple[Series, str, str]]:
    """(row, what is wrong, what would be right) where rows of universes get in each other's way."""
    names: dict[str, str] = {}
    prices: dict[tuple[str, str], str] = {}
    for row in rows:
        name, price = tag_of(row, "universe"), tag_of(row, "price")
        if not slug(name):
            continue
        if names.setdefault(slug(name), name) != name:
            yield row, f"the universe {name!r}, in fact ids the same as {names[slug(name)]!r}", "another name"
        first = prices.setdefault((slug(name), price), row.id)
        if price and first != row.id:
            yield row, f"price:{price}, which {first} has in the same universe", "one weight for each price"
