"""How good the daily shocks are, on the record from 2010 on: figures are printed, structure and stated signs asserted.

Labels from outside: actual and forecast figures of payrolls and consumer prices (a public calendar, 2021-2025, recorded),
and the high-frequency policy shocks of Jarocinski & Karadi on FOMC days to 2024-09. Signs were stated before any of
this was computed: a stronger payroll figure loads on growth, higher consumer prices on inflation, FOMC days on policy.
Which of two points stands for the accepted draws, the median target (shown) or their mean, is scored side by side.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.core.time import DAY_END, new_york, sessions
from barograph.models._fitting import refit_at
from barograph.models._protocol import State
from barograph.models.history import SessionView
from barograph.models.intervals import wilson
from barograph.models.regime.shocks import Shocks
from barograph.models.regime.shocks_identification import SHOCKS, Identified
from barograph.models.regime.shocks_sample import Moves, moves_of

pytestmark = pytest.mark.e2e

FIRST, LAST = date(2010, 1, 4), date(2025, 11, 5)
LABELLED = {"Non-Farm Employment Change": "growth", "CPI m/m": "inflation", "Core CPI m/m": "inflation"}
POINTS = ("target", "mean")


@dataclass(frozen=True)
class Daily:
    """Shocks of every session with all legs, each read with its month's system: (days, shocks) by point."""

    days: np.ndarray
    shocks: dict[str, np.ndarray]
    white: np.ndarray
    acceptance: np.ndarray
    accepted: np.ndarray

    def on(self, days: list[date]) -> np.ndarray:
        """Positions of those of `days` that are there."""
        return np.flatnonzero(np.isin(self.days, np.array(days, dtype="datetime64[D]")))


@pytest.fixture(scope="module")
def archive(golden_archive: Path) -> Iterator[Archive]:
    yield Archive.open(golden_archive, load())


def view_of(archive: Archive, day: date):
    return archive.as_of(new_york(day, DAY_END))


def moves_at(archive: Archive, day: date, count: int) -> Moves:
    seen = SessionView(view_of(archive, day))
    return moves_of(seen, Shocks()._histories(seen)[0], count)


