"""Several series of a view side by side, on sessions or on the last value of each week, month or quarter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import polars as pl

from barograph.core.errors import InputError
from barograph.core.time import NEW_YORK, sessions

if TYPE_CHECKING:
    from barograph.archive.view import AsOf


def panel_of(
    view: AsOf, ids: Sequence[str], freq: str, calendar: str, start: date | None, end: date | None
) -> pl.DataFrame:
    """The panel that `AsOf.panel` describes."""
    if freq not in ("D", "W", "M", "Q") or not ids:
        raise InputError(f"panel(freq={freq!r}) of {len(ids)} series", "not a panel", "D, W, M or Q", "Correct it.")
    last = end or _last_session(view, calendar)
    points = {i: view.series(i, start, last, need=last) for i in ids}
    firsts = [p.periods[0].item() for p in points.values() if len(p)]
    if not firsts:
        return pl.DataFrame(
            {"period": pl.Series([], dtype=pl.Date), **{i: pl.Series([], dtype=pl.Float64) for i in ids}}
        )
    out = pl.DataFrame({"period": _grid(freq, calendar, start or min(firsts), last)})
    for series_id, p in points.items():
        frame = pl.DataFrame({"period": pl.Series(p.periods), series_id: p.values})
        if freq != "D":
            frame = frame.with_columns(period=_stamp(freq)).group_by("period", maintain_order=True).last()
        out = out.join(frame, on="period", how="left", maintain_order="left")
    return out


def _last_session(view: AsOf, calendar: str) -> date:
    local = view.known_at.astimezone(NEW_YORK)
    day = local.date() if local.time() >= time(16) or calendar != "NYSE" else local.date() - timedelta(1)
    return sessions(calendar, day - timedelta(14), day)[-1]


def _grid(freq: str, calendar: str, first: date, last: date) -> pl.Series:
    if freq == "D":
        return pl.Series(sessions(calendar, first, last), dtype=pl.Date)
    days = pl.DataFrame({"period": pl.date_range(first, last, "1d", eager=True)})
    return days.select(_stamp(freq)).to_series().unique(maintain_order=True)


def _stamp(freq: str) -> pl.Expr:
    if freq == "W":  # weeks are named by their Friday
        return (pl.col("period").dt.offset_by("2d").dt.truncate("1w").dt.offset_by("4d")).alias("period")
    return pl.col("period").dt.truncate("1mo" if freq == "M" else "1q").alias("period")
