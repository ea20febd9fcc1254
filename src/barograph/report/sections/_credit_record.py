"""The bands' own record on the page, and what the record says of their width."""

from __future__ import annotations

from collections.abc import Sequence

from barograph.models.assets import Asset
from barograph.models.credit._ids import HORIZONS, MAIN, head_of
from barograph.report.blocks import Cell, Column, Ref, Table, Text
from barograph.report.day import Day
from barograph.report.sections._records import verdict_words

#: Bands by the share that they should hold.
BANDS = {"90": "wide", "50": "narrow"}


def short_of(asset: Asset) -> str:
    """What a spread is called in a table: the instrument is always part of it."""
    return {"ig": "IG cash", "hy": "HY cash"}.get(asset.slug, asset.label)


def spoken(asset: Asset) -> str:
    """The same in a sentence, where a user's own title may hold numbers that no fact bears."""
    return short_of(asset) if asset.slug in ("ig", "hy") else "an imported spread"


def width_of(day: Day, head: str, share: str, h: int = MAIN) -> str:
    """What the record says of a band's width, where it is not as said: `too narrow`."""
    id_ = f"{head}.record_{h}d.width_{share}"
    word = str(day.facts[id_].value) if day.has(id_) else "as_said"
    return "" if word == "as_said" else word.replace("_", " ")


def record(day: Day, assets: Sequence[Asset]) -> Table | None:
    """The bands' own record out of sample, and that of the chance of a widening beyond the carry."""
    made = [(a, h) for a in assets for h in HORIZONS if day.has(f"{head_of(a)}.record_{h}d.verdict")]
    if not made:
        return None
    rows = [_row(day, a, h) for a, h in made]
    for a in dict.fromkeys(a for a, _ in made):
        p = f"{head_of(a)}.record_wider_{MAIN}d"
        if day.has(f"{p}.verdict"):
            gain = Cell((Ref(f"{p}.gain"),))
            rest = (Cell((Ref(f"{p}.p_equal"),)), *(Cell() for _ in range(4)))
            below: Text = (*verdict_words(day, f"{p}.verdict"), ", n ", Ref(f"{p}.verdict", "n"))
            rows.append((Cell((f"{short_of(a)}, P(wider), {MAIN} sessions",), below=below), gain, *rest))
    tested = [(day.facts[f"{head_of(a)}.record_{h}d.verdict"].window or "").split(" to ") for a, h in made]
    first, last = min(t[0] for t in tested), max(t[-1] for t in tested)
    columns = (
        Column("Refitted yearly", "left"),
        Column("Loss under usual"),
        Column("p", optional=True),
        Column("Inside 90%"),
        Column("Kupiec p", optional=True),
        Column("Christoffersen p", optional=True),
        Column("Inside 50%", optional=True),
    )
    return Table(
        "Record of the bands",
        columns,
        tuple(rows),
        subtitle=f"Outcomes after each fit, {first} to {last}: pinball loss beside the usual band's (of P(wider): Brier's), "
        "shares of outcomes; n counts those that do not overlap. Tests, each alone: that the wide band holds its share, and that "
        "misses do not come in runs",
    )


def _row(day: Day, asset: Asset, h: int) -> tuple[Cell, ...]:
    p = f"{head_of(asset)}.record_{h}d"
    shares = {s: Cell((Ref(f"{p}.share_in_{s}"),), below=between(day, f"{p}.share_in_{s}")) for s in ("90", "50")}
    words = (*_verdict(day, head_of(asset), h), ", n ", Ref(f"{p}.verdict", "n"))
    return (
        Cell((f"{short_of(asset)}, {h} sessions",), below=words),
        Cell((Ref(f"{p}.gain"),)),
        Cell((Ref(f"{p}.p_equal"),)),
        shares["90"],
        *(Cell(day.ref(f"{p}.{k}")) for k in ("p_kupiec", "p_independence")),
        shares["50"],
    )


def _verdict(day: Day, head: str, h: int) -> Text:
    """The verdict with what it leaves out: whether the bands are as wide as they say."""
    p = f"{head}.record_{h}d"
    told = {share: word for share in ("90", "50") if (word := width_of(day, head, share, h))}
    if len(set(told.values())) == 1 and len(told) == 2:
        return (*verdict_words(day, f"{p}.verdict"), ", but both bands are ", Ref(f"{p}.width_90"))
    out: list[str | Ref] = list(verdict_words(day, f"{p}.verdict"))
    for k, share in enumerate(told):
        out += [" and " if k else ", but ", f"the {BANDS[share]} band is ", Ref(f"{p}.width_{share}")]
    return tuple(out)


def each(day: Day, known: Sequence[Asset], part: str) -> Text:
    """The n of a quantity by spread."""
    out: list[str | Ref] = []
    for a in known:
        out += ["; " if out else "", f"{spoken(a)} ", Ref(f"{head_of(a)}.{part}", "n")]
    return tuple(out)


def between(day: Day, id_: str) -> Text:
    """The interval of a fact, where it has one."""
    fact = day.facts.get(id_)
    if fact is None or fact.low is None or fact.high is None:
        return ()
    return ("[", Ref(id_, "low"), ", ", Ref(id_, "high"), "]")
