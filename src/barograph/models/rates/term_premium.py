"""What the 2-, 5- and 10-year zero yields hold of expected short rates and of term premium, by an affine model of the curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Attribution, Estimate, Fact, FactState, Quantity, fact_of
from barograph.core.time import DAY_END, new_york, session_before
from barograph.models._fitting import refit_at
from barograph.models._kernels.affine import FIRST, MONTHLY, Affine, fit
from barograph.models._protocol import State
from barograph.models._rows import both, named, number_of, own_changes
from barograph.models.rates._zero_curves import BOARD, Curves, Days, par_ids
from barograph.models.session import session_of

if TYPE_CHECKING:
    from barograph.archive.view import AsOf

Floats = NDArray[np.float64]
#: (slug in fact ids, months)
MATURITIES = (("2y", 24), ("5y", 60), ("10y", 120))
PARTS = ("term_premium", "expected_rate")
_AT = np.array([months - 1 for _, months in MATURITIES])
#: Kept in the estimate for `explain`: which parameters it was made with.
ESTIMATED = "curve.us.term_premium.estimated"


@dataclass(frozen=True)
class TermPremium:
    """Per maturity p = curve.us.{2y,5y,10y}, zero-coupon, continuously compounded; refitted on the month ends before each month.

    ===========================  =====================================================================================
    p.term_premium               fitted yield less expected rate, per cent; low and high: the range over the windows
    p.expected_rate              mean of the short rates expected over the maturity, per cent; low and high likewise
    p.model_yield                the fitted yield, the sum of the two, per cent
    p.<part>.change_<h>d         change over h sessions of the bond market in bp, both curves read with today's parameters
    p.<part>.refit_<h>d          what the re-estimation since that session did to that session's figure, in bp
    ===========================  =====================================================================================

    The point is that of the first window that reproduces the three yields to `limit_bp`, root mean square over its months; one
    that does not is left out and the facts are degraded. Five principal components, Adrian, Crump and Moench (2013), doi
    10.1016/j.jfineco.2013.04.009. The expected rate leans on a VAR whose persistence is estimated too low: premia take up part
    of what expectations do (Bauer, Rudebusch and Wu 2012, doi 10.1080/07350015.2012.693855).
    """

    name: str = "term_premium"
    version: str = "2"
    factors: int = 5
    years: tuple[int, ...] = (0, 30, 20)
    least_months: int = 96
    limit_bp: float = 25.0
    horizons: tuple[int, ...] = (1, 20)
    monthly: bool = True

    def needs(self) -> tuple[str, ...]:
        """Par yields, and the Board's curve where a user has imported it."""
        return (*par_ids(), *BOARD)

    def fit(self, view: AsOf) -> State:
        """The three windows, and the first window's parameters of the month before."""
        made = self._windows(Curves(view), self.years)
        if isinstance(made, str):
            return State(self.name, self.version, view.known_at, params={"reason": made})
        earlier = view.at(refit_at(new_york(view.day.replace(day=1), DAY_END) - timedelta(1)))
        last = self._windows(Curves(earlier), self.years[:1])
        params = {**made, "earlier": None if isinstance(last, str) else last["windows"][0]}
        params["earlier_at"] = earlier.known_at.isoformat()
        return State(self.name, self.version, view.known_at, params=params)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Today's curve read with the month's parameters."""
        return state, Estimate(self.name, view.known_at, tuple(self._quantities(state, view)))

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """All but the mark of the parameters."""
        return tuple(fact_of(q) for q in estimate.quantities if q.id != ESTIMATED)

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """A premium's or expected rate's change as the yields' part and the re-estimation's, per cent.

        The two are told apart where the parameters are the same or `before` lies 1 or 20 sessions back.
        """
        marks = [number_of(e.get(ESTIMATED)) for e in (before, after)]
        split = {f"curve.us.{slug}.{part}" for slug, _ in MATURITIES for part in PARTS}
        out = []
        for row in own_changes(before, after):
            if row.quantity not in split:
                out.append(row)
                continue
            parts = self._told_apart(before, after, row.quantity, row.total, marks[0] == marks[1])
            out.append(named(row.quantity, row.unit, row.total, parts))
        return tuple(out)

    def _told_apart(
        self, before: Estimate, after: Estimate, id_: str, total: float, same: bool
    ) -> tuple[tuple[str, float], ...]:
        if same:
            return (("yields", total), ("refit", 0.0))
        old = before.get(id_)
        for h in self.horizons:
            change, refit = after.get(f"{id_}.change_{h}d"), after.get(f"{id_}.refit_{h}d")
            moved, again = number_of(change), number_of(refit)
            if change is None or old is None or moved is None or again is None:
                continue
            if both(before, after, id_) is not None and change.window == f"since {old.period}":
                return (("yields", moved / 100.0), ("refit", again / 100.0))
        return ()

    def _windows(self, curves: Curves, years: Sequence[int]) -> dict[str, Any] | str:
        """The packed estimate of each window, or why there is none."""
        days, yields = curves.month_ends()
        good = np.isfinite(yields).all(axis=1)
        days, yields = days[good], yields[good]
        months = days.astype("datetime64[M]").astype(int)
        windows = []
        for length in years:
            first = months[-1] - 12 * length if length and months.size else -(10**6)
            inside = months > first
            if inside.sum() < self.least_months:
                return f"{int(inside.sum())} month ends have a curve, {self.least_months} are asked"
            try:
                made = fit(yields[inside], np.diff(months[inside]) == 1, self.factors)
            except (ValueError, np.linalg.LinAlgError) as error:
                return f"no estimate: {error}"
            packed = _packed(made, days[inside])
            misses = 100.0 * (read(packed, yields[inside]).sum(axis=-2) - yields[inside][:, _AT])
            packed["miss"] = float(np.sqrt((misses**2).mean(axis=0)).max())
            windows.append(packed)
        held = [w for w in windows if w["miss"] <= self.limit_bp]
        if not held:
            return f"no window reproduces its yields to {self.limit_bp:g} bp"
        return {"windows": held, "left_out": len(windows) - len(held), "board": curves.board}

    # ------------------------------------------------------------------------------------------------- quantities

    def _quantities(self, state: State, view: AsOf) -> list[Quantity]:
        params: Any = state.params
        session = session_of(view)
        if "windows" not in params:
            return self._missing(params.get("reason", "no estimate"), session)
        # The bond market's sessions, as in `curve_fit`: a holiday of it has no curve that a change could count from.
        bases = [session_before("SIFMA", session, h) for h in self.horizons]
        curves = Curves(view, start=min(bases) - timedelta(10), board=params["board"])
        today = curves.on(session)
        if today is None or today[0] != session:
            return self._missing(
                f"no curve of {session}: not all par yields from 3 months to 10 years are known", session
            )
        windows = params["windows"]
        said = np.array([read(w, today[1]) for w in windows])  # (windows, parts, maturities)
        state_, reason = self._state(params, float(np.abs(said[0].sum(axis=0) - today[1][_AT]).max()))
        more: dict[str, Any] = {"state": state_, "period": session, "inputs": curves.inputs, "reason": reason}
        text = f"month ends {windows[0]['first'][:7]} to {windows[0]['last'][:7]}, {self._from(params)}"
        starts = ", ".join(w["first"][:7] for w in windows)
        over = f"; range over windows from {starts}" if len(windows) > 1 else ""
        out: list[Quantity] = []
        for k, (slug, _) in enumerate(MATURITIES):
            for j, part in enumerate(PARTS):
                values = said[:, j, k].tolist()
                # One window has no range: an interval of no width would call it exact.
                low, high = (min(values), max(values)) if len(values) > 1 else (None, None)
                out.append(
                    Quantity(
                        f"curve.us.{slug}.{part}", values[0], "percent", low=low, high=high,
                        n=windows[0]["n"], window=f"{text}{over}", **more,
                    )
                )  # fmt: skip
            out.append(
                Quantity(f"curve.us.{slug}.model_yield", sum(said[0, :, k].tolist()), "percent", window=text, **more)
            )
        for h, base in zip(self.horizons, bases, strict=True):
            out += self._changes(h, base, curves, state, said[0], more)
        mark = float(np.datetime64(windows[0]["last"], "D").astype(int))
        return [*out, Quantity(ESTIMATED, mark, "count", period=session)]

    def _changes(
        self, h: int, base: date, curves: Curves, state: State, now: Floats, more: dict[str, Any]
    ) -> list[Quantity]:
        """Changes with one set of parameters, and beside them what another set had said of the base."""
        params: Any = state.params
        then = curves.on(base)
        ids = [
            (j, k, f"curve.us.{slug}.{part}") for k, (slug, _) in enumerate(MATURITIES) for j, part in enumerate(PARTS)
        ]
        if then is None:
            why = {**more, "state": "insufficient", "reason": f"no curve of {base}, {h} sessions before"}
            kinds = ("change", "refit")
            return [Quantity(f"{i}.{kind}_{h}d", None, "bp", **why) for _, _, i in ids for kind in kinds]
        base = then[0]
        same = read(params["windows"][0], then[1])
        instant = new_york(base, DAY_END)
        if instant >= state.fitted_as_of:
            was: Floats | None = same
        elif params["earlier"] is not None and instant >= datetime.fromisoformat(params["earlier_at"]):
            was = read(params["earlier"], then[1])
        else:
            was = None
        out = []
        for j, k, id_ in ids:
            text: dict[str, Any] = {"window": f"since {base}"}
            out.append(Quantity(f"{id_}.change_{h}d", 100.0 * float(now[j, k] - same[j, k]), "bp", **text, **more))
            if was is None:
                gone = {**more, "state": "insufficient", "reason": f"the parameters of {base} are not kept"}
                out.append(Quantity(f"{id_}.refit_{h}d", None, "bp", **text, **gone))
            else:
                out.append(Quantity(f"{id_}.refit_{h}d", 100.0 * float(same[j, k] - was[j, k]), "bp", **text, **more))
        return out

    def _state(self, params: Any, miss: float) -> tuple[FactState, str | None]:
        """Degraded by a short history, a window left out, or a curve of today that the model misses (`miss` in per cent)."""
        windows, longest = params["windows"], max(self.years)
        why = []
        if windows[0]["n"] < 12 * longest - 1:
            why.append(f"{windows[0]['n'] // 12} years of month ends where {longest} are asked")
        if params["left_out"]:
            why.append(f"{params['left_out']} of {len(self.years)} windows do not reproduce their yields")
        if 100.0 * miss > self.limit_bp:
            why.append(f"the fitted yields miss today's curve by {100.0 * miss:.0f} bp")
        return ("degraded", "; ".join(why)) if why else ("ok", None)

    @staticmethod
    def _from(params: Any) -> str:
        return "the Board's zero yields as imported" if params["board"] else "zero yields from par yields"

    def _missing(self, reason: str, session: date) -> list[Quantity]:
        kinds = [(part, "percent") for part in (*PARTS, "model_yield")]
        kinds += [(f"{p}.{kind}_{h}d", "bp") for p in PARTS for kind in ("change", "refit") for h in self.horizons]
        return [
            Quantity(f"curve.us.{slug}.{kind}", None, unit, "insufficient", session, reason=reason)
            for slug, _ in MATURITIES
            for kind, unit in kinds
        ]


def read(packed: Any, yields: Floats) -> Floats:
    """Term premium and expected rate (2, 3), or (T, 2, 3) of many curves, per cent, by maturity, of yields (..., 120)."""
    x = states(packed, yields)
    fitted = np.array(packed["fitted"][0]) + x @ np.array(packed["fitted"][1]).T
    expected = np.array(packed["expected"][0]) + x @ np.array(packed["expected"][1]).T
    return np.stack([fitted - expected, expected], axis=-2)


def states(packed: Any, yields: Floats) -> Floats:
    """Principal components (..., K) of yields (..., 120) in per cent."""
    y = np.asarray(yields)[..., FIRST - 1 :] / MONTHLY
    return np.asarray((y - np.array(packed["centre"])) @ np.array(packed["weights"]))


def _packed(made: Affine, days: Days) -> dict[str, Any]:
    """What is kept of an estimate: standardisation, weights, VAR, loadings of the three maturities."""
    fitted, expected = made.loadings(), made.loadings(risk_neutral=True)
    return {
        "centre": made.centre.tolist(),
        "weights": made.weights.tolist(),
        "mu": made.mu.tolist(),
        "phi": made.phi.tolist(),
        "fitted": [fitted[0][_AT].tolist(), fitted[1][_AT].tolist()],
        "expected": [expected[0][_AT].tolist(), expected[1][_AT].tolist()],
        "root": float(np.abs(np.linalg.eigvals(made.phi)).max()),
        "n": made.n,
        "first": str(days[0]),
        "last": str(days[-1]),
    }


MODEL = TermPremium
