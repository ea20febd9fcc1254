"""Planted faults by the way that a real answer takes: a body, the provider's parser, the writer, and what a reader then sees.

Each plant is a catalogue row of its own, a copy of a recorded one, so that a thousand of them share one archive and three
commits: the history, the answer that errs, and the answer of the next day.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

import planted
from barograph.archive.archive import Archive
from barograph.archive.commit import Fetch
from barograph.archive.sift import Origin, sift
from barograph.archive.stamp import Row, rule_basis
from barograph.catalog.catalog import Catalog
from barograph.catalog.load import load
from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.core.release import Closure, scheduled
from barograph.core.series import Series
from barograph.core.time import NEW_YORK, Clock
from barograph.run.jobs import LOOK_BACK
from barograph.sources import Request, fred, treasury
from planted import REACH, STORMS, History

#: The evening of the answers that err; what is held was looked at the evening before.
EVENING = datetime(2025, 11, 5, 23, 30, tzinfo=UTC)
EVER = (date(1900, 1, 1), date(2030, 1, 1))


@dataclass
class Plant:
    """An answer that errs: its row, what was held, what it says, what is true of those periods, and the parser it takes."""

    kind: str
    series: Series
    before: dict[date, float]
    said: dict[date, float]
    true: dict[date, float]
    counts: bool
    mate: str = ""
    parsed: bool = False

    def wrong(self) -> list[date]:
        """Periods of which the answer says what is not so."""
        return [d for d, v in self.said.items() if v != self.true[d]]

    def readings(self, values: dict[date, float], twice: bool = False) -> list[Reading]:
        """The values through the provider's parser, where there is one here and no factor blurs them."""
        source, code = self.series.providers[0].source, self.series.providers[0].code
        if self.series.providers[0].scale == 1.0 and source == "fred":
            rows = [f"{d},{v!r}" for d, v in values.items()]
            rows += [f"{d},{v * 1.5 + 1.0!r}" for d, v in list(values.items())[-1:] if twice]
            request = Request("fred", fred.GRAPH, (("id", code),), (self.series.id,), EVER, note="graph")
            body = "\n".join([f"observation_date,{code}", *rows]) + "\n"
            parse = fred.SOURCE.parse
        elif self.series.providers[0].scale == 1.0 and source == "treasury":
            pairs = [*values.items(), *([(max(values), values[max(values)] * 1.5 + 1.0)] if twice else [])]
            kind, name = treasury.split_code(code) or ("par", "10y")
            other = self.mate if self.mate and self.mate != name else ("30y" if name != "30y" else "1y")
            rows = [f"{d:%m/%d/%Y},{v!r},{self.true.get(d, v)!r}" for d, v in sorted(pairs, reverse=True)]
            heads = ",".join(_column(m) for m in (name, other))
            request = Request("treasury", treasury.BASE, (), (self.series.id,), EVER, note=f"{kind} csv")
            body = "\n".join([f"Date,{heads}", *rows]) + "\n"
            parse = treasury.SOURCE.parse
        else:
            return [Reading(self.series.id, d, v) for d, v in values.items()]
        self.parsed = True
        out = parse(body.encode(), request, {self.series.id: self.series})
        return [r for r in out if isinstance(r, Reading)]


@dataclass
class Outcome:
    """What became of the plants, by kind: counted, flagged (something of it was held back), learnt (a reader sees a wrong
    value although one was counted), left out; and those of which nothing was learnt that the next day did not put right, or
    did not let in."""

    counted: Counter[str] = field(default_factory=Counter)
    flagged: Counter[str] = field(default_factory=Counter)
    learnt: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    parsed: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    not_put_right: list[str] = field(default_factory=list)
    not_let_in: list[str] = field(default_factory=list)

    def recall(self, *kinds: str) -> float:
        """Share of counted plants that were flagged."""
        chosen = kinds or tuple(self.counted)
        return sum(self.flagged[k] for k in chosen) / max(1, sum(self.counted[k] for k in chosen))

    def lines(self) -> list[str]:
        """The figures, one kind a line."""
        return [
            f"{k}: {self.flagged[k]} of {self.counted[k]} flagged, {self.learnt[k]} learnt in part or whole, "
            f"{self.left_out[k]} not counted, {self.parsed[k]} through a parser"
            for k in sorted({*self.counted, *self.left_out})
        ]


