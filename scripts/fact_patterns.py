"""The page of facts of the documentation, made from the patterns of their ids and from the models.

The ids and units are those that the models make over an empty archive: every model names all its facts there and says of
each that its inputs are missing. Facts that only data can name (a member, a last value, a distance) give their unit here.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from patterns import GROUPS, Pattern

from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.core.estimate import Fact
from barograph.core.units import SECTORS, UNITS
from barograph.models.assets import Asset, assets_of
from barograph.run.daily import model_facts

#: After the last release of any recorded figure and before none of the catalogue's: which instant does not matter.
AT = datetime(2025, 11, 5, 23, tzinfo=UTC)


def _places(assets: Iterable[Asset]) -> dict[str, str]:
    known = tuple(assets)
    spreads = [a.prefix for a in known if a.prefix.startswith("credit.us.")]

    def any_of(words: Iterable[str]) -> str:
        return "(?:" + "|".join(re.escape(w) for w in sorted(set(words), key=len, reverse=True)) + ")"

    return {
        "<asset>": any_of(a.prefix for a in known),
        "<slug>": any_of(a.slug for a in known),
        "<spread>": any_of(spreads),
        "<lens>": any_of(s.removesuffix(".oas") for s in spreads),
        "<d>": "(?:5|21|63)d",
        "<q>": r"q\d\d",
        "<regressor>": "(?:level|move|vix|real10y|equity|slope|rest)",
        "<beta>": "(?:rates|volatility|equity)",
        "<sector>": any_of(SECTORS.values()),
        "<ranged>": "(?:spx|us10y)",
        "<series>": r"\w+",
        "<market>": r"\w+",
        "<who>": "(?:leveraged|asset_managers|noncommercial)",
        "<TICKER>": r"[A-Z][A-Z0-9.-]*",
        "<section>": r"[a-z_]+",
        "<watched>": r"[a-z0-9_.]+",
        "<h>": "(?:1|20)d",
        "<input>": r"\w+",
        "<axis>": "(?:growth|inflation|liquidity)",
        "<premium>": "(?:damodaran|excess_cape_yield|real_yield_gap)",
        "<portion>": "(?:price|earnings|cash_flow|growth|rate|inflation)",
        "<m>": "(?:1|12)m",
        "<years>": "(?:2|5|10)y",
        "<yieldpart>": "(?:term_premium|expected_rate)",
        "<part>": "(?:yield_2y|yield_10y|hy_oas|equities|dollar|growth|inflation|policy|risk|other|expected)",
        "<shock>": "(?:growth|inflation|policy|risk)",
        "<leg>": "(?:real10y|breakeven10y|hy|spx|dollar|oil)",
        "<split>": "(?:policy|information)",
        "<factor>": "(?:level|slope|curvature)",
        "<forward>": "(?:1y1y|2y1y|5y5y|real_5y5y|breakeven_5y5y)",
        "<n>": r"\d+",
        "<w>": r"\d+",
        "<surprise>": "(?:target|path)",
        "<moved>": "(?:spx|us2y|us10y)",
        "<quadrant>": "g[ud]_i[ud]",
        "<cell>": "[ud]{3}",
        "<state>": "(?:bull|bear)",
        "<yield>": "(?:real10y|breakeven10y|slope)",
        "<estimator>": "(?:rolling|ridge|kalman)",
        "<days>": "(?:all|cpi|payrolls|fomc)",
        "<prices>": "(?:cpi|core_cpi|pce)",
        "<span>": "(?:1d|5d|mtd|qtd)",
        "<linked>": "(?:5d|mtd|qtd)",
        "<tilted>": "(?:real10y|hy_oas)",
        "<mega>": "(?:aapl|amzn|googl|meta|msft|nvda|tsla)",
        "<ratio>": "(?:market|usd|semis)",
        "<megayield>": "(?:real10y|breakeven10y)",
        "<driver>": "(?:market|real10y|breakeven10y|usd|semis|own)",
        "<universe>": r"\w+",
        "<name>": r"\w+",
        "<effect>": "(?:allocation|selection|interaction|active)",
    }


def patterns_of(fact_id: str, assets: Iterable[Asset]) -> list[Pattern]:
    """The patterns that an id fits: one, or the page of facts has a hole."""
    places = _places(assets)
    found = []
    for pattern in (p for group in GROUPS.values() for p in group):
        parts = re.split(r"(<\w+>)", pattern.text)
        if re.fullmatch("".join(places.get(x) or re.escape(x) for x in parts), fact_id):
            found.append(pattern)
    return found


def packaged_facts() -> dict[str, Fact]:
    """Every fact that the models name over an empty archive, by id."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive.open(Path(folder) / "archive", load(), create=True)
        facts, problems = model_facts(archive.as_of(AT))
    if problems:
        raise RuntimeError(f"models failed over an empty archive: {problems}")
    return facts


def page() -> str:
    """docs/reference/facts.md as text."""
    facts, assets = packaged_facts(), assets_of(load())
    units: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    for id_, fact in facts.items():
        fits = patterns_of(id_, assets)
        if len(fits) != 1:
            raise RuntimeError(f"{id_} fits {len(fits)} patterns of scripts/patterns.py")
        units.setdefault(fits[0].text, set()).add(fact.unit)
        counts[fits[0].text] = counts.get(fits[0].text, 0) + 1
    lines = [
        "# Facts",
        "*Made from the models by `scripts/build_docs.py`; do not edit.*",
        f"Every number and label of a page is a fact. The models name {len(facts):,} of them for the packaged catalogue; a "
        "catalogue with further assets has more. A fact has a value exactly when its state is not `insufficient`; fields and "
        "states are in [formats](formats.md), ways to see them in [the command line](cli.md#barograph-facts).",
    ]
    for name, group in GROUPS.items():
        rows = []
        for p in group:
            unit = ", ".join(f"`{u}`" for u in sorted(units.get(p.text, ()))) or p.unit
            rows.append((f"`{p.text}`", unit, str(counts.get(p.text, "by the data")), p.meaning))
        title = "The page itself" if name == "page" else f"Model `{name}`"
        lines += [f"## {title}", _table(("id", "unit", "how many", "what it is"), rows)]
    asset_rows = [
        (f"`{a.prefix}`", f"`{a.slug}`", a.label, a.change_unit, ", ".join(f"`{s}`" for s in a.series)) for a in assets
    ]
    lines += [
        "## Assets",
        "`<asset>` is one of these prefixes, `<slug>` the name beside it, `<spread>` one of the two of `credit.us`, `<lens>` the "
        "same without `.oas`. Two series "
        "mean the first less the second.",
        _table(("prefix", "slug", "what", "change in", "series"), asset_rows),
        "A daily price that your own catalogue adds becomes an asset: `fx.<pair>` under its own id, `us.equity.<ticker>` under "
        "`equity.us.<ticker>`. A row in basis points whose `readers` name `credit` becomes the spread "
        "`credit.<id>`. A row whose `readers` name `prints` becomes `macro.us.<series>`.",
        "## Units",
        "\n".join(f"* `{u}`: {text}" for u, text in UNITS.items()),
    ]
    return "\n\n".join(lines) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    made = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in made)
