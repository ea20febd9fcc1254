"""Records on the page: what was said of short rates beside what came, a row per horizon, and verdicts in words."""

from __future__ import annotations

from barograph.report.blocks import Cell, Column, Ref, Table, Text
from barograph.report.day import Day


def rates_record(
    day: Day, title: str, rows: tuple[tuple[str, str], ...], head: str, against: str, still: str, note: Text = ()
) -> Table | None:
    """The record of rows (label, beginning of the ids); one without a record says why, none where no row has one.

    Parameters
    ----------
    against
        What came, in words.
    still
        What no change is.
    """
    known = [p for _, p in rows if day.has(f"{p}.verdict")]
    if not known:
        return None
    made = []
    for label, p in rows:
        verdict = f"{p}.verdict"
        if day.has(verdict):
            gap = f"{p}.gap"
            made.append(
                (
                    Cell((label,), below=(Ref(verdict), ", n ", Ref(verdict, "n"))),
                    Cell((Ref(gap),), below=(Ref(gap, "low"), " to ", Ref(gap, "high"))),
                    *(Cell((Ref(f"{p}.{k}"),)) for k in ("rmse", "ratio", "p_equal")),
                )
            )
        elif verdict in day.facts:
            why = day.facts[verdict].reason or "no record"
            made.append((Cell((label,), below=(f"insufficient: {why}",)), *(Cell(("–",)) for _ in range(4))))
    columns = (
        Column(head, "left"),
        Column("Came less said"),
        Column("Error", optional=True),
        Column("over no change"),
        Column("p", optional=True),
    )
    return Table(
        title,
        columns,
        tuple(made),
        subtitle=f"Against {against}, {day.facts[f'{known[0]}.verdict'].window}; no change: {still}. n counts horizons that do "
        "not overlap; p: that both errors are equal, each test alone",
        note=note,
    )


def verdict_words(day: Day, id_: str) -> Text:
    """A verdict as what was found, a lower loss, and not as praise."""
    return {"better_than_usual": ("lower loss than usual",), "better_than_plain": ("lower loss than plain betas",)}.get(
        str(day.facts[id_].value), (Ref(id_),)
    )
