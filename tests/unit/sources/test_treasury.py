"""Treasury: months or years, CSV or XML, and columns by maturity."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.sources import treasury

SOURCE = treasury.SOURCE
CASES = {case.name: case for case in invented.cases()}
PAR, REAL = invented.row("p", "treasury", "par:10y"), invented.row("r", "treasury", "real:5y")


@pytest.mark.parametrize(
    ("window", "paths"),
    [
        ((date(2025, 11, 3), date(2025, 11, 5)), ["all/202511"]),
        ((date(2025, 10, 30), date(2025, 11, 5)), ["all/202510", "all/202511"]),
        ((date(2025, 1, 1), date(2025, 11, 5)), ["2025/all"]),
        ((date(1919, 1, 1), date(1991, 2, 1)), ["1990/all", "all/199101", "all/199102"]),
        ((date(2023, 12, 29), date(2025, 1, 2)), ["all/202312", "2024/all", "all/202501"]),
    ],
)
def test_requests_by_month_or_year_cover_the_window_without_overlap(window, paths: list[str]) -> None:
    plan = SOURCE.plan(invented.job(PAR, window=window))
    assert [r.url.partition("rates.csv/")[2] for r in plan] == paths
    assert plan[0].window[0] == window[0] and plan[-1].window[1] == window[1]
    for a, b in itertools.pairwise(plan):
        assert (b.window[0] - a.window[1]).days == 1


def test_one_request_serves_all_maturities_of_a_curve() -> None:
    rows = [invented.row(f"p{m}", "treasury", f"par:{m}") for m in ("3m", "2y", "10y")]
    plan = SOURCE.plan(invented.job(*rows, REAL, window=(date(2025, 11, 1), date(2025, 11, 5))))
    assert [(len(r.series), dict(r.params)["type"]) for r in plan] == [
        (3, "daily_treasury_yield_curve"),
        (1, "daily_treasury_real_yield_curve"),
    ]


def test_csv() -> None:
    read = CASES["treasury_par.csv"].parse()
    assert [r for r in read if r.series_id == "t.par10"] == [
        Reading("t.par10", date(2025, 11, 3), 4.23),
        Reading("t.par10", date(2025, 11, 4), 4.22),
        Reading("t.par10", date(2025, 11, 5), 4.21),
    ]
    assert [r.value for r in CASES["treasury_real.csv"].parse()] == [1.32, 1.31]


def test_the_xml_feed_says_the_same() -> None:
    assert CASES["treasury_par.xml"].parse() == CASES["treasury_par.csv"].parse()
    (request,) = SOURCE.plan(invented.job(PAR, window=(date(2025, 11, 3), date(2025, 11, 5))))
    xml = SOURCE.as_xml(request)
    assert xml.url.endswith("/pages/xml")
    assert dict(xml.params) == {"data": "daily_treasury_yield_curve", "field_tdr_date_value_month": "202511"}


def test_a_maturity_not_published_then_gives_nothing_a_blank_gives_missing() -> None:
    case = CASES["treasury_par.csv"]
    rows = {i: invented.row(i, "treasury", f"par:{m}") for i, m in (("t.par2", "20y"), ("t.par10", "1.5m"))}
    read = SOURCE.parse(case.body, case.request, rows)
    assert [(r.series_id, r.value) for r in read] == [("t.par10", None), ("t.par10", None), ("t.par10", 4.01)]


def test_a_month_without_a_session_is_empty_not_wrong() -> None:
    assert CASES["treasury_par.csv"].parse(b'Date,"1 Mo"\n') == []


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        (b'"10 Yr"', b'"10 Yr_new"', "column"),
        (b'"10 Yr"', b'"2 Yr"', "column"),
        (b"Date,", b"Day,", "columns"),
        (b"4.21", b"NaN", "number"),
        (b"11/04/2025,4.03", b"11/05/2025,4.03", "two values"),
        (b"11/04/2025,4.03,", b"11/04/2025,", "cells"),
    ],
)
def test_another_csv_is_refused(old: bytes, new: bytes, names: str) -> None:
    case = CASES["treasury_par.csv"]
    with pytest.raises(SourceError, match=names):
        case.parse(case.body.replace(old, new, 1))


def test_xml_with_a_document_type_is_refused_before_it_is_read() -> None:
    case = CASES["treasury_par.xml"]
    bomb = b'<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    with pytest.raises(SourceError, match="DTDForbidden"):
        case.parse(case.body.replace(b"<feed", bomb + b"<feed", 1))
    with pytest.raises(SourceError, match="tag"):
        case.parse(case.body.replace(b"BC_10YEAR", b"BC_TENYEAR"))
