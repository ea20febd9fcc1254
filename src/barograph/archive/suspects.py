"""Which values of an answer look like a fault: each rule is a function of the series as it stands, and of nothing else.

The settings are those of docs/decisions/011: written down before they were scored. Judged are levels and rates; claims may
multiply in a week, none is never judged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barograph.core.series import Series

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
#: A value is far off its neighbours from this factor on (a decimal off by one, and a third more); a turned sign is within
#: WITHIN of what it was.
FACTOR, WITHIN = 7.4, 1.6
#: And a jump of at least so many robust standard deviations of the changes before it.
DEVIATIONS = 8.0
#: Neighbours on either side, and how many a judgement needs.
NEIGHBOURS, NEEDED = 5, 3
#: Changes that the robust deviation is taken over.
CHANGES = 252
#: A rate near zero multiplies easily: below this jump (per cent; bp for spreads) it is left alone.
FLOORS = {"percent": 0.5, "bp": 50.0}
#: A turned sign or a zero says more than a small number does: of these floors a fifth.
SIGNED = 0.2
#: So many values of an answer must differ from those held, and more than this share of them, to contradict.
CONTRADICTS, SHARE = 3, 0.5
#: Of a series that revises an answer of at least so many contradicts whose moves differ from those held by this share of them.
RESTATED, OTHERWISE = 12, 0.5
#: So many values must equal those of the period beside them, and at least this share, to be moved by a period.
SHIFTED, SHIFT_SHARE = 6, 0.8
#: A value may repeat the one before it where that happens by chance at least this often.
RARE = 1 / 2_500
#: The finest step in which a provider prints figures.
FINEST = 1e-4


@dataclass(frozen=True, slots=True)
class Suspect:
    """A value that looks like a fault: its position, what it was compared with, and why (a word of REASONS)."""

    at: int
    reference: float
    reason: str


def suspects(series: Series, values: Floats, new: Mask, held: Floats, said: Mask, waiting: Mask) -> list[Suspect]:
    """New values that look like a fault, in order of period.

    Parameters
    ----------
    series
        Its `kind` says what is judged, `revises` whether an answer may restate what is held.
    values
        Shape (n,): held and new values in order of period, in the series' unit.
    new
        Shape (n,): which of them have just come, or wait since an earlier answer.
    held
        Shape (n,): what is held of the period, NaN where nothing is.
    said
        Shape (n,): of which periods the answer speaks.
    waiting
        Shape (n,): which of the new ones wait since an earlier answer.
    """
    if series.kind not in ("level", "rate") or values.size < NEEDED + 1 or not new.any():
        return []
    found = {s.at: s for s in _against_held(series, values, new & ~waiting, held, said)}
    for s in _against_neighbours(series, values, new, waiting, bool(np.isfinite(held).any())):
        found.setdefault(s.at, s)
    for i in _repeated(values, new & ~waiting) if np.isfinite(held).any() else ():
        found.setdefault(i, Suspect(i, float(values[i - 1]), "repeat"))
    return [found[i] for i in sorted(found)]


# ---------------------------------------------------------------- against what is held


def _against_held(series: Series, values: Floats, new: Mask, held: Floats, said: Mask) -> list[Suspect]:
    """All that an answer says anew, where it does not fit what was said before of the same periods."""
    overlap = said & np.isfinite(held)
    if int(overlap.sum()) < CONTRADICTS:
        return []
    reason = ""
    if _shifted(values, held, overlap):
        reason = "shift"
    elif series.revises:
        reason = _restated(values[overlap], held[overlap])
    else:
        changed = int((overlap & new).sum())
        if changed >= CONTRADICTS and changed > SHARE * int(overlap.sum()):
            reason = "contradiction"
    if not reason:
        return []
    usual = float(np.median(held[overlap]))
    return [Suspect(i, float(held[i]) if np.isfinite(held[i]) else usual, reason) for i in np.flatnonzero(new).tolist()]


def _restated(now: Floats, then: Floats) -> str:
    """What became of most figures of a series that may revise: `unit` where all are a power of ten of what they were,
    `contradiction` where they move otherwise than they did; empty for a revision and for a rebase, which keep the moves.
    """
    if now.size < RESTATED or float((now != then).mean()) <= SHARE:
        return ""
    if (now > 0.0).all() and (then > 0.0).all():
        now, then = np.log(now), np.log(then)
        tenfold = float(np.median(now - then)) / np.log(10.0)
        if round(tenfold) != 0 and abs(tenfold - round(tenfold)) < 0.005:
            return "unit"
    usual = float(np.median(np.abs(np.diff(then))))
    return "contradiction" if float(np.median(np.abs(np.diff(now - then)))) > OTHERWISE * usual else ""


def _shifted(values: Floats, held: Floats, overlap: Mask) -> bool:
    """Whether the answer's values are those of the period before, or after, and not their own."""
    at = np.flatnonzero(overlap)
    own = values[at] == held[at]
    if float(own.mean()) > 1.0 - SHIFT_SHARE:
        return False
    for step in (-1, 1):
        beside = at + step
        inside = (beside >= 0) & (beside < held.size)
        other = held[np.clip(beside, 0, held.size - 1)]
        compared = inside & np.isfinite(other)
        same = compared & (values[at] == other)
        if int(same.sum()) >= SHIFTED and float(same.sum()) >= SHIFT_SHARE * int(compared.sum()):
            return True
    return False