def histories(place: Path) -> list[History]:
    """Levels and rates of at least 60 values, as an archive of the recorded sources has them."""
    catalog = load()
    view = Archive.open(place, catalog).as_of(datetime(2025, 11, 6, 23, 30, tzinfo=UTC))
    out = []
    for series in catalog:
        if series.kind in ("level", "rate") and not series.family:
            points = view.series(series.id)
            if len(points) >= 60:
                out.append(History(series, points.periods, points.values.copy()))
    return out


def brings(h: History, i: int, fresh: int, closures: tuple[Closure, ...]) -> int:
    """How many values that are held an update brings again: by the update's own look-back, from the look of the day before
    the first of `fresh` new values came out."""
    if h.series.revises:
        return min(i, REACH)
    period = h.days[i].item()
    looked = scheduled(h.series, period, closures).astimezone(NEW_YORK).date() - timedelta(1)
    start = np.datetime64(looked - LOOK_BACK[h.series.frequency])
    return i - int(np.searchsorted(h.days[:i], start))


def plants(
    of: Sequence[History], count: int, seed: int, closures: tuple[Closure, ...], kinds: Sequence[str] = planted.KINDS
) -> list[Plant]:
    """`count` plants of each kind, and as many bodies with a day given twice."""
    rng = random.Random(seed)
    mates: dict[tuple[str, str], list[History]] = defaultdict(list)
    for h in of:
        mates[(h.series.providers[0].source, h.series.unit)].append(h)
    out: list[Plant] = []
    for kind in kinds:
        done = 0
        while done < count:
            h = rng.choice(of)
            i = planted._place(h, rng)
            if i is None:
                continue
            mate = rng.choice(mates[(h.series.providers[0].source, h.series.unit)])
            made = planted._answer(kind, h, i, rng, mate, lambda n, h=h, i=i: brings(h, i, n, closures))  # type: ignore[misc]
            if made is None:
                continue
            done += 1
            before, back, fresh, true = made
            days = [d.item() for d in h.days[i - before.size : i + fresh.size]]
            held = dict(zip(days, before.tolist(), strict=False))
            spoken = days[before.size - back.size :]
            known = [*before[before.size - back.size :].tolist(), *true.tolist()]
            said = [*back.tolist(), *fresh.tolist()]
            row = replace(h.series, id=f"plant.{kind.replace('.', '')}_{done}", events=())
            out.append(
                Plant(
                    kind, row, held, dict(zip(spoken, said, strict=True)), dict(zip(spoken, known, strict=True)),
                    planted._counts(kind, before, fresh, true),
                    (treasury.split_code(mate.series.providers[0].code) or ("", ""))[1] if kind == "swap" else "",
                )
            )  # fmt: skip
    return out


