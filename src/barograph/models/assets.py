"""The assets of the page: which series each rests on, the prefix of its facts, and how its changes are measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from barograph.core.units import SECTORS

if TYPE_CHECKING:
    from barograph.catalog.catalog import Catalog

#: How a change is measured: a price in per cent of itself, a yield (per cent) and a spread (bp) in bp, a volatility
#: index in points.
Kind = Literal["price", "yield", "spread", "points"]


@dataclass(frozen=True, slots=True)
class Asset:
    """One line of the cross-asset table.

    `series` holds one id, or two for a difference first - second: of two par yields a slope in bp (`spread`), of a par
    and a real yield a breakeven in per cent (`yield`). `family` is the name under which the summary counts it.
    """

    slug: str
    series: tuple[str, ...]
    prefix: str
    kind: Kind
    label: str
    family: str

    @property
    def change_unit(self) -> str:
        """Unit of a change: percent, bp or points."""
        return {"price": "percent", "yield": "bp", "spread": "bp", "points": "points"}[self.kind]

    @property
    def change_word(self) -> str:
        """`return` for prices, `change` for the rest: the word in the fact ids."""
        return "return" if self.kind == "price" else "change"


def _price(slug: str, series: str, prefix: str, label: str, family: str) -> Asset:
    return Asset(slug, (series,), prefix, "price", label, family)


_TENORS = ("1m", "3m", "6m", "1y", "2y", "3y", "5y", "7y", "10y", "20y", "30y")
_REAL_TENORS = ("5y", "10y", "20y", "30y")
_BREAKEVENS = ("5y", "10y", "30y")
_SLOPES = (("2s10s", "10y", "2y"), ("5s30s", "30y", "5y"), ("3m10y", "10y", "3m"))
_MEGA_CAPS = {
    "aapl": "Apple",
    "msft": "Microsoft",
    "googl": "Alphabet",
    "amzn": "Amazon",
    "nvda": "Nvidia",
    "meta": "Meta Platforms",
    "tsla": "Tesla",
}


def tenor_label(tenor: str) -> str:
    """`10-year` for `10y`."""
    return f"{tenor[:-1]}-{'month' if tenor.endswith('m') else 'year'}"


def _table() -> tuple[Asset, ...]:
    rows = [
        _price("spx", "us.equity.spx", "equity.us.spx", "S&P 500", "equity"),
        _price("nasdaq", "us.equity.nasdaq", "equity.us.nasdaq", "Nasdaq Composite", "equity"),
        _price("qqq", "us.equity.qqq", "equity.us.qqq", "Nasdaq 100 fund (QQQ)", "equity"),
        _price("iwm", "us.equity.iwm", "equity.us.iwm", "Russell 2000 fund (IWM)", "equity"),
        _price("rsp", "us.equity.rsp", "equity.us.rsp", "equal-weight S&P 500 fund (RSP)", "equity"),
    ]
    for tenor in _TENORS:
        label = f"{tenor_label(tenor)} yield"
        rows.append(Asset(f"us{tenor}", (f"us.rates.par_{tenor}",), f"curve.us.{tenor}", "yield", label, "rates"))
    for tenor in _REAL_TENORS:
        label, prefix = f"{tenor_label(tenor)} real yield", f"curve.us.real{tenor}"
        rows.append(Asset(f"real{tenor}", (f"us.rates.real_{tenor}",), prefix, "yield", label, "rates"))
    for tenor in _BREAKEVENS:
        legs, slug = (f"us.rates.par_{tenor}", f"us.rates.real_{tenor}"), f"breakeven{tenor}"
        rows.append(Asset(slug, legs, f"curve.us.{slug}", "yield", f"{tenor_label(tenor)} breakeven", "rates"))
    for slug, long, short in _SLOPES:
        legs = (f"us.rates.par_{long}", f"us.rates.par_{short}")
        rows.append(Asset(slug, legs, f"curve.us.{slug}", "spread", f"{slug} slope", "curve"))
    for grade, label in (("ig", "IG OAS"), ("hy", "HY OAS")):
        series = (f"us.credit.{grade}_oas",)
        rows.append(Asset(grade, series, f"credit.us.{grade}.oas", "spread", label, "credit"))
    rows += [
        Asset(slug, (f"us.vol.{slug}",), f"vol.us.{slug}", "points", slug.upper(), "volatility")
        for slug in ("vix", "vix3m", "vix9d", "vvix", "skew", "move")
    ]
    rows += [
        _price("dollar", "us.fx.uup", "fx.us.dollar", "dollar index fund (UUP)", "currencies"),
        _price("broad_dollar", "us.fx.broad_dollar", "fx.us.broad_dollar", "broad dollar index", "currencies"),
        _price("gold", "us.commodity.gld", "commodity.gold", "gold fund (GLD)", "metals"),
        _price("oil", "us.commodity.uso", "commodity.oil", "oil fund (USO)", "energy"),
        _price("wti", "us.commodity.wti", "commodity.wti", "WTI crude, spot", "energy"),
        _price("btc", "crypto.btc", "crypto.btc", "bitcoin", "crypto"),
    ]
    for slug in sorted(SECTORS.values()):
        label = f"{slug.replace('_', ' ')} fund"
        rows.append(_price(slug, f"us.equity.sector_{slug}", f"equity.us.sector_etf.{slug}", label, "sectors"))
    rows += [
        _price(ticker, f"us.equity.{ticker}", f"equity.us.{ticker}", name, "mega_caps")
        for ticker, name in _MEGA_CAPS.items()
    ]
    return tuple(rows)


#: Every asset of the packaged catalogue, in the order of the page.
ASSETS: tuple[Asset, ...] = _table()
_NAMED = frozenset(s for a in ASSETS for s in a.series)
#: In the catalogue for comparison only: the fund on the index that already has a line.
_TWINS = frozenset({"us.equity.spy"})


def assets_of(catalog: Catalog) -> tuple[Asset, ...]:
    """The assets whose series the catalogue holds, and after them what a user or a sample added.

    Added rows become price assets: an exchange rate `fx.<pair>` under that prefix, a share `us.equity.<ticker>` under
    `equity.us.<ticker>`. A row in basis points whose readers name `credit` is a spread under `credit.<id>`: it is never put
    under the prefix of another instrument.
    """
    known = [a for a in ASSETS if all(s in catalog for s in a.series)]
    added = []
    for row in catalog:
        block, _, slug = row.id.rpartition(".")
        if (
            row.id not in _NAMED
            and not row.family
            and row.frequency == "D"
            and row.unit == "bp"
            and "credit" in row.readers
        ):
            prefix = f"credit.{row.id}"
            added.append(Asset(row.id.replace(".", "_"), (row.id,), prefix, "spread", row.title, "credit"))
            continue
        if row.id in _NAMED | _TWINS or row.family or row.frequency != "D" or "levels" not in row.readers:
            continue
        if block == "fx":
            added.append(_price(slug, row.id, row.id, row.title, "currencies"))
        elif block == "us.equity" and not slug.startswith("sector_"):
            added.append(_price(slug, row.id, f"equity.us.{slug}", row.title, "shares"))
    return (*known, *sorted(added, key=lambda a: a.slug))


def spreads_of(catalog: Catalog) -> tuple[Asset, ...]:
    """The credit spreads of the catalogue: cash IG and HY, and after them a user's own."""
    return tuple(a for a in assets_of(catalog) if a.family == "credit")
