"""Maps whose series are to serve a purpose, a universe or a sensitivity, and could not: refused at the import."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from barograph.core.errors import InputError, SourceError
from own_files import GOOD, SERIES, Answer

WEIGHT = {"unit": "percent", "readers": ["sources"]}


def column(**changes: object) -> dict[str, object]:
    return {**SERIES, **changes}


def universe(tags: list[str], **changes: object) -> dict[str, object]:
    """A map of the weights of one member and of its price."""
    price = column(id="user.alpha", column="close", unit="usd")
    return {"date": "Date", "series": [column(id="user.alpha_weight", tags=tags, **WEIGHT, **changes), price]}


WEIGHTS = "Date,spread,close\n2025-11-03,50,10\n2025-11-04,60,11\n"


def test_weights_of_a_universe_are_taken_in(take: Callable[..., Answer]) -> None:
    readings = take(WEIGHTS, universe(["universe:mine", "price:user.alpha", "group:chips"]))[2]
    assert [r.value for r in readings] == [50.0, 60.0, 10.0, 11.0]


@pytest.mark.parametrize(
    ("tags", "changes", "found", "near"),
    [
        (["universe:mine"], {}, "no tag price:", "price:user.alpha"),
        (["universe:mine", "price:user.nobody"], {}, "a series that nobody knows", "catalogue or of the same map"),
        (["universe:mine", "price:us.rates.par_10y"], {}, "in percent, which is no price", "usd"),
        (["universe:mine", "price:us.labour.payrolls"], {}, "no daily series", "daily closes"),
        (["universe:日本", "price:user.alpha"], {}, "of which nothing can stand", "universe:mine"),
        (["universe:mine", "price:user.alpha", "group:„“"], {}, "of which nothing can stand", "group:chips"),
        (
            ["universe:mine", "price:user.alpha"],
            {"frequency": "M", "release": "month_end+1 18:00"},
            "weights of frequency M",
            'frequency = "D"',
        ),
    ],
)
def test_rows_that_no_universe_could_use_are_refused(
    tags: list[str], changes: dict[str, object], found: str, near: str, take: Callable[..., Answer]
) -> None:
    with pytest.raises(InputError) as error:
        take(WEIGHTS, universe(tags, **changes))
    assert "user.alpha_weight" in error.value.asked and found in error.value.found and near in error.value.nearest
    assert "nothing was stored" in error.value.step


def test_two_weights_of_one_price_and_two_names_of_one_universe_are_refused(take: Callable[..., Answer]) -> None:
    for tags, found in (
        (["universe:mine", "price:user.alpha"], "which user.alpha_weight has in the same universe"),
        (["universe:Mine!", "price:us.equity.nvda"], "in fact ids the same as 'mine'"),
    ):
        mapping = universe(["universe:mine", "price:user.alpha"])
        mapping["series"].append(column(id="user.other_weight", column="more", tags=tags, **WEIGHT))  # type: ignore[attr-defined]
        with pytest.raises(InputError) as error:
            take(WEIGHTS.replace("close", "close,more").replace(",10", ",10,1").replace(",11", ",11,1"), mapping)
        assert "user.other_weight" in error.value.asked and found in error.value.found


def test_a_short_position_is_refused_with_its_row(take: Callable[..., Answer]) -> None:
    with pytest.raises(SourceError) as error:
        take(WEIGHTS.replace("60", "-60"), universe(["universe:mine", "price:user.alpha"]))
    assert "row 3: -60 is a short position of user.alpha_weight" in error.value.found
    assert "0 or a weight" in error.value.nearest
    assert [r.value for r in take(WEIGHTS.replace("60", "-60"), universe([]))[2]][:2] == [50.0, -60.0]


def test_a_sensitivity_is_of_a_daily_price(take: Callable[..., Answer]) -> None:
    take(GOOD, {"date": "Date", "series": [column(unit="usd", readers=["sensitivity"])]})
    with pytest.raises(InputError) as error:
        take(GOOD, {"date": "Date", "series": [column(unit="percent", readers=["sensitivity"])]})
    assert "betas are of daily prices" in error.value.found and "usd" in error.value.nearest