def live(place: Path, given: Sequence[Plant], closures: tuple[Closure, ...]) -> Outcome:
    """Take the plants through an archive: a history, the answer that errs, and the next day either the truth or the same again
    (every other plant)."""
    out = Outcome()
    catalog = Catalog({p.series.id: p.series for p in given}, closures)
    archive = Archive.open(place, catalog, create=True)

    def commit(at: datetime, answers: list[tuple[Plant, list[Reading]]]) -> list[list[date]]:
        with archive.writer(Clock(at)) as writer:
            sha = writer.store_raw(b"planted")
            done = writer.commit([Fetch("test", p.series.id, sha, EVER, (p.series.id,), rows) for p, rows in answers])
            writer.cover([(p.series.id, min(r.period for r in rows), at.date()) for p, rows in answers if rows])
        return [[q.period for q in d.quarantined] for d in done]

    def seen(p: Plant) -> dict[date, float]:
        points = archive.as_of(EVENING + timedelta(900)).series(p.series.id)
        return dict(zip((d.item() for d in points.periods), points.values.tolist(), strict=True))

    commit(EVENING - timedelta(1), [(p, p.readings(p.before)) for p in given])
    clean = {p.series.id: seen(p) for p in given}
    held = commit(EVENING, [(p, p.readings(p.said)) for p in given])
    caught: set[str] = set()
    for p, periods in zip(given, held, strict=True):
        out.parsed[p.kind] += p.parsed
        if not p.counts:
            out.left_out[p.kind] += 1
            continue
        out.counted[p.kind] += 1
        now = seen(p)
        learnt = any(now.get(d) == p.said[d] for d in p.wrong())
        out.learnt[p.kind] += learnt
        if set(periods) & set(p.wrong()):
            out.flagged[p.kind] += 1
            caught.update([] if learnt else [p.series.id])  # against what was learnt the truth may have to wait
        else:
            newest, said = max(p.said), list(p.said.values())[-4:]
            out.missed.append(f"{p.kind} {p.series.title} {newest}: {said} for {list(p.true.values())[-4:]}")
    right = [n % 2 == 0 for n in range(len(given))]
    commit(
        EVENING + timedelta(1),
        [(p, p.readings(p.true if ok else p.said)) for p, ok in zip(given, right, strict=True)],
    )
    for p, ok in zip(given, right, strict=True):
        now, want = seen(p), {**clean[p.series.id], **(p.true if ok else p.said)}
        strange = set(p.before) - set(
            clean[p.series.id]
        )  # the first fill held it back: said once more it waits once more
        differs = sorted(d for d in want if now.get(d) != want[d] and d not in strange)
        if differs and p.series.id in caught:
            (out.not_put_right if ok else out.not_let_in).append(f"{p.kind} {p.series.id} {differs[:3]}")
    return out


def twice(given: Sequence[Plant]) -> tuple[int, int]:
    """Bodies that give a day twice with two values: how many, and how many of them the parser refused."""
    asked = refused = 0
    for p in given:
        try:
            p.readings(p.true, twice=True)
        except SourceError:
            refused += 1
            asked += 1
        else:
            asked += p.parsed
    return asked, refused


def day_by_day(
    of: Sequence[History], closures: tuple[Closure, ...], every: int = 1, storms: bool = True
) -> tuple[int, list[str]]:
    """Genuine values through `sift`, each once as the newest of an update: those asked, and what was held back."""
    asked, told = 0, []
    origin = Origin("batch", "", EVENING, 1)
    for h in of:
        stormy = np.zeros(h.values.size, dtype=bool)
        for a, b in STORMS:
            stormy |= (h.days >= np.datetime64(a)) & (h.days <= np.datetime64(b))
        days = [d.item() for d in h.days]
        rows = [
            (d, [Row(d, EVENING, v, rule_basis(h.series), EVENING)])
            for d, v in zip(days, h.values.tolist(), strict=True)
        ]
        chosen = np.flatnonzero(stormy) if storms else np.arange(0, h.values.size, every)
        for i in chosen[chosen >= 10].tolist():
            asked += 1
            k = min(brings(h, i, 1, closures), i)
            answer = [Reading(h.series.id, days[j], float(h.values[j])) for j in range(i - k, i + 1)]
            _, bad, _ = sift(h.series, answer, dict(rows[max(0, i - k - REACH) : i]), [], origin, closures)
            told += [f"{h.series.id} {q.period}: {q.describe()}" for q in bad]
    return asked, told


def _column(name: str) -> str:
    return name[:-1] + (" Yr" if name.endswith("y") else " Mo")
