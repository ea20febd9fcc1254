"""Futures positions against the same figures worked out with pandas, and the states that a late report leads to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from barograph.archive.archive import Archive
from barograph.core.estimate import Fact
from barograph.core.observation import Reading
from barograph.core.time import DAY_END, new_york
from barograph.models.markets.positioning import BOOK, MODEL
from small_archive import add, packaged

NET, INTEREST = "us.positioning.es.lev_money_net", "us.positioning.es.open_interest"
P = "positioning.us.es.leveraged"
TUESDAYS = [date(2020, 1, 7) + timedelta(7 * i) for i in range(300)]
STORED = datetime(2025, 12, 31, tzinfo=UTC)


def figures(days: list[date]) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    net = rng.integers(-400_000, 400_000, len(days)).astype(float)
    return pd.DataFrame({"net": net, "interest": 2e6 + 1e4 * np.arange(len(days))}, index=pd.to_datetime(days))


def facts(path: Path, held: pd.DataFrame, day: date, *, interest: bool = True) -> dict[str, Fact]:
    archive = Archive.open(path, packaged(), create=True)
    rows = [Reading(NET, d.date(), v) for d, v in held["net"].items()]
    rows += [Reading(INTEREST, d.date(), v) for d, v in held["interest"].items()] if interest else []
    add(archive, rows, STORED)
    view, model = archive.as_of(new_york(day, DAY_END)), MODEL()
    return {f.id: f for f in model.facts(model.step(model.fit(view), view)[1])}


def test_every_statistic_is_pandas(tmp_path: Path) -> None:
    held, friday = figures(TUESDAYS), date(2025, 9, 26)  # the report of Tuesday 23 September is out
    got = facts(tmp_path / "a", held, friday)
    known = held[: pd.Timestamp(2025, 9, 23)]
    share = 100 * known["net"] / known["interest"]
    window = share[share.index > pd.Timestamp(2022, 9, 23)]
    before = share.iloc[-157:-1]
    assert got[f"{P}.net"].value == known["net"].iloc[-1]
    assert got[f"{P}.net"].period == date(2025, 9, 23) and got[f"{P}.net"].state == "ok"
    assert got[f"{P}.net_of_oi"].value == pytest.approx(share.iloc[-1], rel=1e-12)
    assert got[f"{P}.change_1w"].value == known["net"].diff().iloc[-1]
    assert got[f"{P}.percentile_3y"].n == len(window)
    # pandas: average ranks count the value itself whole, a mid-rank counts it half.
    assert got[f"{P}.percentile_3y"].value == pytest.approx(
        100 * (window.rank().iloc[-1] - 0.5) / len(window), rel=1e-12
    )
    assert got[f"{P}.z_156w"].value == pytest.approx((share.iloc[-1] - before.mean()) / before.std(), rel=1e-9)


def test_a_report_is_known_from_friday_afternoon(tmp_path: Path) -> None:
    held = figures(TUESDAYS)
    assert facts(tmp_path / "a", held, date(2025, 9, 25))[f"{P}.net"].period == date(2025, 9, 16)
    archive = Archive.open(tmp_path / "a", packaged())
    for minute, period in ((29, date(2025, 9, 16)), (30, date(2025, 9, 23))):
        view = archive.as_of(datetime(2025, 9, 26, 19, minute, tzinfo=UTC))
        assert view.series(NET).last[0] == period


def test_a_closure_is_named_and_a_missing_report_is_said_to_be_due(tmp_path: Path) -> None:
    held = figures(TUESDAYS)
    closed = facts(tmp_path / "a", held, date(2025, 11, 5))[f"{P}.net"]
    assert (closed.state, closed.period) == ("degraded", date(2025, 9, 23))
    assert "no report since 2025-09-23" in (closed.reason or "") and "closure" in (closed.reason or "")
    late = facts(tmp_path / "b", held[: pd.Timestamp(2025, 4, 29)], date(2025, 9, 26))[f"{P}.net"]
    assert (late.state, late.reason) == ("degraded", "a report of 2025-09-23 was due")


def test_no_change_across_a_report_that_is_missing(tmp_path: Path) -> None:
    held = figures(TUESDAYS).drop(pd.Timestamp(2025, 9, 16))
    change = facts(tmp_path / "a", held, date(2025, 9, 26))[f"{P}.change_1w"]
    assert change.value is None and "no report of the week before" in (change.reason or "")


def test_few_reports_give_no_statistic(tmp_path: Path) -> None:
    got = facts(tmp_path / "a", figures(TUESDAYS[-110:]).iloc[:100], date(2025, 9, 26))
    assert got[f"{P}.net"].value is not None
    assert got[f"{P}.percentile_3y"].value is None and got[f"{P}.z_156w"].value is None


def test_without_open_interest_the_net_itself_is_ranked(tmp_path: Path) -> None:
    held = figures(TUESDAYS)
    got = facts(tmp_path / "a", held, date(2025, 9, 26), interest=False)
    assert got[f"{P}.net_of_oi"].value is None
    net = held["net"][: pd.Timestamp(2025, 9, 23)]
    window = net[net.index > pd.Timestamp(2022, 9, 23)]
    assert got[f"{P}.percentile_3y"].value == pytest.approx(
        100 * (window.rank().iloc[-1] - 0.5) / len(window), rel=1e-12
    )


def test_the_book_names_series_that_exist() -> None:
    catalog = packaged()
    assert all(i in catalog for _, _, net, interest in BOOK for i in (net, interest))
    assert set(MODEL().needs()) == {s.id for s in catalog if s.block == "positioning"}
