"""Which models are asked for their past: each by its own fact of today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from barograph.core.estimate import Fact
from barograph.run.past import past_of
from models_view import FakeView, close_of

SESSION = date(2025, 11, 5)
PREMIUM, GROWTH = "curve.us.10y.term_premium", "regime.us.growth.p_up"


class Asked:
    """Stands for the estimation: notes who is asked, and has one number of each instant."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def record(self, models: Sequence[Any], view: Any, instants: Sequence[datetime]) -> list[dict[str, Any]]:
        self.names += [m.name for m in models]
        return [{PREMIUM: {"value": 1.0, "period": None}} for _ in instants]


def asked(*facts: Fact) -> tuple[list[str], Any]:
    estimation = Asked()
    made = past_of(estimation, FakeView({}, close_of(SESSION)), SESSION, {f.id: f for f in facts})  # type: ignore[arg-type]
    return estimation.names, made


def test_the_premium_has_its_past_without_the_regime() -> None:
    gone = Fact(GROWTH, None, "percent", state="insufficient", reason="no axis")
    names, made = asked(Fact(PREMIUM, 1.4, "percent"), gone)
    assert names == ["term_premium"]
    assert len(made.months) == 62 and made.months[-1] == (SESSION, {PREMIUM: 1.4})
    assert made.months[0][1] == {PREMIUM: 1.0} and not made.sessions


def test_the_regime_has_its_past_without_the_premium() -> None:
    names, _ = asked(Fact(GROWTH, 60.0, "percent"))
    assert names == ["growth", "inflation", "liquidity", "market_hmm"]


def test_who_says_nothing_today_is_not_asked() -> None:
    assert asked()[0] == []
