"""Every provider against the recorded sources: real bodies, read through the real client."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from barograph.catalog.load import load
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.core.time import sessions
from barograph.sources import Job, Request, host_limits, sources
from barograph.sources._http import Client, Limits
from barograph.sources._protocol import FallsBack
from recorded import NOT_RECORDED, Recorded, serve

pytestmark = pytest.mark.e2e
TODAY = date(2025, 11, 5)
NOW = datetime(2025, 11, 5, 23, 0, tzinfo=UTC)  # 18:00 in New York
YEAR = (date(2025, 1, 1), TODAY)
KEY = "0123456789abcdef0123456789abcdef"
CATALOG = load()


@pytest.fixture(scope="module")
def server() -> Iterator[Recorded]:
    with serve("2025-11-05") as running:
        yield running


@pytest.fixture(autouse=True)
def no_faults(server: Recorded) -> None:
    server.set_faults([])
    server.set_today("2025-11-05")


@pytest.fixture
def client(server: Recorded) -> Iterator[Client]:
    limits = Limits(hosts=host_limits(sources().values()), backoff=0.01, per_minute={})
    with Client({"fred": KEY}, gateway=server, limits=limits) as made:
        yield made


@dataclass
class Download:
    """What one job brought: readings by series, the requests made, and what failed."""

    readings: dict[str, list[Reading]] = field(default_factory=lambda: defaultdict(list))
    requests: list[Request] = field(default_factory=list)
    failed: dict[str, SourceError] = field(default_factory=dict)

    def values(self, id_: str) -> dict[date, float | None]:
        return {r.period: r.value for r in self.readings[id_]}


def download(client: Client, name: str, series: list[Series], window: tuple[date, date] = YEAR, **more) -> Download:
    """Ask as ingest does: plan, get, parse, follow."""
    source, rows, out = sources()[name], {s.id: s for s in series}, Download()
    queue = deque(source.plan(Job(tuple(series), window, more.pop("now", NOW), **more)))
    while queue:
        request = queue.popleft()
        out.requests.append(request)
        try:
            body = client.get(request).body
            for reading in source.parse(body, request, rows):
                assert request.window[0] <= reading.period <= request.window[1]
                out.readings[reading.series_id].append(reading)
            queue.extend(source.follow(request, body))
        except SourceError as error:
            out.failed[request.describe()] = error
    return out


def rows(*ids: str) -> list[Series]:
    return [CATALOG[id_] for id_ in ids]


def test_treasury_csv_and_xml_say_the_same(client: Client) -> None:
    curve = [s for s in CATALOG if s.id.startswith(("us.rates.par_", "us.rates.real_"))]
    month = (date(2025, 11, 1), TODAY)
    got = download(client, "treasury", curve, month)
    assert not got.failed and len(got.requests) == 2
    served = {s.id for s in curve if got.readings[s.id]}
    assert {"us.rates.par_3m", "us.rates.par_2y", "us.rates.par_10y", "us.rates.par_30y", "us.rates.real_10y"} <= served
    for id_ in served:
        assert list(got.values(id_)) == [date(2025, 11, d) for d in (3, 4, 5)]
    source = sources()["treasury"]
    table = {s.id: s for s in curve}
    for request in got.requests:
        xml = source.as_xml(request)  # type: ignore[attr-defined]
        read = source.parse(client.get(xml).body, xml, table)
        csv = [r for id_ in request.series for r in got.readings[id_]]
        assert sorted(read) == sorted(csv)


def test_treasury_years_join_and_agree_with_fred(client: Client) -> None:
    (ten,) = rows("us.rates.par_10y")
    window = (date(2019, 6, 1), TODAY)
    treasury = download(client, "treasury", [ten], window).values(ten.id)
    fred = download(client, "fred", [ten], window).values(ten.id)
    assert len(treasury) > 1_500
    common = [d for d in treasury if treasury[d] is not None and fred.get(d) is not None]
    assert len(common) > 1_500
    assert max(abs(treasury[d] - fred[d]) for d in common) <= 0.011


def test_fred_graph_files_of_every_row(client: Client) -> None:
    all_rows = [s for s in CATALOG if s.code("fred")]
    got = download(client, "fred", all_rows, (date(2024, 11, 5), TODAY))
    absent = {r.describe().partition("id=")[2] for r in got.requests if r.describe() in got.failed}
    # Not in the recording (its documentation says so): a 404, told as such.
    assert absent <= NOT_RECORDED["fred"]
    assert all("404" in str(error) for error in got.failed.values())
    assert all(got.readings[s.id] for s in all_rows if s.code("fred") not in absent)


def test_fred_scale_and_missing(client: Client) -> None:
    hy, ten = rows("us.credit.hy_oas", "us.rates.par_10y")
    got = download(client, "fred", [hy, ten], (date(2025, 10, 1), TODAY))
    assert 100 < got.values(hy.id)[TODAY] < 1_000  # bp, where FRED says per cent
    assert got.values(ten.id)[date(2025, 10, 13)] is None  # Columbus Day: an empty field


def test_fred_vintages_end_where_the_graph_file_stands(client: Client) -> None:
    (payrolls,) = rows("us.labour.payrolls")
    payrolls = replace(payrolls, vintages=True)
    window = (date(1995, 1, 1), TODAY)
    got = download(client, "fred", [payrolls], window, has_key=True)
    assert not got.failed
    assert [r.note.split()[0] for r in got.requests] == ["observations"]
    latest: dict[date, tuple[date, float | None]] = {}
    for r in got.readings[payrolls.id]:
        assert r.vintage is not None and r.vintage > r.period
        latest[r.period] = max(latest.get(r.period, (date.min, None)), (r.vintage, r.value))
    graph = download(client, "fred", [payrolls], window).values(payrolls.id)
    assert {p: v for p, (_, v) in latest.items()} == graph
    assert len(got.readings[payrolls.id]) > 2 * len(graph)  # revisions are there


def as_of(read: list[Reading], day: date) -> dict[date, float | None]:
    known: dict[date, tuple[date, float | None]] = {}
    for r in read:
        if r.vintage and r.vintage <= day and r.vintage >= known.get(r.period, (date.min, None))[0]:
            known[r.period] = (r.vintage, r.value)
    return {p: v for p, (_, v) in known.items() if v is not None}


def by_vintage_dates(plan: list[Request]) -> list[Request]:
    """The requests that follow when FRED refuses so many vintages at once."""
    source = sources()["fred"]
    assert isinstance(source, FallsBack)
    return [r for q in plan for r in source.otherwise(q, "HTTP status 400: Bad Request.  Too many vintage dates.")]


def test_fred_vintages_do_not_depend_on_how_the_download_is_split(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    (production,) = rows("us.growth.industrial_production")
    production = replace(production, vintages=True)
    window = (date(2005, 1, 1), TODAY)
    whole = download(client, "fred", [production], window, has_key=True).readings[production.id]
    monkeypatch.setattr("barograph.sources.fred.MAX_VINTAGES", 50)
    monkeypatch.setattr("barograph.sources.fred.MAX_OBSERVATIONS", 3_000)
    source = sources()["fred"]
    monkeypatch.setattr(source, "plan", lambda job, plan=source.plan: by_vintage_dates(plan(job)), raising=False)
    split = download(client, "fred", [production], window, has_key=True)
    assert len(split.requests) > 5 and not split.failed
    for year in range(2006, 2026):
        for month in (1, 5, 9):
            day = date(year, month, 20)
            assert as_of(split.readings[production.id], day) == as_of(whole, day), day


def test_fred_increment_asks_little_and_finds_the_new_vintage(client: Client, server: Recorded) -> None:
    (payrolls,) = rows("us.labour.payrolls")
    payrolls = replace(payrolls, vintages=True)
    window = (date(2024, 1, 1), date(2025, 11, 21))
    later = datetime(2025, 11, 21, 23, 0, tzinfo=UTC)
    first = download(client, "fred", [payrolls], (window[0], TODAY), has_key=True)
    server.set_today("2025-11-21")  # the delayed release of 2025-11-20 is out
    more = download(client, "fred", [payrolls], window, now=later, looked_at=NOW, has_key=True)
    assert not more.failed
    new = {(r.period, r.vintage) for r in more.readings[payrolls.id]} - {
        (r.period, r.vintage) for r in first.readings[payrolls.id]
    }
    assert (date(2025, 9, 1), date(2025, 11, 20)) in new
    full = download(client, "fred", [payrolls], window, now=later, has_key=True).readings[payrolls.id]
    assert as_of(first.readings[payrolls.id] + more.readings[payrolls.id], window[1]) == as_of(full, window[1])


def test_fred_says_what_is_wrong_with_a_key(server: Recorded) -> None:
    (payrolls,) = rows("us.labour.payrolls")
    payrolls = replace(payrolls, vintages=True)
    with Client({"fred": "0" * 32}, gateway=server) as client:
        got = download(client, "fred", [payrolls], has_key=True)
    (error,) = got.failed.values()
    assert "not registered" in str(error) and "0" * 32 not in str(error)


def test_cboe_every_index(client: Client) -> None:
    indices = [s for s in CATALOG if s.code("cboe")]
    got = download(client, "cboe", indices)
    assert not got.failed
    for row in indices:
        assert max(got.values(row.id)) == TODAY
        assert len(got.readings[row.id]) > 200
    vix, fred = got.values("us.vol.vix"), download(client, "fred", rows("us.vol.vix")).values("us.vol.vix")
    assert max(abs(vix[d] - fred[d]) for d in vix if fred.get(d) is not None) < 0.02


def test_prices_every_symbol(client: Client) -> None:
    symbols = [s for s in CATALOG if s.code("prices")]
    window = (date(2025, 10, 1), TODAY)
    got = download(client, "prices", symbols, window)
    asked = {r.describe(): r.note for r in got.requests}
    assert {asked[d] for d in got.failed} == NOT_RECORDED["prices"]
    nyse = sessions("NYSE", *window)
    for row in (s for s in symbols if s.code("prices") not in NOT_RECORDED["prices"]):
        days = [r.period for r in got.readings[row.id]]
        if row.release.text == "utc_day_end":
            assert days[-1] == TODAY - timedelta(1)  # the UTC day of 18:00 New York is not over
        elif row.calendar == "NYSE":
            assert days == nyse, row.id


def test_prices_of_a_century(client: Client) -> None:
    (spx,) = rows("us.equity.spx")
    got = download(client, "prices", [spx], (date(1962, 1, 1), TODAY))
    days = [r.period for r in got.readings[spx.id]]
    assert len(days) > 16_000 and days == sorted(set(days))
    assert not set(days) - set(sessions("NYSE", days[0], days[-1]))


def test_prices_of_an_unknown_symbol(client: Client) -> None:
    import invented

    got = download(client, "prices", [invented.row("x", "prices", "NOSUCH", unit="usd")])
    (error,) = got.failed.values()
    assert "404" in str(error) and "No data found" in str(error)


def test_holdings_explain_the_index(client: Client) -> None:
    members = [s for s in CATALOG if s.code("holdings")]
    assert len(members) == 3
    got = download(client, "holdings", members, (date(2024, 1, 1), TODAY))
    assert not got.failed
    kept = {r.window[0] for r in got.requests}
    weight, close, sector = (
        {k.partition("[")[2][:-1]: got.values(k) for k in list(got.readings) if k.startswith(f"us.equity.member.{n}[")}
        for n in ("weight", "close", "sector")
    )
    before, after = date(2025, 11, 4), TODAY
    assert {before, after} <= kept
    now = {t for t in weight if after in weight[t]}
    assert 495 <= len(now) <= 510 and {"BRKB", "GOOGL", "GOOG"} <= now
    assert 99.0 < sum(weight[t][after] for t in now) < 100.5
    assert len({v for t in sector for v in sector[t].values()}) == 11
    total = sum(
        w[before] * (close[t][after] / close[t][before] - 1)
        for t, w in weight.items()
        if before in w and {before, after} <= close.get(t, {}).keys()
    )
    index = download(client, "prices", rows("us.equity.spx")).values("us.equity.spx")
    assert total == pytest.approx(100 * (index[after] / index[before] - 1), abs=0.02)


def test_holdings_of_a_day_without_a_file(client: Client) -> None:
    members = [s for s in CATALOG if s.code("holdings")]
    got = download(client, "holdings", members, (date(2025, 10, 20), date(2025, 10, 22)))
    assert len(got.requests) == 3 and not got.failed and not any(got.readings.values())


# ------------------------------------------------------------------ bad days
ONE = [
    ("fred", "us.credit.ig_oas", "fredgraph"),
    ("treasury", "us.rates.par_30y", "daily-treasury"),
    ("cboe", "us.vol.vix", "VIX_History"),
    ("prices", "us.equity.spx", "chart"),
    ("holdings", "us.equity.member.weight", "asOfDate=20251105"),
]
SHORT = (date(2025, 11, 3), TODAY)


@pytest.mark.parametrize(("name", "id_", "path"), ONE)
@pytest.mark.parametrize("fault", ["html", "empty", "bad_gzip", "truncate", "reset"])
def test_a_bad_answer_is_an_error_and_no_reading(
    client: Client, server: Recorded, name: str, id_: str, path: str, fault: str
) -> None:
    server.set_faults([{"path": path, "fault": fault, "count": -1}])
    got = download(client, name, rows(id_), SHORT)
    assert len(got.failed) == 1
    bad = [r.series for r in got.requests if r.describe() in got.failed]
    assert bad and not any(r.period == TODAY for read in got.readings.values() for r in read)


@pytest.mark.parametrize(("name", "id_", "path"), ONE)
@pytest.mark.parametrize(("fault", "more"), [("status", {"status": 503}), ("status", {"status": 429}), ("reset", {})])
def test_a_passing_failure_is_asked_again(
    client: Client, server: Recorded, name: str, id_: str, path: str, fault: str, more: dict[str, int]
) -> None:
    server.set_faults([{"path": path, "fault": fault, "count": 1, "retry_after": 0, **more}])
    got = download(client, name, rows(id_), SHORT)
    assert not got.failed and got.readings


@pytest.mark.parametrize(("name", "id_", "path"), ONE[:4])
def test_a_renamed_column_is_an_error(client: Client, server: Recorded, name: str, id_: str, path: str) -> None:
    server.set_faults([{"path": path, "fault": "header", "count": -1}])
    got = download(client, name, rows(id_), SHORT)
    assert len(got.failed) == 1 and not got.readings


@pytest.mark.parametrize(("name", "id_", "path"), ONE)
def test_a_row_that_comes_twice_counts_once(client: Client, server: Recorded, name: str, id_: str, path: str) -> None:
    clean = download(client, name, rows(id_), SHORT)
    server.set_faults([{"path": path, "fault": "duplicate", "count": -1}])
    assert download(client, name, rows(id_), SHORT).readings == clean.readings


def test_a_withdrawn_value_is_missing(client: Client, server: Recorded) -> None:
    server.set_faults([{"path": "fredgraph", "fault": "withdraw", "count": -1}])
    got = download(client, "fred", rows("us.rates.par_10y"), SHORT).values("us.rates.par_10y")
    assert got[TODAY] is None and got[date(2025, 11, 4)] is not None


def test_planted_a_parser_that_ignores_the_header_does_not_notice_a_renamed_column(
    client: Client, server: Recorded
) -> None:
    """The test of renamed columns must tell a strict parser from one that trusts positions."""
    server.set_faults([{"path": "VIX_History", "fault": "header", "count": -1}])
    (request,) = sources()["cboe"].plan(Job(tuple(rows("us.vol.vix")), SHORT, NOW))
    body = client.get(request).body
    by_position = [line.split(",")[4] for line in body.decode().splitlines()[1:]]
    assert by_position
    with pytest.raises(SourceError, match="columns"):
        sources()["cboe"].parse(body, request, {"us.vol.vix": CATALOG["us.vol.vix"]})
