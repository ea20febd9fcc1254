"""States kept beside the archive, the record of what was said, and what must make either a miss."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from barograph.archive.archive import Archive
from barograph.archive.commit import Fetch
from barograph.archive.states import States
from barograph.catalog.load import load
from barograph.core.errors import InputError
from barograph.core.estimate import Estimate, Quantity
from barograph.core.observation import Reading
from barograph.core.time import Clock
from barograph.models._protocol import State
from barograph.run.estimation import Estimation, sessions_before

SERIES = "us.prices.cpi"
FILLED = datetime(2025, 6, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Mean:
    """A model that counts how often it is estimated."""

    name: str = "mean"
    version: str = "1"
    monthly: bool = True

    def needs(self) -> tuple[str, ...]:
        return (SERIES,)

    def fit(self, view: Any) -> State:
        CALLS.append(view.known_at)
        return State(self.name, self.version, view.known_at, params={"mean": float(view.series(SERIES).values.mean())})

    def step(self, state: State, view: Any) -> tuple[State, Estimate]:
        newest = float(view.series(SERIES).values[-1]) - state.params["mean"]
        return state, Estimate(self.name, view.known_at, (Quantity("test.mean", newest, "index"),))

    def facts(self, estimate: Estimate) -> tuple[Any, ...]:
        return ()

    def explain(self, before: Estimate, after: Estimate) -> tuple[Any, ...]:
        return ()


CALLS: list[datetime] = []


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    import barograph.run.estimation as room

    monkeypatch.setattr(room, "_remembered", type(room._remembered)())
    CALLS.clear()
    made = Archive.open(tmp_path / "archive", load(), create=True)
    add(
        made,
        {date(2024, m, 1): 300.0 + m for m in range(1, 13)} | {date(2025, m, 1): 312.0 + m for m in range(1, 4)},
        FILLED,
    )
    return made


def add(archive: Archive, values: dict[date, float], when: datetime) -> None:
    with archive.writer(Clock(when)) as writer:
        sha = writer.store_raw(repr(values).encode())
        window = (min(values), max(values))
        readings = [Reading(SERIES, d, v, datetime(d.year, d.month, 28, tzinfo=UTC)) for d, v in values.items()]
        writer.commit([Fetch("test", "x", sha, window, (SERIES,), readings)])
        writer.cover([(SERIES, *window)])


def test_a_month_is_estimated_once_and_kept(archive: Archive) -> None:
    view = archive.as_of(FILLED)
    model: Any = Mean()
    first = Estimation(archive.states).state(model, view.at(FILLED - timedelta(5)))
    again = Estimation(archive.states).state(model, view.at(FILLED - timedelta(9)))
    assert first == again and len(CALLS) == 1
    assert first.fitted_as_of == CALLS[0] == datetime(2025, 5, 1, 22, tzinfo=UTC)


def test_a_kept_state_is_the_one_that_was_made(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    import barograph.run.estimation as room

    model: Any = Mean()
    made = Estimation(archive.states).state(model, archive.as_of(FILLED))
    monkeypatch.setattr(room, "_remembered", type(room._remembered)())
    assert Estimation(archive.states).state(model, archive.as_of(FILLED)) == made and len(CALLS) == 1


def test_a_figure_that_became_known_then_is_a_miss(archive: Archive) -> None:
    model: Any = Mean()
    before = Estimation(archive.states).state(model, archive.as_of(FILLED))
    add(archive, {date(2024, 6, 1): 999.0}, FILLED + timedelta(1))
    after = Estimation(archive.states).state(model, archive.as_of(FILLED + timedelta(2)))
    assert len(CALLS) == 2 and after != before
    stored_then = archive.as_of(FILLED + timedelta(2), FILLED + timedelta(hours=1))
    assert Estimation(archive.states).state(model, stored_then).params == before.params


def test_a_damaged_or_unwritable_state_only_costs_time(archive: Archive, tmp_path: Path) -> None:
    states = States(tmp_path / "here")
    assert states.put("ab12", {"x": [1.5, 2.0]}) and states.get("ab12") == {"x": [1.5, 2.0]}
    path = tmp_path / "here" / "states" / "ab" / "ab12.json"
    path.write_text(path.read_text().replace("1.5", "1.6"))
    assert states.get("ab12") is None and states.get("none") is None
    (tmp_path / "file").write_text("")
    assert not States(tmp_path / "file").put("ab12", {})


def test_the_record_is_what_each_day_would_have_said(archive: Archive) -> None:
    model: Any = Mean()
    view = archive.as_of(FILLED)
    instants = sessions_before(FILLED, 30)
    estimation = Estimation(archive.states)
    record = estimation.record([model], view, instants)
    for when, said in zip(instants, record, strict=True):
        own = Estimation().estimate(model, view.at(when))
        assert said["test.mean"]["value"] == own.quantities[0].value
    calls = len(CALLS)
    assert Estimation(archive.states).record([model], archive.as_of(FILLED), instants) == record and len(CALLS) == calls


def test_fingerprints_change_with_what_is_seen_and_with_nothing_else(archive: Archive) -> None:
    view = archive.as_of(FILLED)
    days = [datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 2, 27, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC)]
    a, b, c = view.fingerprints([SERIES], days)
    assert a == b != c
    assert view.at(days[2]).fingerprints([SERIES], days) == [a, b, c]
    assert view.fingerprints([SERIES, SERIES], days[:1]) == [a]
    assert view.fingerprints(["us.prices.pce"], days) == view.fingerprints(["us.prices.pce"], [days[0]] * 3)


def test_a_view_leads_back_only(archive: Archive) -> None:
    view = archive.as_of(FILLED)
    early = view.at(FILLED - timedelta(60))
    assert np.array_equal(early.series(SERIES).values, archive.as_of(FILLED - timedelta(60)).series(SERIES).values)
    with pytest.raises(InputError, match="later"):
        early.at(FILLED)


def test_sessions_before_an_instant() -> None:
    days = sessions_before(datetime(2025, 11, 5, 23, tzinfo=UTC), 3)
    assert [d.date() for d in days] == [date(2025, 10, 31), date(2025, 11, 3), date(2025, 11, 4)]


def test_models_of_models_are_given_what_they_name(archive: Archive) -> None:
    seen: dict[str, Any] = {}

    class Both:
        name, version, after, recalls, lookback = "both", "1", ("mean", "gone"), ("mean",), 5

        def compose(self, view: Any, given: Any, past: Any) -> Estimate:
            seen.update(given=dict(given), past=past)
            return Estimate("both", view.known_at, ())

    model: Any = Mean()
    view = archive.as_of(FILLED)
    estimation = Estimation(archive.states)
    said = {"mean": estimation.estimate(model, view), "other": SimpleNamespace(quantities=())}
    estimation.compose(Both(), view, said, {"mean": model})  # type: ignore[arg-type]
    assert list(seen["given"]) == ["mean"] and len(seen["past"]) == 5
