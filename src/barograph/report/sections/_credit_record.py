"""The 21-session band's own record on the page, and what the record says of its width."""

from __future__ import annotations

from collections.abc import Sequence

from barograph.models.assets import Asset
from barograph.models.credit._ids import head_of
from barograph.report.blocks import Cell, Column, Ref, Table, Text
from barograph.report.day import Day


def short_of(asset: Asset) -> str:
    """What a spread is called in a table: the instrument is always part of it."""
    return {"ig": "IG cash", "hy": "HY cash"}.get(asset.slug, asset.label)


def spoken(asset: Asset) -> str:
    """The same in a sentence, where a user's own title may hold numbers that no fact bears."""
    return short_of(asset) if asset.slug in ("ig", "hy") else "an imported spread"


def width_of(day: Day, head: str, share: str) -> str:
    """What the record says of a band's width, where it is not as said: `too narrow`."""
    id_ = f"{head}.record_21d.width_{share}"
    word = str(day.facts[id_].value) if day.has(id_) else "as_said"
    return "" if word == "as_said" else word.replace("_", " ")


def record(day: Day, assets: Sequence[Asset]) -> Table | None:
    """The band's own record out of sample."""
    known = [a for a in assets if day.has(f"{head_of(a)}.record_21d.verdict")]
    if not known:
        return None
    parts = (
        ("Loss under that of the usual band", "gain", ""),
        ("Chance if they were equal", "p_equal", ""),
        ("Inside the wide band", "share_in_90", "ends"),
        ("Inside the narrow band", "share_in_50", "ends"),
    )
    rows = []
    for label, part, ends in parts:
        cells = []
        for a in known:
            id_ = f"{head_of(a)}.record_21d.{part}"
            cells.append(Cell(day.ref(id_), below=between(day, id_) if ends else ()))
        rows.append((Cell((label,)), *cells))
    rows.append((Cell(("In words",)), *(Cell(_verdict(day, head_of(a))) for a in known)))
    tested = [(day.facts[f"{head_of(a)}.record_21d.verdict"].window or "").split(" to ") for a in known]
    first, last = min(t[0] for t in tested), max(t[-1] for t in tested)
    return Table(
        "Record of the 21-session band",
        (Column("Refitted yearly", "left"), *(Column(short_of(a)) for a in known)),
        tuple(rows),
        subtitle=f"Pinball loss on outcomes after the fit, {first} to {last}; the wide band should hold 90%, the narrow one 50%",
        note=("Outcomes that do not overlap: ", *each(day, known, "record_21d.verdict"), "."),
        width="side",
    )


def _verdict(day: Day, head: str) -> Text:
    """The verdict with what it leaves out: whether the bands are as wide as they say."""
    p = f"{head}.record_21d"
    out: list[str | Ref] = [Ref(f"{p}.verdict")]
    if day.facts[f"{p}.verdict"].value == "better_than_usual":
        out = ["lower loss than usual (", Ref(f"{p}.gain"), ", n ", Ref(f"{p}.verdict", "n"), ")"]
    said = [(s, name) for s, name in (("90", "wide"), ("50", "narrow")) if width_of(day, head, s)]
    for k, (share, name) in enumerate(said):
        out += [" and " if k else ", but ", f"the {name} band is ", Ref(f"{p}.width_{share}")]
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
