"""Planted faults on recorded history: what an answer would hold if a provider erred, and which plants count (P11).

The series are split in two by a hash of their id, fixed before anything was measured: settings were chosen on the half
`DEVELOPED`, the figures of docs/decisions/011 are of the other half, `SCORED`.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from barograph.archive import suspects as rules
from barograph.archive.suspects import Suspect
from barograph.core.series import Series

Floats = NDArray[np.float64]
Judge = Callable[..., list[Suspect]]
#: Values of an answer before the newest one, by frequency: what the update's look-back brings again.
BACK = {"D": 7, "W": 5, "M": 4, "Q": 4}
#: Values before the answer that its judgement sees.
REACH = 320
KINDS = ("x100", "x0.01", "sign", "shift", "repeat", "unit", "zero", "swap")
STORMS = ((date(2008, 1, 1), date(2008, 12, 31)), (date(2020, 3, 1), date(2020, 4, 30)))


@dataclass(frozen=True)
class History:
    """A recorded series: its row, periods and values."""

    series: Series
    days: NDArray[np.datetime64]
    values: Floats

    @property
    def scored(self) -> bool:
        """Whether it is in the half that the figures are of."""
        return hashlib.sha256(self.series.id.encode()).digest()[0] % 2 == 1


@dataclass
class Tally:
    """Plants that count, those flagged, and those left out, by kind; genuine updates and false alarms, by time."""

    counted: Counter[str] = field(default_factory=Counter)
    flagged: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    updates: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def recall(self, *kinds: str) -> float:
        """Share of counted plants that were flagged."""
        chosen = kinds or tuple(self.counted)
        return sum(self.flagged[k] for k in chosen) / max(1, sum(self.counted[k] for k in chosen))

    def per_thousand(self, *times: str) -> float:
        """False alarms per 1,000 genuine updates."""
        chosen = times or tuple(self.updates)
        return 1_000 * sum(self.alarms[t] for t in chosen) / max(1, sum(self.updates[t] for t in chosen))

    def lines(self) -> list[str]:
        """The figures, one kind or time a line."""
        out = [
            f"{k}: {self.flagged[k]} of {self.counted[k]} flagged, {self.left_out[k]} not counted" for k in self.counted
        ]
        return out + [f"{t}: {self.alarms[t]} false alarms in {self.updates[t]:,} updates" for t in self.updates]


def ask(judge: Judge, series: Series, before: Floats, back: Floats, fresh: Floats) -> list[Suspect]:
    """What the rules say of an answer: `back` values of periods that are held as the end of `before`, then `fresh` ones."""
    n, k = before.size, back.size
    values = np.concatenate([before[: n - k], back, fresh])
    held = np.concatenate([before, np.full(fresh.size, np.nan)])
    new = values != held  # NaN is different from everything
    said = np.arange(values.size) >= n - k
    return judge(series, values, new, held, said, np.zeros(values.size, dtype=bool))


def genuine(judge: Judge, of: Iterable[History], tally: Tally, every: bool = False) -> None:
    """Each value of each history once as the newest of an update: what is flagged is a false alarm.

    Only updates that a rule can look at are asked (`candidates`), unless `every`.
    """
    for h in of:
        n, first = h.values.size, BACK[h.series.frequency] + 3
        storm = np.zeros(n, dtype=bool)
        for a, b in STORMS:
            storm |= (h.days >= np.datetime64(a)) & (h.days <= np.datetime64(b))
        tally.updates["storms"] += int(storm[first:].sum())
        tally.updates["other times"] += int((~storm[first:]).sum())
        chosen = range(first, n) if every else [i for i in candidates(h.values) if i >= first]
        for i in chosen:
            before = h.values[max(0, i - REACH) : i]
            if ask(judge, h.series, before, before[-_back(h.series, before) :], h.values[i : i + 1]):
                tally.alarms["storms" if storm[i] else "other times"] += 1
                tally.told.append(f"{h.series.id} {h.days[i]}: {h.values[i - 3 : i + 1].tolist()}")


def _back(series: Series, before: Floats) -> int:
    """How many held values an answer brings again: a series that revises is asked for whole."""
    return before.size if series.revises else BACK[series.frequency]


def candidates(values: Floats) -> list[int]:
    """Positions at which a rule can find anything in an answer that holds no contradiction: near a jump, or a repeat."""
    size = np.log10(np.maximum(np.abs(values), 1e-300))
    jump = (np.abs(np.diff(size)) > 0.8) | (values[1:] * values[:-1] <= 0.0)
    near = np.zeros(values.size, dtype=bool)
    for step in range(1, 12):
        near[step:] |= jump[: values.size - step]
    near[1:] |= values[1:] == values[:-1]
    return np.flatnonzero(near).tolist()


def plant(
    judge: Judge, of: Sequence[History], tally: Tally, count: int, seed: int, kinds: Sequence[str] = KINDS
) -> None:
    """`count` plants of each kind at random places, a fifth of them in the storms."""
    rng = random.Random(seed)
    mates: dict[tuple[str, str], list[History]] = defaultdict(list)
    for h in of:
        mates[(h.series.providers[0].source, h.series.unit)].append(h)
    for kind in kinds:
        done = 0
        while done < count:
            h = rng.choice(of)
            i = _place(h, rng)
            if i is None:
                continue
            mate = rng.choice(mates[(h.series.providers[0].source, h.series.unit)])
            made = _answer(kind, h, i, rng, mate)
            if made is None:
                continue
            done += 1
            before, back, fresh, true = made
            if not _counts(kind, before, fresh, true):
                tally.left_out[kind] += 1
                continue
            tally.counted[kind] += 1
            if ask(judge, h.series, before, back, fresh):
                tally.flagged[kind] += 1
            else:
                tally.missed.append(f"{kind} {h.series.id} {h.days[i]}: {before[-2:].tolist()} then {fresh.tolist()}")


def _place(h: History, rng: random.Random) -> int | None:
    low = int(np.searchsorted(h.days, np.datetime64("1990-01-01")))
    low = max(low, 30)
    if h.values.size - low < 40:
        return None
    if rng.random() < 0.2:
        a, b = rng.choice(STORMS)
        x, y = (int(np.searchsorted(h.days, np.datetime64(d))) for d in (a, b))
        return rng.randrange(max(x, 30), y) if y > max(x, 30) and y < h.values.size else None
    return rng.randrange(low, h.values.size - 3)


def _answer(
    kind: str, h: History, i: int, rng: random.Random, mate: History, brings: Callable[[int], int] | None = None
) -> tuple[Floats, Floats, Floats, Floats] | None:
    """What is held, what the answer says of the look-back, what it says of new periods, and the truth of those.

    `brings` says how many held values come again with so many new ones, where it is not as usual.
    """
    fresh_count = rng.choice((1, 1, 1, 2, 3))
    before, true = h.values[max(0, i - REACH) : i], h.values[i : i + fresh_count]
    k = brings(fresh_count) if brings else _back(h.series, before)
    back = before[before.size - k :]
    if kind in ("x100", "x0.01", "sign", "zero", "repeat"):
        made = true.copy()
        made[-1] = {
            "x100": 100.0 * true[-1], "x0.01": 0.01 * true[-1], "sign": -true[-1], "zero": 0.0,
            "repeat": (before if true.size == 1 else true[:-1])[-1],
        }[kind]  # fmt: skip
        return before, back, made, true
    if kind == "unit":
        factor = rng.choice((1_000.0, 100.0, 0.01, 0.001))
        return before, factor * back if rng.random() < 0.5 else back, factor * true, true
    if kind == "shift":
        if k == before.size:  # the first of all has none before it
            moved = np.concatenate([before[:1], before, true])[: k + true.size]
        else:
            moved = np.concatenate([before[before.size - k - 1 :], true])[: k + true.size]
        return before, moved[:k], moved[k:], true
    at = int(np.searchsorted(mate.days, h.days[i]))
    if mate is h or at < k or at + true.size > mate.values.size or mate.days[at] != h.days[i]:
        return None
    return before, mate.values[at - k : at], mate.values[at : at + true.size], true


def _counts(kind: str, before: Floats, fresh: Floats, true: Floats) -> bool:
    """Whether a plant counts: it changes a value by more than the series usually changes, and a repeat is one where
    repeats practically never happen."""
    steps = np.abs(np.diff(before[-253:]))
    usual = 1.4826 * float(np.median(steps)) if steps.size else 0.0
    if not np.any(np.abs(fresh - true) > usual):
        return False
    if kind not in ("repeat", "shift", "swap"):
        # Where a series turns its own sign, a factor, a turned sign and a zero are values that it may well have.
        return bool(np.all(before[-10:] > 0.0) or np.all(before[-10:] < 0.0))
    if kind != "repeat":
        return True
    some, tick = steps[-252:], rules._tick(before[-253:])
    if some.size < 252 or not some.all() or tick < rules.FINEST:
        return False
    return 0.125 * tick / float(np.quantile(some, 0.25)) < rules.RARE
