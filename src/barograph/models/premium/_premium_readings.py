"""From valuation to quantities: what the premia are made of, where they stand, what moved them, how far they disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from barograph.core.estimate import FactState, Input, Quantity
from barograph.core.release import newest_period
from barograph.core.transforms import percentile_rank
from barograph.models._rows import number_of
from barograph.models.premium._gaps import missing_months, unit_question
from barograph.models.premium._premium_parts import FORMULAS, LEVEL, NOMINAL, REAL_YIELD
from barograph.models.premium._valuation import CASH, CPI, DIVIDEND, EARNINGS, FORWARD, GROWTH, REAL, SPX, TEN
from barograph.models.session import years_before

if TYPE_CHECKING:
    from barograph.models.premium._valuation import Floats, Measures, Valuation

_HOW = "docs/how-to/import-valuation.md says how"
#: Months of figures behind a method's newest reading, for its lineage.
_REACH = {EARNINGS: 120, CPI: 121}


@dataclass(frozen=True)
class Readings:
    """A valuation with the settings by which it is read; `past` are month ends, `recent` sessions, the newest last."""

    seen: Valuation
    years: int
    least_months: int
    year: int
    stale_months: int
    last_months: int

    @cached_property
    def basis(self) -> str:
        """`forward` where expected earnings are fresh and cover the month ends that a rank needs, else `trailing`.

        The rank of a reading has to be among its like: the past would go with a first month of expected earnings.
        """
        covered = int(np.isfinite(self.past.real_yield_gap("forward")).sum()) + 1
        return "forward" if self._fresh and covered >= self.least_months else "trailing"

    @property
    def _fresh(self) -> bool:
        behind = self._behind(FORWARD)
        return behind is not None and behind <= self.stale_months

    @cached_property
    def past(self) -> Measures:
        return self.seen.measures(self.seen.month_ends(years_before(self.seen.session, self.years)))

    @cached_property
    def recent(self) -> Measures:
        return self.seen.measures(self.seen.sessions(self.year + 1))

    def values(self, measures: Measures, method: str) -> Floats:
        """A method's readings."""
        if method == "real_yield_gap":
            return measures.real_yield_gap(self.basis)
        return measures.damodaran if method == "damodaran" else measures.excess_cape_yield

    def all(self) -> list[Quantity]:
        """Every quantity but the record of forecasts."""
        out = [*self._parts(), self._said_basis(), self._expected()]
        for method in FORMULAS:
            out += self._method(method)
        return [*out, *self._ratios(), self._dispersion(out)]

    def _daily(self, method: str) -> tuple[str, str]:
        return SPX, REAL if method == "real_yield_gap" else TEN

    def _slow(self, method: str) -> tuple[str, ...]:
        gap = (FORWARD if self.basis == "forward" else EARNINGS,)
        return {"damodaran": (CASH, GROWTH), "excess_cape_yield": (EARNINGS, CPI), "real_yield_gap": gap}[method]

    def _behind(self, series_id: str) -> int | None:
        """Months by which the newest figure is older than the one due; None where there is none."""
        points, view = self.seen.points(series_id), self.seen.view
        if points is None:
            return None
        due = newest_period(view.catalog[series_id], view.known_at, view.catalog.closures)
        if due is None:
            return 0
        return int((np.datetime64(due, "M") - points.periods[-1].astype("datetime64[M]")).astype(int))

    def _trouble(self, series: Iterable[str]) -> tuple[FactState, str | None]:
        """Whether what comes by month and quarter is there and fresh."""
        ids = tuple(series)
        gone = [i for i in ids if self.seen.points(i) is None]
        if gone:
            return "insufficient", f"no figure of {', '.join(gone)} is known; {_HOW}"
        late = {i: n for i in ids if (n := self._behind(i)) is not None and n > self.stale_months}
        if not late:
            return "ok", None
        worst = max(late, key=lambda i: late[i])
        points = self.seen.points(worst)
        assert points is not None
        reason = f"{worst} ends with {points.periods[-1].astype('datetime64[M]')}, {late[worst]} months behind its rule"
        return ("degraded" if late[worst] <= self.last_months else "insufficient"), reason

    @cached_property
    def _months(self) -> tuple[FactState, str | None]:
        return missing_months(self.seen, self.recent.days[-1:])

    def _unit(self, method: str) -> str | None:
        return unit_question(self.recent) if method == "damodaran" and self.recent.days.size else None

    def _gap(self, method: str) -> tuple[FactState, str | None]:
        """Months that ten years of earnings and prices miss today."""
        return self._months if method == "excess_cape_yield" else ("ok", None)

    def _now(self, values: Floats) -> float | None:
        """The newest value, where it is of the session."""
        days = self.recent.days
        if not days.size or days[-1] != np.datetime64(self.seen.session, "D") or not np.isfinite(values[-1]):
            return None
        return float(values[-1])

    def _inputs(self, series: Iterable[str], since: date | None = None) -> tuple[Input, ...]:
        out = []
        for series_id in series:
            points = self.seen.points(series_id)
            if points is not None:
                cut = points.between(since, self.seen.session) if since else points.tail(_REACH.get(series_id, 1))
                out += [self.seen.view.input(cut)] if len(cut) else []
        return tuple(out)

    def _missing(self, id_: str, unit: str, reason: str | None) -> Quantity:
        return Quantity(id_, None, unit, "insufficient", self.seen.session, reason=reason or "not known")

    def _held(self) -> dict[str, tuple[Floats, str, str]]:
        """What the premia are made of, by the quantity's id: values, unit, series."""
        recent, forward = self.recent, self.basis == "forward"
        earnings = (recent.forward, FORWARD) if forward else (recent.trailing, EARNINGS)
        return {
            LEVEL: (recent.level, "index", SPX),
            NOMINAL: (recent.nominal, "percent", TEN),
            REAL_YIELD: (recent.real, "percent", REAL),
            "erp.us.damodaran.cash_flow": (recent.cash, "index", CASH),
            "erp.us.damodaran.growth": (recent.growth, "percent", GROWTH),
            "erp.us.excess_cape_yield.earnings": (recent.cyclical, "index", EARNINGS),
            "erp.us.excess_cape_yield.inflation": (recent.inflation, "percent", CPI),
            "erp.us.real_yield_gap.earnings": (earnings[0], "index", earnings[1]),
        }

    def _parts(self) -> list[Quantity]:
        """What the premia are made of, each of its own period."""
        out = []
        for id_, (values, unit, series_id) in self._held().items():
            value, points = self._now(values), self.seen.points(series_id)
            state, gap = self._gap(id_.split(".")[2])
            if value is None or points is None:
                why = gap if state == "insufficient" else None
                out.append(self._missing(id_, unit, why or f"no figure of {series_id} is known for it"))
                continue
            inputs = self._inputs((series_id, *((CPI,) if id_.endswith("cape_yield.earnings") else ())))
            period: date = points.periods[-1].item()
            out.append(Quantity(id_, value, unit, state, period, inputs=inputs, reason=gap))
        return out

    def _said_basis(self) -> Quantity:
        id_, series = "erp.us.real_yield_gap.basis", self._slow("real_yield_gap")
        if self.seen.points(series[0]) is None:
            return self._missing(id_, "label", f"neither {FORWARD} nor {EARNINGS} is known; {_HOW}")
        return Quantity(id_, self.basis, "label", period=self.seen.session, inputs=self._inputs(series))

    def _expected(self) -> Quantity:
        """The gap on expected earnings, beside the one that is ranked."""
        id_, values = "erp.us.real_yield_gap.expected", self.recent.real_yield_gap("forward")
        value = self._now(values) if self._fresh else None
        if value is None:
            why = (
                "are not known" if self.seen.points(FORWARD) is None else f"are over {self.stale_months} months behind"
            )
            return self._missing(id_, "percent", f"expected earnings ({FORWARD}) {why}; {_HOW}")
        return Quantity(id_, value, "percent", period=self.seen.session, inputs=self._inputs((SPX, REAL, FORWARD)))

    def _method(self, method: str) -> list[Quantity]:
        """A premium, its place among its own past, its changes and what the parts brought of the year's."""
        p, formula, near = f"erp.us.{method}", FORMULAS[method], self.values(self.recent, method)
        series = (*self._daily(method), *self._slow(method))
        state, reason = self._trouble(self._slow(method))
        value = self._now(near)
        bridged, gap = self._gap(method)
        if state != "insufficient" and value is None:
            short = f"not all of {', '.join(series)} reach far enough for {self.seen.session}"
            lost = gap if bridged == "insufficient" else None
            state, reason = "insufficient", lost or self._unit(method) or short
        elif state == "ok":
            state, reason = bridged, gap
        if value is None or state == "insufficient":
            ids = [(p, "percent"), *((f"{p}.{n}_{self.years}y", "percent") for n in ("percentile", "median"))]
            ids += [(f"{p}.{n}", "bp") for n in ("sd_1d", "sd_20d", "change_1d", "change_20d", "change_1y")]
            ids += [(f"{p}.{name}_1y", "bp") for name, _ in formula.parts]
            return [self._missing(i, u, reason) for i, u in ids]
        more: dict[str, Any] = {"state": state, "period": self.seen.session, "reason": reason}
        more["inputs"] = self._inputs(series)
        out = [Quantity(p, value, "percent", **more), *self._place(p, method, value, (state, reason))]
        for h in (1, 20):
            moves = 100.0 * (near[h:] - near[:-h])
            moves, id_ = moves[np.isfinite(moves)], f"{p}.sd_{h}d"
            if moves.size < self.least_months:
                need = f"{moves.size} changes where {self.least_months} are needed"
                out.append(self._missing(id_, "bp", need))
                continue
            sd, n, window = float(moves.std(ddof=1)), max(moves.size // h, 1), f"{self.year} sessions, changes over {h}"
            out.append(Quantity(id_, sd, "bp", n=n, window=window, **more))
        for name, h in (("1d", 1), ("20d", 20), ("1y", self.year)):
            before = float(near[-1 - h]) if near.size > h else np.nan
            if np.isfinite(before):
                window = f"since {self.recent.days[-1 - h]}"
                out.append(Quantity(f"{p}.change_{name}", 100.0 * (value - before), "bp", window=window, **more))
            else:
                out.append(self._missing(f"{p}.change_{name}", "bp", f"no reading {h} sessions before"))
        return [*out, *self._year(p, method, more)]

    def _place(self, p: str, method: str, value: float, trouble: tuple[FactState, str | None]) -> list[Quantity]:
        """Percentile and median among the month ends of the window and the session."""
        ids = [f"{p}.{n}_{self.years}y" for n in ("percentile", "median")]
        past = self.values(self.past, method)
        known = np.isfinite(past)
        window = np.append(past[known], value)
        if window.size < self.least_months:
            why = f"{window.size} month ends where {self.least_months} are needed"
            return [self._missing(i, "percent", why) for i in ids]
        since: date = self.past.days[known][0].item()
        state, reason = trouble
        text, whole = f"{since} to {self.seen.session}", 12 * self.years
        if window.size < 0.9 * whole:
            state, text = "degraded", f"{text}, shorter than {self.years} years"
            reason = reason or f"{window.size} month ends of {whole}"
        inputs = self._inputs((*self._daily(method), *self._slow(method)), since)
        found = (percentile_rank(window, value), float(np.median(window)))
        return [
            Quantity(
                i, v, "percent", state, self.seen.session, n=window.size, window=text, inputs=inputs, reason=reason
            )
            for i, v in zip(ids, found, strict=True)
        ]

    def _year(self, p: str, method: str, more: Mapping[str, Any]) -> list[Quantity]:
        """What each part brought of the year's change."""
        formula, held, back = FORMULAS[method], self._held(), -1 - self.year
        names = [f"{p}.{name}_1y" for name, _ in formula.parts]
        values = {id_: held[id_][0] for _, id_ in formula.parts}
        if self.recent.days.size <= self.year or not all(np.isfinite(v[back]) for v in values.values()):
            return [self._missing(i, "bp", f"no reading {self.year} sessions before") for i in names]
        rows = formula.split(*({i: float(v[k]) for i, v in values.items()} for k in (back, -1)))
        window = f"since {self.recent.days[back]}, one part after the other"
        return [Quantity(i, 100.0 * r[1], "bp", window=window, **more) for i, r in zip(names, rows, strict=True)]

    def _ratios(self) -> list[Quantity]:
        """The ratio itself and two plain yields, each of the day's level."""
        recent = self.recent
        with np.errstate(invalid="ignore", divide="ignore"):
            made = (
                ("erp.us.cape", recent.level / recent.cyclical, "ratio", (EARNINGS, CPI)),
                ("erp.us.earnings_yield", 100.0 * recent.trailing / recent.level, "percent", (EARNINGS,)),
                ("erp.us.dividend_yield", 100.0 * recent.dividends / recent.level, "percent", (DIVIDEND,)),
            )
        out = []
        for id_, values, unit, slow in made:
            state, reason = self._trouble(slow)
            value = self._now(values)
            if state == "ok" and id_ == "erp.us.cape":
                state, reason = self._gap("excess_cape_yield")
            if value is None or state == "insufficient":
                out.append(self._missing(id_, unit, reason or f"no close of {SPX} for the session"))
                continue
            inputs = self._inputs((SPX, *slow))
            out.append(Quantity(id_, value, unit, state, self.seen.session, inputs=inputs, reason=reason))
        return out

    def _dispersion(self, made: Iterable[Quantity]) -> Quantity:
        """The range of the methods: the uncertainty about what the premium is at all."""
        heads = {f"erp.us.{m}" for m in FORMULAS}
        read = [q for q in made if q.id in heads and q.value is not None]
        values = [v for q in read if (v := number_of(q)) is not None]
        if len(values) < 2:
            why = f"{len(values)} of {len(FORMULAS)} methods can be read: no range"
            return self._missing("erp.us.dispersion", "pp", why)
        worn = next((q.reason for q in read if q.state == "degraded"), None)
        return Quantity(
            "erp.us.dispersion",
            max(values) - min(values),
            "pp",
            "degraded" if worn else "ok",
            self.seen.session,
            n=len(values),
            window=", ".join(q.id.rpartition(".")[2] for q in read),
            inputs=tuple(dict.fromkeys(i for q in read for i in q.inputs)),
            reason=worn,
        )