# ---------------------------------------------------------------- against the neighbours


def _against_neighbours(series: Series, values: Floats, new: Mask, waiting: Mask, increment: bool) -> list[Suspect]:
    """Single values, or a run of them, that stand off their neighbours by a power of ten, a sign, or a zero."""
    size = np.log10(np.maximum(np.abs(values), 1e-300))
    jump = np.abs(np.diff(size)) > 0.85  # a factor of seven: a decimal within WITHIN cannot be less
    jump |= values[1:] * values[:-1] < 0.0
    # A run of misprints has no jump inside it: whatever lies within reach of a jump is judged.
    near = np.convolve(jump, np.ones(2 * NEIGHBOURS, dtype=np.int64))[NEIGHBOURS - 1 :][: values.size] > 0
    found: list[Suspect] = []
    out: set[int] = set()
    for i in np.flatnonzero(new).tolist():
        if not (near[i] or i - 1 in out):  # beside what is out it may be more of the same, however long the run
            continue
        before = [k for k in range(max(0, i - NEIGHBOURS - len(out)), i) if k not in out][-NEIGHBOURS:]
        after = list(range(i + 1, min(values.size, i + 1 + NEIGHBOURS)))
        if increment and not waiting[i]:
            # An answer is no witness for itself: a whole increment in another unit stays at its new level too.
            after = [k for k in after if waiting[k] or not new[k]]
        judged = _judge(series, values, i, before, after)
        if judged is not None:
            found.append(judged)
            out.add(i)
    return found


