"""The New York Fed, the CFTC, the ECB and a public CSV against the recorded sources, through the real client."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.sources import Job, Request, cftc, host_limits, sources
from barograph.sources._http import Client, Limits
from recorded import Recorded, folder, serve

pytestmark = pytest.mark.e2e
TODAY = date(2025, 11, 5)
EVER = (date(1919, 1, 1), TODAY)
YEAR = (date(2025, 1, 1), TODAY)


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
    with Client({}, gateway=server, limits=limits) as made:
        yield made


@dataclass
class Download:
    """What one job brought: readings by series, the requests made, and what failed."""

    readings: dict[str, list[Reading]] = field(default_factory=lambda: defaultdict(list))
    requests: list[Request] = field(default_factory=list)
    failed: list[SourceError] = field(default_factory=list)

    def values(self, series: Series) -> dict[date, float | None]:
        return {r.period: r.value for r in self.readings[series.id]}


def download(client: Client, series: list[Series], window: tuple[date, date] = YEAR) -> Download:
    """Ask as ingest does: plan, get, parse, follow."""
    (name,) = {p.source for s in series for p in s.providers}
    source, rows, out = sources()[name], {s.id: s for s in series}, Download()
    queue = deque(source.plan(Job(tuple(series), window, invented.NOW)))
    while queue:
        request = queue.popleft()
        out.requests.append(request)
        try:
            body = client.get(request).body
            for reading in source.parse(body, request, rows):
                assert isinstance(reading, Reading)
                assert request.window[0] <= reading.period <= request.window[1]
                out.readings[reading.series_id].append(reading)
            queue.extend(source.follow(request, body))
        except SourceError as error:
            out.failed.append(error)
    return out


def row(source: str, code: str, **more: Any) -> Series:
    return invented.row(f"t.{code.lower().replace(':', '.').replace('/', '.')}", source, code, **more)


def recorded_rows(name: str) -> list[dict[str, str]]:
    """The rows behind the replay, read past it: an answer that our parsers had no part in."""
    home = folder()
    assert home is not None
    with gzip.open(home / "data" / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ------------------------------------------------------------------ New York Fed
@pytest.mark.parametrize(("code", "first"), [("sofr", date(2018, 4, 3)), ("effr", date(2000, 7, 3))])
def test_a_reference_rate_over_its_history(client: Client, code: str, first: date) -> None:
    rate = row("nyfed", code, unit="percent")
    got = download(client, [rate], EVER)
    assert not got.failed and len(got.requests) == 1
    values = got.values(rate)
    expected = {
        date.fromisoformat(r["date"]): float(r["percentRate"]) if r["percentRate"] else None
        for r in recorded_rows(f"nyfed/{code}")
        if r["date"] <= TODAY.isoformat()
    }
    assert values == expected and min(values) == first and max(values) == TODAY
    assert len(got.readings[rate.id]) == len(values) > 1_800
    assert all(day.weekday() < 5 for day in values)
    assert all(v is None or 0.0 <= v < 8.0 for v in values.values())


def test_the_two_rates_agree_with_the_ones_at_fred(client: Client) -> None:
    window = (date(2024, 1, 1), TODAY)
    for code, at_fred in (("sofr", "SOFR"), ("effr", "DFF")):
        ours, theirs = row("nyfed", code, unit="percent"), row("fred", at_fred, unit="percent")
        a, b = download(client, [ours], window).values(ours), download(client, [theirs], window).values(theirs)
        common = [d for d in a if a[d] is not None and b.get(d) is not None]
        assert len(common) > 300 and max(abs(a[d] - b[d]) for d in common) < 0.011


def test_a_window_of_a_weekend_holds_nothing(client: Client) -> None:
    got = download(client, [row("nyfed", "sofr")], (date(2025, 11, 1), date(2025, 11, 2)))
    assert not got.failed and not got.readings and len(got.requests) == 1


def test_a_rate_that_is_not_recorded_is_an_error(client: Client) -> None:
    assert len(download(client, [row("nyfed", "obfr")]).failed) == 1


# ------------------------------------------------------------------ CFTC
#: Report -> its file, a recorded contract, the newest report of it, and how many hold the groups and open interest.
REPORTS = {
    "tff": ("cftc/tff_futures", "043602", date(2025, 4, 29), 297, 297),
    "legacy": ("cftc/legacy_futures", "088691", date(2025, 9, 23), 1_883, 10),
    "legacy_combined": ("cftc/legacy_combined", "088691", date(2025, 9, 23), 1_592, 1_592),
}
GROUPS = {"tff": ("lev_money_net", "asset_mgr_net", "dealer_net", "other_rept_net")}


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_over_its_history(client: Client, report: str) -> None:
    name, contract, newest, many, with_interest = REPORTS[report]
    measures = GROUPS.get(report, ("noncomm_net",))
    series = [row("cftc", f"{report}:{contract}:{m}", unit="contracts") for m in (*measures, "open_interest")]
    got = download(client, series, EVER)
    assert not got.failed and len(got.requests) == 1
    held = [r for r in recorded_rows(name) if r["cftc_contract_market_code"] == contract]
    for one, measure in zip(series, (*measures, "open_interest"), strict=True):
        columns = cftc.MEASURES[report][measure]
        expected = {
            date.fromisoformat(r["date"]): float(int(r[columns[0]]) - sum(int(r[c]) for c in columns[1:]))
            for r in held
            if r["date"] <= "2025-09-23" and all(r[c] for c in columns)
        }
        assert got.values(one) == expected, one.id
        assert len(expected) == (with_interest if measure == "open_interest" else many)
    # The shutdown of 2025: the last report that was out on the day is six weeks old, and more is on record.
    assert max(got.values(series[0])) == newest
    assert max(r["date"] for r in held) >= newest.isoformat()


def test_report_days_are_tuesdays_or_mondays_before_a_holiday(client: Client) -> None:
    net = row("cftc", "legacy:13874A:noncomm_net", unit="contracts")
    days = list(download(client, [net], (date(2010, 1, 1), TODAY)).values(net))
    assert len(days) > 800
    assert {d.weekday() for d in days} <= {0, 1, 2, 4}
    assert sum(d.weekday() == 1 for d in days) > 0.95 * len(days)
    assert all(b - a <= timedelta(14) for a, b in pairwise(days))


def test_one_request_brings_every_contract_of_a_report(client: Client) -> None:
    codes = sorted({r["cftc_contract_market_code"] for r in recorded_rows("cftc/tff_futures")})
    series = [
        row("cftc", f"tff:{c}:{m}") for c in codes for m in cftc.MEASURES["tff"] if cftc.split_code(f"tff:{c}:{m}")
    ]
    got = download(client, series)
    assert not got.failed and len(got.requests) == 1 and len(codes) >= 5
    assert sum(1 for s in series if got.readings[s.id]) >= 5 * 5


def test_pages_bring_what_one_answer_brings(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    series = [row("cftc", f"tff:{c}:open_interest") for c in ("020601", "043602")]
    whole = download(client, series, (date(2024, 1, 1), TODAY))
    monkeypatch.setattr(cftc, "PAGE", 50)
    paged = download(client, series, (date(2024, 1, 1), TODAY))
    assert not paged.failed and len(paged.requests) == 2 > len(whole.requests) == 1
    assert paged.readings == whole.readings and sum(map(len, whole.readings.values())) == 82


def test_a_stretch_without_a_report_is_an_empty_answer(client: Client) -> None:
    got = download(client, [row("cftc", "tff:043602:open_interest")], (date(2025, 10, 1), TODAY))
    assert not got.failed and not got.readings


# ------------------------------------------------------------------ ECB
def test_the_deposit_rate_is_read_by_the_names_of_its_columns(client: Client) -> None:
    rate = row("ecb", "FM/B.U2.EUR.4F.KR.DFR.LEV", unit="percent")
    got = download(client, [rate], EVER)
    assert not got.failed
    held = {date.fromisoformat(r["TIME_PERIOD"]): float(r["OBS_VALUE"]) for r in recorded_rows("ecb/" + KEY)}
    assert got.values(rate) == held and len(held) == 2
    # Asked for this year alone, the history is fetched whole, and nothing of it lies in the window.
    this_year = download(client, [rate])
    assert not this_year.failed and not this_year.readings


KEY = "FM.B.U2.EUR.4F.KR.DFR.LEV"


def test_an_exchange_rate_that_is_not_recorded_is_an_error(client: Client) -> None:
    (error,) = download(client, [row("ecb", "EXR/D.USD.EUR.SP00.A")]).failed
    assert "404" in str(error) and "No results found" in str(error)


# ------------------------------------------------------------------ any public CSV
EBP = "https://www.federalreserve.gov/econres/notes/feds-notes/ebp_csv.csv"


def test_two_columns_of_a_public_file_by_rows_alone(client: Client) -> None:
    named = {"date": "date", "missing": "NA"}
    premium, spread = (
        invented.row(f"t.{column}", "http_csv", EBP, frequency="M", options=named | {"column": column})
        for column in ("ebp", "gz_spread")
    )
    got = download(client, [premium, spread], EVER)
    assert not got.failed and len(got.requests) == 1
    # The file comes months late; what was not out on the day is not served.
    newest = max(got.values(premium))
    held = [r for r in recorded_rows("credit/ebp") if r["date"] <= newest.isoformat()]
    for series, column in ((premium, "ebp"), (spread, "gz_spread")):
        expected = {date.fromisoformat(r["date"]).replace(day=1): float(r[column]) for r in held}
        assert got.values(series) == expected and len(expected) > 600
    assert date(2025, 1, 1) < newest < TODAY


def test_a_public_file_without_the_column_of_the_row(client: Client) -> None:
    wrong = invented.row("t.ebp", "http_csv", EBP, frequency="M", options={"column": "premium"})
    (error,) = download(client, [wrong], EVER).failed
    assert "no column 'premium' among date, gz_spread, ebp, est_prob" in str(error)


# ------------------------------------------------------------------ bad days
ONE = [
    (row("nyfed", "sofr"), "sofr/search", YEAR),
    (row("cftc", "tff:043602:open_interest"), "gpe5-46if", YEAR),
    (row("ecb", "FM/B.U2.EUR.4F.KR.DFR.LEV"), "FM/B", EVER),
    (invented.row("t.ebp", "http_csv", EBP, frequency="M", options={"column": "ebp"}), "ebp_csv", EVER),
]


@pytest.mark.parametrize(("series", "path", "window"), ONE, ids=lambda v: getattr(v, "id", None))
@pytest.mark.parametrize("fault", ["html", "empty", "bad_gzip", "truncate", "reset", "header"])
def test_a_bad_answer_is_an_error_and_no_reading(
    client: Client, server: Recorded, series: Series, path: str, window: tuple[date, date], fault: str
) -> None:
    columns = {"FM/B": "OBS_VALUE", "ebp_csv": "ebp"}
    column = {"column": columns[path]} if fault == "header" and path in columns else {}
    server.set_faults([{"path": path, "fault": fault, "count": -1, **column}])
    got = download(client, [series], window)
    assert len(got.failed) == 1 and not got.readings


@pytest.mark.parametrize(("series", "path", "window"), ONE, ids=lambda v: getattr(v, "id", None))
def test_a_row_that_comes_twice_counts_once(
    client: Client, server: Recorded, series: Series, path: str, window: tuple[date, date]
) -> None:
    clean = download(client, [series], window)
    server.set_faults([{"path": path, "fault": "duplicate", "count": -1}])
    assert clean.readings and download(client, [series], window).readings == clean.readings


def test_a_withdrawn_rate_is_missing(client: Client, server: Recorded) -> None:
    rate = row("nyfed", "sofr")
    clean = download(client, [rate]).values(rate)
    server.set_faults([{"path": "sofr/search", "fault": "withdraw", "count": -1}])
    got = download(client, [rate]).values(rate)
    assert {d for d in clean if clean[d] != got[d]} == {TODAY} and got[TODAY] is None


def test_planted_a_parser_that_trusts_every_row_counts_another_contract(client: Client) -> None:
    """The answer holds several contracts, so that a parser without the code in its key is found."""
    series = [row("cftc", f"tff:{c}:open_interest") for c in ("020601", "043602")]
    (request,) = sources()["cftc"].plan(Job(tuple(series), YEAR, invented.NOW))
    body = client.get(request).body
    lax = body.replace(b'"020601"', b'"043602"')
    with pytest.raises(SourceError, match="two values"):
        sources()["cftc"].parse(lax, request, {s.id: s for s in series})
