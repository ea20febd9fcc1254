"""What each section claims, in the words that its invalidation condition would prove wrong."""

from __future__ import annotations

from barograph.findings._names import name_of
from barograph.findings._protocol import Facts, known
from barograph.findings.condition import Condition

#: The 95 % quantile of the change over five sessions that the model of the spread gives.
BAND_EDGE = "credit.us.ig.band_5d.q95"

#: Section -> (claim while the condition lies below: it fires on a fall; claim while it lies above).
_CLAIMS: dict[str, tuple[str, str]] = {
    "attribution": ("more members rise than fall", "more members fall than rise"),
    "momentum": ("the S&P 500 is up over 21 sessions", "the S&P 500 is down over 21 sessions"),
    "liquidity": ("net liquidity grows over 13 weeks", "net liquidity shrinks over 13 weeks"),
    "megacaps": ("the mega caps move together", "the mega caps move apart"),
    "sensitivity": ("rising real yields help the S&P 500", "rising real yields hurt the S&P 500"),
}


def claim_of(section: str, condition: Condition, facts: Facts) -> str:
    """The claim that a section's condition, written on `facts`, contradicts; its direction says which of two it is.

    >>> claim_of("attribution", Condition("equity.us.breadth.advancing", "<", 50.0, "percent"), {})
    'more members rise than fall'
    >>> claim_of("curve", Condition("curve.us.10y.level", "outside", 4.1, "percent", 4.24), {})
    'the 10-year yield closes inside its next-session range'
    """
    above = condition.op == ">"
    prefix = condition.fact.rpartition(".")[0]
    if condition.op == "outside":
        return f"the {name_of(prefix)} closes inside its next-session range"
    if section == "regime":
        if condition.fact.startswith("regime."):
            return "growth is going down" if above else "growth is going up"
        return f"the last change of {name_of(prefix)} was {'a fall' if above else 'a rise'}"
    if section == "positioning":
        return f"{name_of(prefix)}: net {'short' if above else 'long'}"
    if section == "credit":
        band = above and known(facts, BAND_EDGE) is not None
        return f"{name_of(prefix)} stays {'inside its five-session band' if band else 'on its side of the average'}"
    if section == "equity_premium":
        return f"the {name_of(condition.fact)} stays {'below' if above else 'above'} its bound"
    return _CLAIMS[section][1 if above else 0]