def _judge(series: Series, values: Floats, i: int, before: list[int], after: list[int]) -> Suspect | None:
    """The value at i beside its neighbours' median, if it is a misplaced decimal, a turned sign or a zero of it."""
    if len(before) >= NEEDED:
        reference = float(np.median(values[before]))
        if after:
            # What follows decides: where the series stays at the new level, the level is real.
            later = float(np.median(values[after]))
            if reference == 0.0 or not 1 / 3 < later / reference < 3:
                return None
        beside = values[before]
    elif len(after) >= NEEDED:
        reference = float(np.median(values[after]))
        beside = values[after]
    else:
        return None
    value = float(values[i])
    if reference == 0.0:
        return None
    reason = _reason(value, reference, beside, float(values[before[-1]]) if before else 0.0)
    known = values[max(0, i - CHANGES) : i]
    if not reason or (reason == "decimal" and _off_grid(value, known)):
        return Suspect(i, reference, reason) if reason else None
    if series.kind == "level" and bool(np.all(known > 0.0)):
        # A level moves in per cent: how far a tenth of it is, its relative changes say. None of it is nought or less.
        steps = np.abs(np.diff(np.log(known)))
        gone, floor = abs(float(np.log(value / reference))) if value > 0.0 else np.inf, 0.0
    else:
        steps = np.abs(np.diff(known))
        gone, floor = abs(value - reference), FLOORS.get(series.unit, 0.0) if series.kind == "rate" else 0.0
        floor *= 1.0 if reason == "decimal" else SIGNED
    spread = 1.4826 * float(np.median(steps)) if steps.size >= 20 else 0.0
    # A rate that is set by decree stands still for months and then moves at once: its changes say nothing of how far.
    floor = max(floor, 2.0 * FLOORS.get(series.unit, 0.0)) if spread == 0.0 and series.kind == "rate" else floor
    return Suspect(i, reference, reason) if gone > max(DEVIATIONS * spread, floor) else None


def _reason(value: float, reference: float, beside: Floats, let_in: float) -> str:
    """What the value may be of the reference; empty for nothing."""
    one_sign = bool(np.all(beside * reference > 0.0))
    if value == 0.0:
        return "zero" if one_sign else ""
    if let_in != 0.0 and 1 / 3 < value / let_in < 3:
        return ""  # the last value that was let in is at this level already
    if not one_sign:  # their median may be next to nothing
        return "decimal" if abs(value) >= FACTOR * float(np.max(np.abs(beside))) else ""
    if value / reference < 0.0 and abs(value / reference) < FACTOR:
        return "sign" if 1 / WITHIN <= -value / reference <= WITHIN else ""
    return "decimal" if not 1 / FACTOR < abs(value / reference) < FACTOR else ""


def _repeated(values: Floats, new: Mask) -> list[int]:
    """The newest value, and those of the same answer before it, if all are exactly the value before the first of them."""
    at = np.flatnonzero(new)
    if at.size == 0 or at[-1] == 0:
        return []
    last = first = int(at[-1])
    while first > 1 and new[first - 1] and values[first - 1] == values[first]:
        first -= 1
    if values[first - 1] != values[first]:
        first += 1  # the run began with a value of this answer
    return list(range(first, last + 1)) if first <= last and _repeats(values[: first + 1]) else []


def _repeats(values: Floats) -> bool:
    """Whether the last value is exactly the one before, in a series where that practically never happens.

    The chance of a repeat is the density of the changes at zero, an eighth over their lower quartile, times the step in
    which the figures are printed; and no change of the window may have been zero.
    """
    if values[-1] != values[-2]:
        return False
    steps = np.abs(np.diff(values[-CHANGES - 2 : -1]))
    tick = _tick(values[-CHANGES - 2 :])
    if steps.size < CHANGES or not steps.all() or tick < FINEST:
        return False  # figures that somebody multiplied show no step: nothing says how rare a repeat is
    return 0.125 * tick / float(np.quantile(steps, 0.25)) < RARE


def _off_grid(value: float, known: Floats) -> bool:
    """Whether a value has at least two decimals more than any of the hundred or more before it."""
    if known.size < 100 or not 0.0 < (tick := _tick(known)) <= 0.1:
        return False
    steps = value / (tick / 10.0)
    return abs(steps - round(steps)) > 1e-6 * max(1.0, abs(steps))


def _tick(values: Floats) -> float:
    """The step in which figures are printed: the coarsest power of ten that all of them are multiples of.

    Some providers send single precision: 109.43 comes as 109.430000305. A ten-millionth of a value is no decimal of it.
    """
    blur = 1.2e-7 * float(np.max(np.abs(values))) + 1e-10
    for decimals in range(9):
        if float(np.max(np.abs(values - np.round(values, decimals)))) <= blur:
            return float(10.0**-decimals)
    return 0.0
