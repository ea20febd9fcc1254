"""The gazetteer: by which words a headline belongs to a theme, which section the theme touches, who publishes first-hand."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from barograph.catalog.check import refuse
from barograph.catalog.feeds import THEMES
from barograph.core.feed import Feed

GAZETTEER = "themes.toml"
_KEYS = {"id", "title", "section", "words", "without"}


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: its heading, the slug of the section that it touches (or none), its words, and phrases that are struck
    from a title before the words are looked for. Words are in the form of `words_of`."""

    id: str
    title: str
    section: str
    words: tuple[str, ...]
    without: tuple[str, ...] = ()

    def hits(self, title: str) -> int:
        """How many of the theme's words stand in a title; a phrase counts once, whole words only."""
        text = f" {' '.join(words_of(title))} "
        for phrase in self.without:
            text = text.replace(f" {phrase} ", " | ")
        return sum(f" {word} " in text for word in self.words)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The themes in the order of the page, and the weight of publishers by agency; others have weight 1."""

    themes: tuple[Theme, ...]
    weights: Mapping[str, int]

    def theme_of(self, title: str, feed: Feed) -> str:
        """The theme with the most words in the title, else the first of its feed, else none (""). Ties go to the theme
        that the page has first."""
        hits = [(t.hits(title), t.id) for t in self.themes]
        most = max((n for n, _ in hits), default=0)
        if most:
            return next(i for n, i in hits if n == most)
        return feed.themes[0] if feed.themes else ""

    def weight(self, feed: Feed) -> int:
        """How near the publisher is to the matter: larger comes first."""
        return self.weights.get(feed.agency, 1)


def words_of(text: str) -> list[str]:
    """The words of a text for comparing: compatibility forms folded, no case, no punctuation but inside figures.

    >>> words_of("FOMC: raises by 0.25%, \\uff21nd waits")
    ['fomc', 'raises', 'by', '0.25', 'and', 'waits']
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+", folded)


@cache
def gazetteer() -> Gazetteer:
    """The packaged gazetteer; raises CatalogError where the file does not fit."""
    return gazetteer_of(resources.files("barograph.catalog").joinpath(GAZETTEER).read_text("utf-8"))


def gazetteer_of(text: str) -> Gazetteer:
    """The gazetteer of a TOML text: `[weights]` and one `[[theme]]` for each theme there is."""
    content = tomllib.loads(text)
    themes = []
    for table in content.get("theme", []):
        where = f"theme {table.get('id', '?')} in {GAZETTEER}"
        if strange := sorted(table.keys() - _KEYS):
            raise refuse(where, f"unknown key {strange[0]!r}", ", ".join(sorted(_KEYS)))
        if table.get("id") not in THEMES or not table.get("title") or not table.get("words"):
            raise refuse(where, "no id of a theme, no title or no words", ", ".join(THEMES))
        words, without = ([" ".join(words_of(w)) for w in table.get(k, [])] for k in ("words", "without"))
        themes.append(Theme(table["id"], table["title"], table.get("section", ""), tuple(words), tuple(without)))
    if sorted(t.id for t in themes) != sorted(THEMES):
        raise refuse(GAZETTEER, f"themes {', '.join(t.id for t in themes)}", ", ".join(THEMES), "Write each once.")
    return Gazetteer(tuple(themes), MappingProxyType(dict(content.get("weights", {}))))
