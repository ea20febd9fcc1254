"""The update: windows from coverage, one failure does not spoil the rest, a re-run heals, a correction is dated when seen.

Bodies are invented figures in the providers' documented shape.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from barograph.archive.archive import Archive
from barograph.catalog.load import load
from barograph.core.errors import InputError, SourceError
from barograph.core.time import Clock
from barograph.run import ingest
from barograph.run.settings import Settings
from barograph.sources import Request
from barograph.sources._http import Response

Answer = Callable[[str], str]


class Provider:
    """Answers FRED's keyless graph requests from a table of code -> rows; None fails."""

    def __init__(self, tables: dict[str, str | None]) -> None:
        self.tables = tables
        self.asked: list[Request] = []

    def get(self, request: Request, etag: str | None = None, last_modified: str | None = None) -> Response:
        self.asked.append(request)
        code = dict(request.params)["id"]
        rows = self.tables.get(code, "")
        if rows is None:
            raise SourceError(f"fred: {code}", "HTTP status 503", "", "later")
        return Response(200, f"observation_date,{code}\n{rows}".encode(), None, None, None, False, 1)


@pytest.fixture
def only_two(tmp_path: Path) -> Path:
    """A user's folder that leaves the packaged rows alone; the two series used here are packaged."""
    return tmp_path / "archive"


def settings_at(folder: Path, now: str) -> Settings:
    return Settings(archive=folder, clock=Clock(datetime.fromisoformat(now).astimezone(UTC)))


def run(folder: Path, now: str, provider: Provider, until: date | None = None) -> ingest.UpdateResult:
    catalog = load()
    archive = Archive.open(folder, catalog, create=True)
    return ingest.update(archive, catalog, settings_at(folder, now), provider, only="fred", until=until)


def series(folder: Path, series_id: str, at: str):  # type: ignore[no-untyped-def]
    archive = Archive.open(folder, load())
    return archive.as_of(datetime.fromisoformat(at).astimezone(UTC)).series(series_id)


IG = "BAMLC0A0CM"
CLEAN = "2025-11-03,0.82\n2025-11-04,0.83\n2025-11-05,0.81\n"


def test_a_first_fill_is_dated_by_the_rule_not_by_the_day_of_filling(only_two: Path) -> None:
    result = run(only_two, "2025-11-06T12:00:00+00:00", Provider({IG: CLEAN}))
    assert result.exit_code == 0
    points = series(only_two, "us.credit.ig_oas", "2025-11-05T18:00:00-05:00")
    assert points.last == (date(2025, 11, 5), pytest.approx(81.0))
    assert points.bases == ("schedule",)


def test_one_failure_leaves_the_others_and_is_asked_again(only_two: Path) -> None:
    result = run(only_two, "2025-11-06T12:00:00+00:00", Provider({IG: None, "BAMLH0A0HYM2": CLEAN}))
    assert result.exit_code == 3
    assert [s for s, _ in result.sources["fred"].failures] == ["us.credit.ig_oas"]
    archive = Archive.open(only_two, load())
    assert archive.coverage("us.credit.ig_oas") is None and archive.coverage("us.credit.hy_oas") is not None
    again = Provider({IG: CLEAN, "BAMLH0A0HYM2": CLEAN})
    assert run(only_two, "2025-11-06T12:05:00+00:00", again).exit_code == 0
    points = series(only_two, "us.credit.ig_oas", "2025-11-05T18:00:00-05:00")
    assert points.last[1] == pytest.approx(81.0)
    windows = {dict(r.params)["id"]: r.window[0] for r in again.asked}
    assert windows[IG] < date(1930, 1, 1) and windows["BAMLH0A0HYM2"] > date(2025, 10, 1)


def test_all_failing_is_exit_code_one(only_two: Path) -> None:
    codes = {s.code("fred"): None for s in load().by_source("fred")}
    assert run(only_two, "2025-11-06T12:00:00+00:00", Provider(codes)).exit_code == 1


def test_a_repeated_answer_adds_nothing(only_two: Path) -> None:
    run(only_two, "2025-11-06T12:00:00+00:00", Provider({IG: CLEAN}))
    result = run(only_two, "2025-11-07T12:00:00+00:00", Provider({IG: CLEAN}))
    assert result.sources["fred"].new == 0


