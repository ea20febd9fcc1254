"""Claims about the curve's move: its shape, or that it has none, the leg that led; and that an axis says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from barograph.findings._thresholds import LABEL_ABOVE
from barograph.report.narrative.binding import Book
from barograph.report.narrative.claims import Claim, horizon_at
from barograph.report.narrative.tokens import Sentence

_CURVE = re.compile(
    r"\b(?P<label>(?:bull|bear|twist) (?:steepener|flattener))\b"
    r"|\b(?:(?P<even>almost parallel)|shapeless) (?P<turn>rise|fall|move) in yields\b|\b(?P<none>no clear move)\b"
    r"|\b(?P<parallel>bull|bear) parallel move\b|\b(?P<same>unchanged curve|curve (?:is |was )?unchanged)\b",
    re.IGNORECASE,
)
_SILENT = re.compile(r"\b(growth|inflation): cannot say\b", re.IGNORECASE)
_LEG = re.compile(r"\b(?:(front|long) end led|(both) ends moved)\b", re.IGNORECASE)


def curve_labels(s: Sentence, book: Book) -> Iterator[Claim]:
    """The curve's classification and its leading leg against their labels, and against the slope's own sign."""
    for found in _CURVE.finditer(s.text):
        horizon = horizon_at(s, found.start()) or "?"
        label = book.label(f"curve.us.move_{horizon}")
        modest = book.label(f"curve.us.move_{horizon}.modest")
        inside = _inside(book, horizon)
        if found["none"]:
            yield (*found.span(), None if inside else f"the legs of {horizon} are not inside the dead band")
            continue
        if inside and label != "unchanged":
            yield (*found.span(), f"the legs of {horizon} are inside the dead band")
            continue
        if found["turn"]:
            yield (*found.span(), _plain(found, label or "", modest, book.label(f"curve.us.move_{horizon}.leg")))
            continue
        said = (
            found["label"].lower().replace(" ", "_")
            if found["label"]
            else f"{found['parallel'].lower()}_parallel"
            if found["parallel"]
            else "unchanged"
        )
        why = None
        if label != said:
            why = f"curve.us.move_{horizon} is {label!r}"
        if why is None and found["label"] and modest == "yes":
            why = f"curve.us.move_{horizon}.modest is 'yes': the slope's change is ordinary and has no shape"
        slope = book.number(f"curve.us.2s10s.change_{horizon}")
        if why is None and found["label"] and slope is not None and (slope > 0) != said.endswith("steepener"):
            why = f"curve.us.2s10s.change_{horizon} is {slope}"
        yield (*found.span(), why)
    for found in _LEG.finditer(s.text):
        horizon = horizon_at(s, found.start()) or "?"
        leg = book.label(f"curve.us.move_{horizon}.leg")
        said = (found[1] or found[2]).lower()
        yield (*found.span(), None if leg == said else f"curve.us.move_{horizon}.leg is {leg!r}")


def axes(s: Sentence, book: Book) -> Iterator[Claim]:
    """That P(up) of an axis is too near one half to give a label either way."""
    for found in _SILENT.finditer(s.text):
        up = book.number(f"regime.us.{found[1].lower()}.p_up")
        open_ = up is not None and 100.0 - LABEL_ABOVE <= up <= LABEL_ABOVE
        yield (*found.span(), None if open_ else f"P({found[1].lower()} up) is {up}")


def _inside(book: Book, horizon: str) -> bool:
    """Whether both legs lie inside the dead band of a horizon longer than one session."""
    band = book.number(f"curve.us.dead_band_{horizon}")
    legs = [book.number(f"curve.us.{tenor}.change_{horizon}") for tenor in ("2y", "10y")]
    return horizon != "1d" and band is not None and all(leg is not None and abs(leg) < band for leg in legs)


def _plain(found: re.Match[str], label: str, modest: str | None, leg: str | None) -> str | None:
    """Why words that name no shape are wrong: the slope's change is unusual, the side or the legs are others."""
    side, _, shape = label.partition("_")
    if shape not in ("steepener", "flattener") or modest != "yes":
        return f"the move is {label!r}, modest {modest!r}"
    if found["turn"].lower() != {"bear": "rise", "bull": "fall"}.get(side, "move"):
        return f"the move is {label!r}"
    even = leg == "both" and side != "twist"
    return None if bool(found["even"]) == even else f"the leg that moved is {leg!r}"
