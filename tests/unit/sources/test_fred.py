"""FRED: what is asked for, how replies by real-time period are read, and no window edge invents or loses a date."""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import invented
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.sources import Request, fred

SOURCE = fred.SOURCE
D = date.fromisoformat
CASES = {case.name: case for case in invented.cases()}


def vintage_row(**more: object):
    return invented.row("t.vintage", "fred", "INVENTED", revises=True, **more)


def test_without_a_key_one_graph_file_per_series() -> None:
    rows = [invented.row("a", "fred", "DGS10"), vintage_row()]
    plan = SOURCE.plan(invented.job(*rows))
    assert [r.url for r in plan] == ["https://fred.stlouisfed.org/graph/fredgraph.csv"] * 2
    assert plan[0].params == (("coed", "2025-11-05"), ("cosd", "2025-01-01"), ("id", "DGS10"))
    assert all(r.key_param == "" for r in plan)


def test_with_a_key_only_series_that_revise_and_have_true_vintages_use_the_api() -> None:
    rows = [invented.row("a", "fred", "DGS10"), vintage_row(), vintage_row(vintages=False)]
    plan = SOURCE.plan(invented.job(*rows, has_key=True))
    assert [r.note.split()[0] for r in plan] == ["graph", "observations", "graph"]
    assert plan[1].key_param == "api_key"
    assert plan[1].series == ("t.vintage",)


def test_realtime_ends_on_the_date_in_st_louis() -> None:
    half_past_midnight_in_new_york = datetime(2025, 11, 6, 5, 30, tzinfo=UTC)
    (request,) = SOURCE.plan(invented.job(vintage_row(), has_key=True, now=half_past_midnight_in_new_york))
    assert dict(request.params)["realtime_end"] == "2025-11-05"


def test_graph_file() -> None:
    read = CASES["fred_graph.csv"].parse()
    assert read[0] == Reading("t.graph", D("2025-10-27"), 4.01)
    assert [r.value for r in read[2:4]] == [None, None]  # an empty field and a point are both "missing"
    assert all(r.vintage is None for r in read)


def test_the_factor_of_the_row_applies() -> None:
    case = CASES["fred_graph.csv"]
    row = invented.row("t.graph", "fred", "INVENTED", unit="bp", scale=100.0)
    read = SOURCE.parse(b"observation_date,INVENTED\n2025-11-04,1.13\n", case.request, {"t.graph": row})
    assert read == [Reading("t.graph", D("2025-11-04"), 113.0)]


def test_vintages_of_the_documented_shape() -> None:
    read = CASES["fred_observations.json"].parse()
    assert read == [
        Reading("t.vintage", D("2025-07-01"), 101.5, D("2025-09-05")),
        Reading("t.vintage", D("2025-07-01"), 101.25, D("2025-10-03")),
        Reading("t.vintage", D("2025-08-01"), 102.0, D("2025-10-03")),
        Reading("t.vintage", D("2025-08-01"), None, D("2025-11-04")),  # "." stands for missing
        Reading("t.vintage", D("2025-08-02"), 7.0, D("2025-10-03")),
        Reading("t.vintage", D("2025-08-02"), None, D("2025-11-04")),  # ends without a successor: withdrawn
        Reading("t.vintage", D("2025-09-01"), 102.75, D("2025-11-04")),
    ]


def test_vintage_dates_lead_to_windows_of_at_most_2000_vintages() -> None:
    days = [D("2000-01-03") + timedelta(i) for i in range(5_000)]
    (asked,) = SOURCE.plan(invented.job(vintage_row(), has_key=True))
    (request,) = SOURCE.otherwise(asked, "HTTP status 400: Bad Request.  More than 2000 vintage dates.")
    body = json.dumps(
        {
            "realtime_start": "1776-07-04",
            "realtime_end": "2025-11-05",
            "count": 5_000,
            "offset": 0,
            "vintage_dates": [d.isoformat() for d in days],
        }
    ).encode()
    windows = [dict(r.params) for r in SOURCE.follow(request, body)]
    spans = [(D(w["realtime_start"]), D(w["realtime_end"])) for w in windows]
    assert all(sum(a <= d <= b for d in days) <= 2_000 for a, b in spans)
    assert all(a in days for a, _ in spans)
    assert spans[-1][1] == D("2025-11-05")
    assert {d for a, b in spans for d in days if a <= d <= b} == set(days)


