"""The opening of section 10: what holds of the index, and which links survive; and how the section names and marks assets."""

from __future__ import annotations

from barograph.models.assets import Asset
from barograph.models.sensitivity._sample import left_out
from barograph.report.blocks import Block, Cell, Column, Paragraph, Ref, Table, Text
from barograph.report.day import Day
from barograph.report.sections._sector_funds import fund_ticker

#: The estimator of the heat map: of the three its errors assume least.
SHOWN = "rolling"
#: Links that the opening names.
MOST_NAMED = 8


def opening(day: Day, assets: list[Asset]) -> list[Block]:
    """What holds of the index on days of any kind, on those of consumer prices and today; which links survive."""
    # The others speak of the index that the first sentence names.
    index = (_index(day), _prices(day), _session(day)) if _index(day) else ()
    made = (_joined(tuple(t for t in index if t)), _survivors(day, assets))
    out: list[Block] = [Paragraph(text) for text in made if text]
    gone = left_out(day.catalog)
    if gone:
        rows = tuple((Cell((series_id,)), Cell((why,))) for series_id, why in gone)
        out.append(Table("Not covered", (Column("Your series", "left"), Column("Why", "left")), rows, width="side"))
    return out


def _index(day: Day) -> Text:
    state, beta = "sensitivity.spx.state", f"sensitivity.spx.real10y.{SHOWN}.beta"
    if not (day.has(state) and day.has(beta)):
        return ()
    said = {
        "help": "The real yield helps the S&P 500 on days of any kind",
        "hurt": "The real yield hurts the S&P 500 on days of any kind",
    }.get(str(day.facts[state].value), "The S&P 500 has no reliable link to the real yield on days of any kind")
    # In a sentence of its own: beside the name of the index a figure would be its return.
    ends: Text = (" per +10 bp (90% interval ", *interval_of(day, beta), ", n ", Ref(beta, "n"), ").")
    return (f"{said}. It moves by ", Ref(beta), *ends)


def _prices(day: Day) -> Text:
    id_ = "sensitivity.spx.event.cpi.beta"
    if not day.has(id_):
        return ()
    told = _told(day, id_)
    ends: Text = (" per +10 bp (", *interval_of(day, id_), ", n ", Ref(id_, "n"), f"){told}.")
    return ("On days of consumer prices it moves by ", Ref(id_), *ends)


def _session(day: Day) -> Text:
    id_ = "sensitivity.spx.impact.total"
    if not day.has(id_):
        return ()
    return ("Yields account for ", Ref(id_), " of its return today (", *interval_of(day, id_), f"){_told(day, id_)}.")


def _survivors(day: Day, assets: list[Asset]) -> Text:
    links, breaks = (f"sensitivity.us.{k}" for k in ("discoveries", "breaks"))
    if not (day.has(links) and day.has(breaks)):
        return ()
    names = [name_of(day, a) for a in assets if kept(day, a)]
    last = ", and others" if len(names) > MOST_NAMED else ""
    return (
        "Of ", Ref(links, "n"), " assets tested, ", Ref(links), " links survive a 10% false-discovery limit",
        f": {', '.join(names[:MOST_NAMED])}{last}. " if names else ". ",
        "Breaks that survive a 5% false-discovery limit: ", Ref(breaks), ".",
    )  # fmt: skip


def name_of(day: Day, asset: Asset) -> str:
    """The label with a capital, a sector's fund with its ticker."""
    ticker = fund_ticker(day, asset.series[0]) if asset.family == "sectors" else ""
    return asset.label[:1].upper() + asset.label[1:] + (f" ({ticker})" if ticker else "")


def kept(day: Day, asset: Asset) -> bool:
    """Whether the asset's link to the real yield survives the limit for many tests."""
    id_ = f"sensitivity.{asset.slug}.discovery"
    return day.has(id_) and day.facts[id_].value == "yes"


def signed(day: Day, id_: str) -> bool:
    """Whether the interval leaves zero out."""
    fact = day.facts.get(id_)
    return fact is not None and fact.low is not None and fact.high is not None and not fact.low <= 0.0 <= fact.high


def _told(day: Day, id_: str) -> str:
    """What is added to a figure whose interval holds zero."""
    return ", not distinguishable from zero" if interval_of(day, id_) and not signed(day, id_) else ""


def _joined(texts: tuple[Text, ...]) -> Text:
    """Sentences one after the other."""
    return tuple(run for k, text in enumerate(texts) for run in ((" ", *text) if k else text))


def interval_of(day: Day, id_: str) -> Text:
    """Both ends of a figure's interval; nothing where it has none."""
    if not day.has(id_) or day.facts[id_].low is None:
        return ()
    return (Ref(id_, "low"), " to ", Ref(id_, "high"))