def test_a_change_seen_on_a_later_day_is_known_from_then_on(only_two: Path) -> None:
    run(only_two, "2025-11-06T12:00:00+00:00", Provider({IG: CLEAN}))
    run(only_two, "2025-11-07T12:00:00+00:00", Provider({IG: CLEAN.replace("0.83", "0.84")}))
    before = series(only_two, "us.credit.ig_oas", "2025-11-06T18:00:00-05:00").value_on(date(2025, 11, 4))
    after = series(only_two, "us.credit.ig_oas", "2025-11-07T18:00:00-05:00").value_on(date(2025, 11, 4))
    assert before == pytest.approx(83.0) and after == pytest.approx(84.0)


def test_a_figure_that_came_later_than_its_rule_is_known_from_the_look_that_found_it(only_two: Path) -> None:
    run(only_two, "2025-11-06T12:00:00+00:00", Provider({IG: CLEAN.replace("2025-11-05,0.81\n", "")}))
    run(only_two, "2025-11-07T12:00:00+00:00", Provider({IG: CLEAN}))
    early = series(only_two, "us.credit.ig_oas", "2025-11-06T18:00:00-05:00")
    late = series(only_two, "us.credit.ig_oas", "2025-11-07T18:00:00-05:00")
    assert early.last[0] == date(2025, 11, 4)
    assert late.last[0] == date(2025, 11, 5) and late.tail(1).bases == ("fetch",)


def test_a_second_run_of_the_same_day_heals_without_moving_the_clock(only_two: Path) -> None:
    run(only_two, "2025-11-06T12:00:00+00:00", Provider({IG: CLEAN.replace("2025-11-05,0.81\n", "2025-11-05,\n")}))
    run(only_two, "2025-11-06T13:00:00+00:00", Provider({IG: CLEAN}))
    points = series(only_two, "us.credit.ig_oas", "2025-11-05T18:00:00-05:00")
    assert points.last == (date(2025, 11, 5), pytest.approx(81.0))


def test_a_misplaced_decimal_is_held_back_and_healed(only_two: Path) -> None:
    days = [f"2025-10-{d:02d},0.8{d % 10}" for d in range(1, 31)]
    body = "\n".join(days) + "\n2025-11-05,8.1\n"
    result = run(only_two, "2025-11-06T12:00:00+00:00", Provider({IG: body}))
    assert result.sources["fred"].quarantined == 1
    assert series(only_two, "us.credit.ig_oas", "2025-11-06T18:00:00-05:00").value_on(date(2025, 11, 5)) is None
    held = Archive.open(only_two, load()).quarantined("held")
    assert len(held) == 1 and held[0].value == pytest.approx(810.0)
    run(only_two, "2025-11-06T13:00:00+00:00", Provider({IG: body.replace("8.1\n", "0.81\n")}))
    assert series(only_two, "us.credit.ig_oas", "2025-11-06T18:00:00-05:00").last[1] == pytest.approx(81.0)
    assert not Archive.open(only_two, load()).quarantined("held")


def test_an_unchanged_answer_is_asked_for_in_full_while_a_value_of_it_waits(only_two: Path) -> None:
    class Conditional(Provider):
        def get(self, request: Request, etag: str | None = None, last_modified: str | None = None) -> Response:
            if etag == "same":
                self.asked.append(request)
                return Response(304, b"", etag, None, None, True, 1)
            full = super().get(request)
            return Response(full.status, full.body, "same", None, None, False, 1)

    body = "\n".join(f"2025-10-{d:02d},0.8{d % 10}" for d in range(1, 31)) + "\n2025-11-05,0.81\n"
    until = date(2025, 11, 6)
    run(only_two, "2025-11-06T12:00:00+00:00", Provider({IG: body}), until)
    states = []
    for day in (7, 8, 9):
        provider = Conditional({IG: body.replace(",0.81\n", ",8.1\n")})
        result = run(only_two, f"2025-11-0{day}T12:00:00+00:00", provider, until)
        states.append([q.state for q in Archive.open(only_two, load()).quarantined()])
    assert states == [["held"], ["released"], ["released"]]
    assert result.sources["fred"].unchanged > 0


def test_until_after_the_clock_and_an_unknown_provider_are_refused(only_two: Path) -> None:
    with pytest.raises(InputError, match="after the run's clock"):
        run(only_two, "2025-11-06T12:00:00+00:00", Provider({}), until=date(2026, 1, 1))
    with pytest.raises(InputError, match="no such provider"):
        ingest.chosen_sources("bloomberg", settings_at(only_two, "2025-11-06T12:00:00+00:00"))