def test_after_a_look_only_what_became_known_since_a_week_before_it() -> None:
    (request,) = SOURCE.plan(invented.job(vintage_row(), has_key=True, looked_at=datetime(2025, 10, 20, tzinfo=UTC)))
    asked = dict(request.params)
    assert (request.note, asked["realtime_start"]) == ("observations since", "2025-10-12")
    rows = [
        {"date": "2025-08-01", "realtime_start": a, "realtime_end": b, "value": v}
        for a, b, v in (("2025-10-12", "2025-11-03", "1.5"), ("2025-11-04", "9999-12-31", "2.5"))
    ]
    head = {k: asked[k] for k in ("realtime_start", "realtime_end")} | {"count": 2, "offset": 0}
    body = json.dumps(head | {"observations": rows}).encode()
    # What begins on the first day asked for stood before it: FRED cuts, it does not say when the value came.
    read = SOURCE.parse(body, request, {"t.vintage": vintage_row()})
    assert read == [Reading("t.vintage", D("2025-08-01"), 2.5, D("2025-11-04"))]


def test_a_series_that_alfred_does_not_know_falls_back_to_the_graph_file() -> None:
    (request,) = SOURCE.plan(invented.job(vintage_row(), has_key=True))
    said = "HTTP status 400: Bad Request.  The series does not exist in ALFRED but may exist in FRED."
    (instead,) = SOURCE.otherwise(request, said)
    assert instead.note == "graph" and SOURCE.otherwise(instead, said) == []
    (dates,) = SOURCE.otherwise(request, "HTTP status 400: Bad Request.  Too many vintage dates.")
    body = b'{"realtime_start":"1776-07-04","realtime_end":"2025-11-05","count":0,"offset":0,"vintage_dates":[]}'
    assert [r.note for r in SOURCE.follow(dates, body)] == ["graph"]


@pytest.mark.parametrize("found", ["HTTP status 400: Bad Request.  The api_key is not registered.", "HTTP status 503"])
def test_a_wrong_key_is_never_gone_around(found: str) -> None:
    (request,) = SOURCE.plan(invented.job(vintage_row(), has_key=True))
    assert SOURCE.otherwise(request, found) == []


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ('"realtime_start": "2025-09-05",', '"realtime_start": "2025-11-05",', "realtime_start"),  # bounds ignored
        ('"value": "102.0"', '"value": "1e400"', "number"),
        ('"value": "102.0"', '"value": null', "not text"),
        ('"realtime_end": "2025-11-03"', '"realtime_end": "2024-11-03"', "real-time period"),
        ('"date": "2025-07-01"', '"date": "1999-07-01"', "period"),
        ('"count": 6', '"count": 3', "where it stands"),
    ],
)
def test_a_reply_that_does_not_answer_the_question_is_refused(old: str, new: str, names: str) -> None:
    case = CASES["fred_observations.json"]
    spoilt = case.body.decode().replace(old, new, 1)
    assert spoilt != case.body.decode()
    with pytest.raises(SourceError, match=names):
        case.parse(spoilt.encode())


def test_the_services_error_is_told() -> None:
    with pytest.raises(SourceError, match="not registered"):
        CASES["fred_observations.json"].parse(b'{"error_code": 400, "error_message": "The key is not registered."}')


# ------------------------------------------------------------------ whole histories, against a plain model
DAYS = [date(2020, 1, 1) + timedelta(i) for i in range(40)]
values = st.one_of(st.none(), st.sampled_from([1.0, 2.0, 3.0]))
histories = st.dictionaries(
    st.sampled_from([date(2019, 12, 1), date(2019, 12, 2), date(2020, 1, 1)]),
    st.dictionaries(st.sampled_from(DAYS), values, min_size=1, max_size=12),
    min_size=1,
)


def as_history(drawn: dict[date, dict[date, float | None]]) -> invented.History:
    """Changes only, beginning with a value: as a vintage archive holds them."""
    out: invented.History = {}
    for period, changes in drawn.items():
        last: float | None = None
        kept = []
        for day in sorted(changes):
            if changes[day] != last:
                last = changes[day]
                kept.append((day, last))
        if kept:
            out[period] = kept
    return out