def read(system: Identified, moves: Moves, at: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Shocks of the rows `at`, shape (days, shocks), by point, and the whitened residuals."""
    foreseen, shocks = system.split(moves.moves[at - 1], moves.moves[at])
    white = np.linalg.solve(system.root, ((moves.moves[at] - foreseen) / system.scale).T)
    return {"target": shocks[0].T, "mean": shocks[1:].mean(axis=0).T}, white.T


@pytest.fixture(scope="module")
def daily(archive: Archive) -> Daily:
    model, columns = Shocks(), {p: [] for p in POINTS}
    days, whites, acceptance, accepted = [], [], [], []
    months = [date(y, m, 1) for y in range(2010, 2026) for m in range(1, 13) if date(y, m, 1) <= LAST]
    for month in months:
        inside = [d for d in sessions("NYSE", month, month + timedelta(31)) if d.month == month.month and d <= LAST]
        state = model.fit(view_of(archive, inside[0]))
        moves = moves_at(archive, inside[-1], len(inside))
        at = np.flatnonzero(moves.paired & (moves.days >= np.datetime64(inside[0], "D")))
        found, white = read(Identified.of(state.params, state.seed), moves, at)
        for point in POINTS:
            columns[point].append(found[point])
        days.append(moves.days[at])
        whites.append(white)
        acceptance.append(100.0 * state.params["holding"] / state.params["tried"])
        accepted.append(state.params["accepted"])
    return Daily(
        np.concatenate(days),
        {p: np.concatenate(c) for p, c in columns.items()},
        np.concatenate(whites),
        np.array(acceptance),
        np.array(accepted),
    )


@pytest.fixture(scope="module")
def surprises(recorded_folder: Path) -> dict[str, dict[date, float]]:
    """Actual less forecast by event and day."""
    path = recorded_folder / "data" / "calendar" / "us_releases.csv.gz"
    if not path.is_file():
        pytest.skip("the calendar of releases is not among the recorded sources")
    out: dict[str, dict[date, float]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["event"] in LABELLED and row["actual"] and row["forecast"]:
                actual, forecast = (float(row[k].rstrip("K%").replace(",", "")) for k in ("actual", "forecast"))
                out.setdefault(row["event"], {})[date.fromisoformat(row["date"])] = round(actual - forecast, 6)
    return out


@pytest.fixture(scope="module")
def announced(recorded_folder: Path) -> dict[date, tuple[float, float]]:
    """Policy and information shocks by announcement day (the sum, where a day had two)."""
    path = recorded_folder / "reference" / "jk_shocks_targets.csv"
    if not path.is_file():
        pytest.skip("the published shocks are not among the recorded sources")
    out: dict[date, tuple[float, float]] = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["start"][:10])
            had = out.get(day, (0.0, 0.0))
            out[day] = (had[0] + float(row["MP_median"]), had[1] + float(row["CBI_median"]))
    return out


def test_every_month_is_identified(daily: Daily) -> None:
    low, middle, high = np.percentile(daily.acceptance, [0, 50, 100])
    print(f"\nacceptance, {daily.acceptance.size} months: {low:.1f} to {high:.1f} %, median {middle:.1f} %")
    print(f"sessions with every leg: {daily.days.size} of {len(sessions('NYSE', FIRST, LAST))}")
    assert low > Shocks().least_acceptance
    assert daily.accepted.min() >= 500
    assert daily.days.size > 0.95 * len(sessions("NYSE", FIRST, LAST))
    scale = {p: daily.shocks[p].std(axis=0).round(2).tolist() for p in POINTS}
    print(
        f"standard deviations of the daily shocks {dict(zip(SHOCKS, scale['target'], strict=True))} mean {scale['mean']}"
    )


def test_the_facts_are_these_shocks(archive: Archive, daily: Daily) -> None:
    model = Shocks()
    for day in (date(2011, 8, 8), date(2016, 11, 9), date(2020, 3, 16), date(2022, 6, 15), LAST):
        view = view_of(archive, day)
        state = model.fit(view.at(refit_at(view.known_at)))
        estimate = model.step(state, view)[1]
        (at,) = daily.on([day])
        for k, shock in enumerate(SHOCKS):
            quantity = estimate.get(f"shock.us.{shock}.1d")
            assert quantity is not None and quantity.period == day
            assert quantity.value == pytest.approx(daily.shocks["target"][at, k], abs=1e-9)
            assert quantity.low <= quantity.high
        for variable in ("real10y", "breakeven10y", "hy", "spx", "dollar", "oil"):
            parts = [estimate.get(f"shock.us.{variable}.{p}").value for p in (*SHOCKS, "other", "expected")]
            assert sum(parts) == pytest.approx(estimate.get(f"shock.us.{variable}.move").value, abs=1e-9)


@pytest.mark.parametrize(("event", "shock"), LABELLED.items())
def test_sign_on_release_days(event: str, shock: str, surprises: dict[str, dict[date, float]], daily: Daily) -> None:
    by_day = {d: s for d, s in surprises[event].items() if s != 0.0}
    at = daily.on(list(by_day))
    surprise = np.array([by_day[d] for d in daily.days[at].tolist()])
    assert at.size >= 20
    for point in POINTS:
        line = []
        for k, name in enumerate(SHOCKS):
            values = daily.shocks[point][at, k]
            hits = int((np.sign(values) == np.sign(surprise)).sum())
            low, high = wilson(hits, at.size)
            assert 0.0 <= low <= hits / at.size <= high <= 1.0
            rank = stats.spearmanr(values, surprise).statistic
            # The sign that was stated; how often a single day has it is reported.
            assert name != shock or rank > 0.0
            line.append(f"{name}{'*' if name == shock else ''} {hits}/{at.size} [{low:.2f}, {high:.2f}] r {rank:+.2f}")
        print(f"\n{event}, {point}: " + "; ".join(line), end="")


def test_policy_on_fomc_days(announced: dict[date, tuple[float, float]], daily: Daily) -> None:
    at = daily.on(list(announced))
    policy, information = (np.array([announced[d][i] for d in daily.days[at].tolist()]) for i in (0, 1))
    assert at.size >= 100
    for point in POINTS:
        shocks = daily.shocks[point][at]
        line = []
        for k, name in enumerate(SHOCKS):
            one, two = (float(np.corrcoef(shocks[:, k], x)[0, 1]) for x in (policy, information))
            low, high = np.tanh(np.arctanh(one) + np.array([-1.645, 1.645]) / np.sqrt(at.size - 3))
            line.append(f"{name} MP {one:+.2f} [{low:+.2f}, {high:+.2f}] CBI {two:+.2f}")
        print(f"\nFOMC days, {at.size}, {point}: " + "; ".join(line), end="")
        assert np.corrcoef(shocks[:, SHOCKS.index("policy")], policy)[0, 1] > 0.0


def test_decision_days_from_closes(archive: Archive, announced: dict[date, tuple[float, float]]) -> None:
    model, ours, theirs = Shocks(), [], []
    for day in sorted(d for d in announced if d >= date(2004, 1, 1)):
        view = view_of(archive, day)
        state = State(model.name, model.version, view.known_at, params={"reason": "only the decision day is asked for"})
        found = [model.step(state, view)[1].get(f"shock.us.fomc.{k}") for k in ("policy", "information")]
        assert all(q is not None for q in found)
        if found[0].period == day and found[0].value is not None:  # a scheduled day with closes
            ours.append([q.value for q in found])
            theirs.append(announced[day])
    two, high_frequency = np.array(ours), np.array(theirs)
    assert len(two) >= 100 and (two.prod(axis=1) == 0.0).all()
    values = [float(np.corrcoef(two[:, k], high_frequency[:, k])[0, 1]) for k in (0, 1)]
    print(
        f"\nfrom closes, {len(two)} decision days: policy with MP {values[0]:+.2f}, information with CBI {values[1]:+.2f}"
    )
    assert np.isfinite(values).all()


def test_share_of_announcement_day_variance(
    surprises: dict[str, dict[date, float]], announced: dict[date, tuple[float, float]], daily: Daily
) -> None:
    total = (daily.white**2).sum(axis=1)
    kinds = {
        "payrolls": daily.on(list(surprises["Non-Farm Employment Change"])),
        "CPI": daily.on(list(surprises["CPI m/m"])),
        "FOMC": daily.on(list(announced)),
        "all days": np.arange(daily.days.size),
    }
    for name, at in kinds.items():
        shares = (daily.shocks["target"][at] ** 2).sum(axis=0) / total[at].sum()
        line = ", ".join(f"{s} {100 * v:.0f} %" for s, v in zip(SHOCKS, shares, strict=True))
        print(f"\n{name}, {at.size}: {line}, other {100 * (1 - shares.sum()):.0f} %", end="")
        assert (shares > 0.0).all() and shares.sum() < 1.0


def test_stability_when_the_window_moves(archive: Archive) -> None:
    model = Shocks()
    found: dict[str, list[list[float]]] = {p: [] for p in POINTS}
    for year in range(2010, 2026):
        for month in (1, 7):
            days = sessions("NYSE", date(year, month, 1), date(year, month, 1) + timedelta(100))[:61]
            early = sessions("NYSE", days[0] - timedelta(120), days[0] - timedelta(1))[-60]
            moves = moves_at(archive, days[-1], 60)
            at = np.flatnonzero(moves.paired)
            states = [model.fit(view_of(archive, d)) for d in (early, days[0])]
            old, new = (read(Identified.of(s.params, s.seed), moves, at)[0] for s in states)
            for point in POINTS:
                found[point].append([np.corrcoef(old[point][:, k], new[point][:, k])[0, 1] for k in range(4)])
    for point in POINTS:
        values = np.array(found[point])
        assert np.isfinite(values).all() and (np.abs(values) <= 1.0 + 1e-12).all()
        line = ", ".join(
            f"{s} median {np.median(v):.3f} least {v.min():.2f}" for s, v in zip(SHOCKS, values.T, strict=True)
        )
        print(f"\nwindow moved by 60 sessions, {len(values)} pairs, {point}: {line}", end="")
