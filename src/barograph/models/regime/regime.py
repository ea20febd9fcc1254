"""Growth x inflation quadrants, the eight cells with liquidity, the label that is slow to change, and what disagrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from barograph.core.estimate import Estimate, FactState, Input, Quantity
from barograph.models._protocol import Recalled
from barograph.models._rows import number_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

AXES = ("growth", "inflation", "liquidity")
#: Quadrants by (growth up, inflation up).
QUADRANTS = {(True, True): "gu_iu", (True, False): "gu_id", (False, True): "gd_iu", (False, False): "gd_id"}
#: The quadrants in words, as the label names them.
WORDS = {
    "gu_iu": "growth_up_inflation_up",
    "gu_id": "growth_up_inflation_down",
    "gd_iu": "growth_down_inflation_up",
    "gd_id": "growth_down_inflation_down",
}
#: What each quadrant puts at risk: bonds of long duration where inflation rises, credit where growth falls.
READINGS = {"gu_iu": "duration", "gu_id": "neither", "gd_iu": "both", "gd_id": "credit"}
UNDECIDED = "undecided"
#: Other models' filtered probabilities that the economy or its markets are weak, beside P(growth down). That the growth axis
#: lies below its threshold is another event of the same model: it disagrees with nobody.
WEAKNESS = (
    ("regime.us.gdp.hamilton.p_low", "gdp_switching"),
    ("regime.us.market.hmm.p_bear", "market_hmm"),
)


@dataclass(frozen=True)
class Regime:
    """The growth and inflation axes' probabilities of a rise over three months, put together.

    P(quadrant) = P(growth up or down) P(inflation up or down), the estimation errors of two separately estimated models being
    taken as independent; P(cell) multiplies P(liquidity up or down) to it. An interval comes from the ends of the axes' own
    bands, the corner that makes the quadrant least and most likely.

    ================================  ================================================================================
    regime.us.quadrant.<q>            per cent, the four add to 100: gu_iu, gu_id, gd_iu, gd_id
    regime.us.quadrant.<q>.change_1d  its change since the session before, as it was said then, percentage points
    regime.us.cell.<g><i><l>          per cent, the eight add to 100: u or d for growth, inflation, liquidity
    regime.us.label                   the quadrant that had more than `above` on `days` of the last `of` sessions; stays
                                      until another has; undecided before the first within `lookback` sessions
    regime.us.label_sessions          sessions since the label was taken, at most `lookback`
    regime.us.challenger              another quadrant that has more than `above` now
    regime.us.challenger_sessions     on how many of the last `of` sessions it had; at `days` it becomes the label
    regime.us.reading                 what the label puts at risk: duration, credit, both, neither, undecided
    regime.us.entropy                 of the quadrants, per cent of its maximum: 100 is ignorance
    regime.us.weakness.growth_down    100 less P(growth up): what the quadrants say
    regime.us.weakness.low, .high     least and largest probability of weakness among the models that give one
    regime.us.weakness.disagreement   their difference, percentage points
    ================================  ================================================================================
    """

    name: str = "regime"
    version: str = "2"
    above: float = 60.0
    days: int = 5
    of: int = 7
    lookback: int = 69
    after: tuple[str, ...] = ("growth", "inflation", "liquidity", "gdp_switching", "market_hmm")
    recalls: tuple[str, ...] = ("growth", "inflation")

    def compose(self, view: AsOf, given: Mapping[str, Estimate], past: Sequence[Recalled]) -> Estimate:
        """The quadrants of today, the label from the sessions before and today."""
        up = {a: _find(given.get(a), f"regime.us.{a}.p_up") for a in AXES}
        out = [*self._quadrants(up), *self._cells(up)]
        today = {q.id: {"value": q.value} for q in out}
        history = [quadrants_of(p) for p in past]
        out += _changes(out, history)
        history.append({q: number_at(today, f"regime.us.quadrant.{q}") for q in READINGS})
        out += self._label(history, up)
        out += _weakness(given, up["growth"])
        return Estimate(self.name, view.known_at, tuple(out))

    def _quadrants(self, up: Mapping[str, Quantity | None]) -> list[Quantity]:
        g, i = up["growth"], up["inflation"]
        p, q = number_of(g), number_of(i)
        state, reason, period, inputs = _together((g, i), ("growth", "inflation"))
        out = []
        for (rising, hotter), name in QUADRANTS.items():
            id_ = f"regime.us.quadrant.{name}"
            if p is None or q is None or g is None or i is None:
                out.append(Quantity(id_, None, "percent", "insufficient", period, inputs=inputs, reason=reason))
                continue
            ends_g, ends_i = _ends(g, p, rising), _ends(i, q, hotter)
            out.append(
                Quantity(
                    id_,
                    _side(p, rising) * _side(q, hotter) / 100.0,
                    "percent",
                    state,
                    period,
                    low=ends_g[0] * ends_i[0] / 100.0,
                    high=ends_g[1] * ends_i[1] / 100.0,
                    inputs=inputs,
                    reason=reason,
                )
            )
        return out

    def _cells(self, up: Mapping[str, Quantity | None]) -> list[Quantity]:
        p = [number_of(up[a]) for a in AXES]
        state, reason, period, inputs = _together([up[a] for a in AXES], AXES)
        out = []
        for letters in ("uuu", "uud", "udu", "udd", "duu", "dud", "ddu", "ddd"):
            id_ = f"regime.us.cell.{letters}"
            if any(v is None for v in p):
                out.append(Quantity(id_, None, "percent", "insufficient", period, inputs=inputs, reason=reason))
                continue
            value = 100.0
            for share, letter in zip(p, letters, strict=True):
                value *= _side(share or 0.0, letter == "u") / 100.0
            out.append(Quantity(id_, value, "percent", state, period, inputs=inputs, reason=reason))
        return out

    def _label(
        self, history: Sequence[Mapping[str, float | None]], up: Mapping[str, Quantity | None]
    ) -> list[Quantity]:
        state, reason, period, inputs = _together((up["growth"], up["inflation"]), ("growth", "inflation"))
        if all(v is None for v in history[-1].values()):
            gone = [("label", "label"), ("label_sessions", "sessions"), ("challenger", "label")]
            gone += [("challenger_sessions", "sessions"), ("reading", "label"), ("entropy", "percent")]
            return [
                Quantity(f"regime.us.{name}", None, unit, "insufficient", period, inputs=inputs, reason=reason)
                for name, unit in gone
            ]
        label, since = self.hysteresis(history)
        window = f"more than {self.above:.0f} % on {self.days} of {self.of} sessions; {len(history)} sessions looked at"
        reading = READINGS.get(label, UNDECIDED)
        held = len(history) - since
        more: dict[str, Any] = {"inputs": inputs, "reason": reason, "window": window}
        return [
            Quantity("regime.us.label", WORDS.get(label, UNDECIDED), "label", state, period, **more),
            Quantity("regime.us.label_sessions", float(held), "sessions", state, period, **more),
            *self._challenger(label, history, state, period, more),
            Quantity("regime.us.reading", reading, "label", state, period, **more),
            Quantity("regime.us.entropy", entropy(history[-1]), "percent", state, period, inputs=inputs, reason=reason),
        ]

    def _challenger(
        self,
        label: str,
        history: Sequence[Mapping[str, float | None]],
        state: FactState,
        period: date | None,
        more: Mapping[str, Any],
    ) -> list[Quantity]:
        other = next((q for q in READINGS if q != label and (history[-1].get(q) or 0.0) > self.above), None)
        if other is None:
            why = f"no other quadrant has more than {self.above:.0f} %"
            gone: dict[str, Any] = {"inputs": more["inputs"], "reason": why}
            return [
                Quantity("regime.us.challenger", None, "label", "insufficient", period, **gone),
                Quantity("regime.us.challenger_sessions", None, "sessions", "insufficient", period, **gone),
            ]
        held = sum((d.get(other) or 0.0) > self.above for d in history[-self.of :])
        return [
            Quantity("regime.us.challenger", WORDS[other], "label", state, period, **more),
            Quantity("regime.us.challenger_sessions", float(held), "sessions", state, period, n=self.of, **more),
        ]

    def hysteresis(self, history: Sequence[Mapping[str, float | None]]) -> tuple[str, int]:
        """The label at the end of a history and the position at which it was taken (0 where it never was).

        A session without probabilities counts as one on which no quadrant was likely enough.
        """
        label, since = UNDECIDED, 0
        for at in range(len(history)):
            window = history[max(at - self.of + 1, 0) : at + 1]
            for name in READINGS:
                likely = sum(1 for day in window if (day.get(name) or 0.0) > self.above)
                if likely >= self.days and name != label:
                    label, since = name, at
        return label, since


def _changes(now: Sequence[Quantity], history: Sequence[Mapping[str, float | None]]) -> list[Quantity]:
    out = []
    for q in now:
        name = q.id.removeprefix("regime.us.quadrant.")
        before = history[-1].get(name) if history and name in READINGS else None
        if isinstance(q.value, float) and before is not None:
            more: dict[str, Any] = {"inputs": q.inputs, "reason": q.reason}
            out.append(Quantity(f"{q.id}.change_1d", q.value - before, "pp", q.state, q.period, **more))
    return out


def _find(estimate: Estimate | None, id_: str) -> Quantity | None:
    return None if estimate is None else estimate.get(id_)


def number_at(said: Recalled, id_: str) -> float | None:
    """A number that a model said, None where it said none."""
    value = said.get(id_, {}).get("value")
    return value if isinstance(value, float) else None


def quadrants_of(said: Recalled) -> dict[str, float | None]:
    """The four quadrants from what the two axes said, per cent; None each where one of them said nothing."""
    p, q = (number_at(said, f"regime.us.{a}.p_up") for a in AXES[:2])
    if p is None or q is None:
        return dict.fromkeys(READINGS)
    return {name: _side(p, g) * _side(q, i) / 100.0 for (g, i), name in QUADRANTS.items()}


def _side(p: float, up: bool) -> float:
    return p if up else 100.0 - p


def _ends(q: Quantity, p: float, up: bool) -> tuple[float, float]:
    low, high = (p if q.low is None else q.low), (p if q.high is None else q.high)
    return (low, high) if up else (100.0 - high, 100.0 - low)


def _together(
    parts: Sequence[Quantity | None], names: Sequence[str]
) -> tuple[FactState, str | None, date | None, tuple[Input, ...]]:
    """State, reason, period (the oldest) and lineage of what rests on several quantities."""
    there = [p for p in parts if p is not None]
    missing = [n for n, p in zip(names, parts, strict=True) if number_of(p) is None]
    inputs = tuple({(i.series_id, i.first, i.last): i for p in there for i in p.inputs}.values())
    period = min((p.period for p in there if p.period), default=None)
    if missing:
        return "insufficient", f"no probability for {', '.join(missing)}", period, inputs
    worn = next((p for p in there if p.state == "degraded"), None)
    return ("degraded" if worn else "ok"), (worn.reason if worn else None), period, inputs


def entropy(shares: Mapping[str, float | None]) -> float:
    """-sum p log p over its maximum, per cent; `shares` in per cent."""
    import math

    p = [v / 100.0 for v in shares.values() if v and v / 100.0 > 0.0]
    return 100.0 * -math.fsum(v * math.log(v) for v in p) / math.log(len(shares)) + 0.0


def _weakness(given: Mapping[str, Estimate], growth: Quantity | None) -> list[Quantity]:
    rising, head = number_of(growth), "regime.us.weakness"
    read: list[tuple[float, Quantity]] = []
    if rising is not None and growth is not None:
        read.append((100.0 - rising, growth))
        low, high = _ends(growth, rising, False)
        own: dict[str, Any] = {"low": low, "high": high, "inputs": growth.inputs, "reason": growth.reason}
        out = [Quantity(f"{head}.growth_down", 100.0 - rising, "percent", growth.state, growth.period, **own)]
    else:
        why = "no probability for growth"
        out = [Quantity(f"{head}.growth_down", None, "percent", "insufficient", reason=why)]
    for id_, model in WEAKNESS:
        found = _find(given.get(model), id_)
        value = number_of(found)
        if value is not None and found is not None:
            read.append((value, found))
    units = (("low", "percent"), ("high", "percent"), ("disagreement", "pp"))
    if len(read) < 2:
        why = "fewer than two models give a probability of weakness"
        return out + [Quantity(f"{head}.{n}", None, u, "insufficient", reason=why) for n, u in units]
    values = [v for v, _ in read]
    _, _, period, inputs = _together([q for _, q in read], [""] * len(read))
    worn: FactState = "degraded" if any(q.state == "degraded" for _, q in read) else "ok"
    why_worn = next((q.reason for _, q in read if q.state == "degraded"), None)
    figures = (min(values), max(values), max(values) - min(values))
    return out + [
        Quantity(f"{head}.{n}", v, u, worn, period, n=len(read), inputs=inputs, reason=why_worn)
        for (n, u), v in zip(units, figures, strict=True)
    ]


MODEL = Regime
