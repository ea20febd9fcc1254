"""What the fan of section 10 held of the sessions that came: a few assets in full, all of them by count."""

from __future__ import annotations

from barograph.models.assets import Asset
from barograph.report.blocks import Cell, Column, Ref, Table, Text
from barograph.report.day import Day
from barograph.report.sections._records import verdict_words
from barograph.report.sections._sensitivity_opening import name_of

#: The same assets as in the table of event days; `barograph facts` has all.
SHOWN = ("spx", "nasdaq", "iwm", "real_estate", "utilities", "gold", "dollar")


def fan_record(day: Day, assets: list[Asset]) -> Table | None:
    """Share held with its tests, loss beside the usual interval's, share of the returns accounted for."""
    by_slug = {a.slug: a for a in assets}
    known = [by_slug[s] for s in SHOWN if s in by_slug and day.has(f"sensitivity.{s}.fan.record.verdict")]
    if not known:
        return None
    rows = []
    for asset in known:
        p = f"sensitivity.{asset.slug}.fan.record"
        share = f"{p}.share_in_90"
        rows.append(
            (
                Cell((name_of(day, asset),), below=(*_words(day, p), ", n ", Ref(share, "n"))),
                Cell((Ref(share),), below=(Ref(share, "low"), " to ", Ref(share, "high"))),
                *(Cell(day.ref(f"{p}.{k}")) for k in ("p_kupiec", "p_independence")),
                Cell(day.ref(f"{p}.share_large"), below=_large(day, f"{p}.share_large")),
                *(Cell(day.ref(f"{p}.{k}")) for k in ("gain", "gain_plain", "p_plain", "r2")),
            )
        )
    columns = (
        Column("Asset", "left"),
        Column("Inside 90%"),
        Column("Kupiec p", optional=True),
        Column("Christoffersen p", optional=True),
        Column("Moves over 10 bp", optional=True),
        Column("Loss under usual", optional=True),
        Column("under plain betas"),
        Column("p", optional=True),
        Column("R2", optional=True),
    )
    window = (day.facts[f"sensitivity.{known[0].slug}.fan.record.verdict"].window or "").partition(",")[0]
    return Table(
        "Record of the fan",
        columns,
        tuple(rows),
        _counted(day),
        subtitle=f"Sessions of {window}: the return in the interval of the evening before, at the moves that came (no forecast "
        "of returns), each month by its own variances. Pinball loss under that of the returns' own quantiles, which do not know "
        "the moves, and under that of plain betas, least squares on five years; p is that of the latter. Each test alone",
    )


def _words(day: Day, p: str) -> Text:
    width = f"{p}.width_90"
    said = verdict_words(day, f"{p}.verdict")
    if not day.has(width) or day.facts[width].value == "as_said":
        return said
    return (*said, ", but the interval is " if said != (Ref(f"{p}.verdict"),) else "; the interval is ", Ref(width))


def _large(day: Day, id_: str) -> Text:
    """Interval and n of the share on days of large moves."""
    return (Ref(id_, "low"), " to ", Ref(id_, "high"), ", n ", Ref(id_, "n")) if day.has(id_) else ()


def _counted(day: Day) -> tuple[Cell, ...] | None:
    """How many of all fans with a record hold too little and too much."""
    narrow, wide = (f"sensitivity.us.fans_{k}" for k in ("narrow", "wide"))
    if not (day.has(narrow) and day.has(wide)):
        return None
    told: Text = (Ref(wide), " too wide, ", Ref(narrow), " too narrow, n ", Ref(wide, "n"))
    return (Cell(("All fans with a record",), below=told), *(Cell() for _ in range(8)))
