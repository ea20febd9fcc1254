"""Sector funds by their tickers, so that a fund is never taken for its sector."""

from __future__ import annotations

from barograph.report.day import Day

#: Why a fund's return is not its sector's: once on a page for each section that shows funds beside members.
FUNDS_DIFFER = (
    "Sector funds cap single companies, the sectors of the attribution do not: so the returns of both differ."
)


def fund_ticker(day: Day, series_id: str) -> str:
    """The ticker under which a provider of prices knows a fund; empty where none does."""
    row = day.catalog.get(series_id)
    codes = [p.code for p in row.providers if p.source == "prices"] if row is not None else []
    return codes[0] if codes else ""
