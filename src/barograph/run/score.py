"""`barograph score`: a model replayed over the past, each day from what could be known, and scored against what came."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from barograph.core.errors import InputError
from barograph.run.replaying import Tell

if TYPE_CHECKING:
    from barograph.run.api import Record
    from barograph.run.settings import Settings


def scorers() -> dict[str, Callable[[Record, date, date, Tell | None], dict[str, Any]]]:
    """What can be scored, by the name that the command takes."""
    from barograph.run.score_activity import score_activity
    from barograph.run.score_attribution import score_attribution
    from barograph.run.score_credit import score_credit
    from barograph.run.score_equity_premium import score_equity_premium
    from barograph.run.score_growth import score_growth
    from barograph.run.score_inflation import score_inflation
    from barograph.run.score_liquidity import score_liquidity
    from barograph.run.score_market import score_market
    from barograph.run.score_rates import score_rates
    from barograph.run.score_recession import score_recession
    from barograph.run.score_regime import score_regime
    from barograph.run.score_sensitivity import score_sensitivity

    return {
        "activity": score_activity,
        "attribution": score_attribution,
        "equity_premium": score_equity_premium,
        "credit": score_credit,
        "growth": score_growth,
        "inflation": score_inflation,
        "liquidity": score_liquidity,
        "market_regime": score_market,
        "rates": score_rates,
        "recession": score_recession,
        "regime": score_regime,
        "sensitivity": score_sensitivity,
    }


def show_score(settings: Settings, model: str, first: str, last: str, as_json: bool) -> str:
    """The scores of a model as text or JSON.

    Raises
    ------
    InputError
        No such model, days that are none or the wrong way round, or nothing known in between.
    """
    from barograph.run.api import Record

    known = scorers()
    if model not in known:
        raise InputError(f"the scores of {model!r}", "nothing of that name is scored", ", ".join(known), "Name one.")
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise InputError(f"--from {first} --to {last}", "not two dates", "1999-08-31", "Give YYYY-MM-DD.") from None
    if end - begin < timedelta(366):
        raise InputError(
            f"scores from {begin} to {end}", "less than a year", "1999-08-31 to 2024-03-31", "Give a longer stretch."
        )
    record = Record(settings=settings)
    with _progress(as_json) as tell:
        made = known[model](record, begin, end, tell)
    if not as_json:
        return "\n".join(_lines(made))
    return json.dumps(_without_nan(made), ensure_ascii=False, indent=1, allow_nan=False)


def _without_nan(value: Any) -> Any:
    """A number that is none is null: JSON has no other word for it."""
    if isinstance(value, dict):
        return {k: _without_nan(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_without_nan(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


class _progress:
    """A progress bar on the terminal's error stream, nothing where that is no terminal."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet

    def __enter__(self) -> Tell:
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True), transient=True, disable=self._quiet)
        self._bar.start()
        tasks: dict[str, Any] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = self._bar.add_task(what, total=total)
            self._bar.update(tasks[what], completed=done, total=total)

        return tell

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _lines(made: Any, indent: str = "") -> Sequence[str]:
    out: list[str] = []
    for key, value in made.items():
        if isinstance(value, dict):
            out += [f"{indent}{key}:", *_lines(value, indent + "  ")]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            out.append(f"{indent}{key}:")
            out += [f"{indent}  " + ", ".join(f"{k} {_shown(v)}" for k, v in row.items()) for row in value]
        else:
            out.append(f"{indent}{key}: {_shown(value)}")
    return out


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