def download(history: invented.History, job, cap: int, page: int) -> list[Reading]:
    """Ask as ingest does: plan, parse, follow, oldest window first."""
    row = job.series[0]
    queue, out = deque(SOURCE.plan(job)), []
    for _ in range(500):
        if not queue:
            return out
        request: Request = queue.popleft()
        body = invented.fred_answer(history, request, cap, page)
        try:
            out += SOURCE.parse(body, request, {row.id: row})
        except SourceError as error:
            instead = SOURCE.otherwise(request, error.found)
            assert instead, error
            queue.extend(instead)
        else:
            queue.extend(SOURCE.follow(request, body))
    raise AssertionError("the requests never end")


def log_of(read: list[Reading]) -> dict[date, list[tuple[date, float | None]]]:
    """The changes that a log keeps: a reading equal to what is known at its vintage adds nothing."""
    log: dict[date, dict[date, float | None]] = {}
    for r in sorted(read, key=lambda r: (r.period, r.vintage or date.min)):
        held = log.setdefault(r.period, {})
        before = [held[v] for v in sorted(held) if v <= r.vintage]
        if r.value != (before[-1] if before else None):
            held[r.vintage] = r.value
    return {p: sorted(held.items()) for p, held in log.items() if held}


def check_every_vintage(history: invented.History, cap: int, page: int) -> None:
    row = vintage_row()
    window = (date(2019, 1, 1), date(2020, 12, 31))
    now = datetime(2020, 3, 1, 18, tzinfo=UTC)
    first = download(history, invented.job(row, window=window, now=now, has_key=True), cap, page)
    assert log_of(first) == history


@given(drawn=histories, cap=st.integers(2, 5), page=st.integers(8, 30))
@settings(max_examples=150, deadline=None)
def test_any_split_into_windows_and_pages_gives_the_true_history(drawn, cap: int, page: int) -> None:
    history = as_history(drawn)
    assume(history)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fred, "MAX_VINTAGES", cap)
        check_every_vintage(history, cap, page)


@given(drawn=histories, cut=st.integers(0, 39), cap=st.sampled_from([2, 3, 2_000]))
@settings(max_examples=150, deadline=None)
def test_a_second_look_brings_exactly_what_is_new(drawn, cut: int, cap: int) -> None:
    history = as_history(drawn)
    then = {p: [c for c in changes if c[0] <= DAYS[cut]] for p, changes in history.items()}
    then = {p: changes for p, changes in then.items() if changes}
    assume(then)
    row, window = vintage_row(), (date(2019, 1, 1), date(2020, 12, 31))
    looked = datetime(*DAYS[cut].timetuple()[:3], 18, tzinfo=UTC)
    now = datetime(2020, 3, 1, 18, tzinfo=UTC)
    again = invented.job(row, window=window, now=now, has_key=True, looked_at=looked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fred, "MAX_VINTAGES", cap)
        first = download(then, invented.job(row, window=window, now=looked, has_key=True), cap, 100_000)
        assert log_of(first + download(history, again, cap, 100_000)) == history


def test_planted_windows_that_do_not_share_a_vintage_lose_a_withdrawal() -> None:
    """The check above must find the window that ends the day before the next begins."""
    true = {date(2019, 12, 1): [(DAYS[0], 1.0), (DAYS[2], None)], date(2019, 12, 2): [(DAYS[1], 1.0), (DAYS[3], 2.0)]}

    def apart(request: Request, body: bytes) -> list[Request]:
        out = []
        for follower in fred.FredSource.follow(SOURCE, request, body):
            asked = dict(follower.params)
            if asked["realtime_end"] != "2020-03-01":
                asked["realtime_end"] = (D(asked["realtime_end"]) - timedelta(1)).isoformat()
            out.append(Request(**{**_fields(follower), "params": tuple(sorted(asked.items()))}))
        return out

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fred, "MAX_VINTAGES", 3)
        check_every_vintage(true, 3, 100)
        patch.setattr(SOURCE, "follow", apart, raising=False)
        with pytest.raises(AssertionError):
            check_every_vintage(true, 3, 100)


def _fields(request: Request) -> dict[str, object]:
    return {name: getattr(request, name) for name in request.__dataclass_fields__}
