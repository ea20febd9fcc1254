"""Words for a momentum state: of a price it is bull or bear, of a yield, a spread, a slope or a volatility it rises or falls.

A bear of a yield would be a bull of its bond: the words for what is no price say which way the figure goes and nothing else.
"""

from __future__ import annotations

from barograph.findings._names import asset_prefix

#: The four states of a figure that is no price, as they stand in a table and behind "in a" in a sentence.
RISES = {"bull": "rising", "bear": "falling", "correction": "pullback in a rise", "rebound": "bounce in a fall"}
PHRASES = {"bull": "rise", "bear": "fall", "correction": "pullback in a rise", "rebound": "bounce in a fall"}


def is_price(fact_id: str) -> bool:
    """Whether `momentum.<asset>.state` is about a price.

    >>> is_price("momentum.spx.state"), is_price("momentum.us10y.state"), is_price("momentum.hy.state")
    (True, False, False)
    """
    return not asset_prefix(fact_id.split(".")[1]).startswith(("curve.", "credit.", "vol."))


def trend(fact_id: str, state: str) -> str:
    """The state as a table prints it.

    >>> trend("momentum.gold.state", "bear"), trend("momentum.us10y.state", "bear")
    ('bear', 'falling')
    """
    return state if is_price(fact_id) else RISES.get(state, state)


def phrase(fact_id: str, state: str) -> str:
    """The state inside a sentence.

    >>> phrase("momentum.gold.state", "bear"), phrase("momentum.us10y.state", "rebound")
    ('a bear state', 'a bounce in a fall')
    """
    return f"a {state} state" if is_price(fact_id) else f"a {PHRASES.get(state, state)}"
