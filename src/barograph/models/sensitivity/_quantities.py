"""From the estimators' arrays to quantities with intervals, windows, lineage and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Quantity
from barograph.core.transforms import percentile_rank
from barograph.models.sensitivity import _estimates as estimates
from barograph.models.sensitivity._facts import COUNTS, EVENTS, HEAD, NAMES, About, ids
from barograph.models.sensitivity._sample import Sample, event_days, lineage

if TYPE_CHECKING:
    from barograph.models.assets import Asset
    from barograph.models.history import SessionView
    from barograph.models.sensitivity.sensitivity import Sensitivity

Floats = NDArray[np.float64]
#: Sessions without a return or moves after which nothing is said of an asset.
GONE = 10


def quantities(settings: Sensitivity, params: Mapping[str, Any], seen: SessionView, sample: Sample) -> list[Quantity]:
    """All quantities of all assets."""
    reading = _Reading(settings, params, seen, sample)
    out: list[Quantity] = []
    for k, asset in enumerate(sample.assets):
        out += reading.asset(k, asset)
    return [*out, *reading.counts(out)]


class _Reading:
    """One session read by a month's parameters."""

    def __init__(self, settings: Sensitivity, params: Mapping[str, Any], seen: SessionView, sample: Sample) -> None:
        self.settings, self.params, self.seen, self.sample = settings, params, seen, sample
        q, r, penalty = estimates.parameters(params, sample)
        self.walked = estimates.walked(sample, settings, q, r, np.array(params["scale"]))
        self.betas = {
            "rolling": estimates.rolling(sample, settings),
            "ridge": estimates.ridge(sample, settings, penalty),
            "kalman": estimates.kalman(self.walked, sample, settings),
        }
        self.paired = sample.paired
        # Sessions since each asset's newest return with all moves, (n,).
        reverse = self.paired[::-1]
        self.late = np.where(reverse.any(axis=0), reverse.argmax(axis=0), sample.days.size)
        self.first: date = sample.days[0].item()
        self.lineage = lineage(seen, sample.assets, self.first, seen.session)
        self.events = self._events()
        p_values = estimates.p_values(self.betas["rolling"], settings.level)
        self.p_values = np.where(self.late > GONE, np.nan, p_values)
        self.kept = estimates.discoveries(self.p_values.tolist(), settings.discovery)
        self.broken = self._broken()
        self.z = estimates.normal(settings.level)
        aside = np.array([settings.scenario / 10.0, 0.0, 0.0])
        self.fan = estimates.fan_spread(self.walked.variances, self.walked.volatility, aside)

    def _broken(self) -> list[bool]:
        from barograph.models._kernels.sup_wald import p_value

        found = [self.params["assets"].get(a.slug) for a in self.sample.assets]
        tests = [float("nan") if row is None else p_value(row["wald"], self.settings.trim) for row in found]
        return estimates.discoveries(tests, self.settings.break_level)

    def _events(self) -> dict[str, tuple[Floats, Floats, Floats, NDArray[np.int64]]]:
        """Per kind of day the real yield's beta, its interval and the days used, (n,) each."""
        days = event_days(self.seen.view, self.first, self.seen.session)
        out = {}
        for kind in EVENTS:
            wanted = sorted({d for k, ds in days.items() for d in ds if kind in ("all", k)})
            rows = np.flatnonzero(np.isin(self.sample.days, np.array(wanted, dtype="datetime64[D]")))
            out[kind] = estimates.on_days(self.sample, rows, self.settings.least_events, self.settings.level)
        return out

    # ------------------------------------------------------------------------------------------------- one asset

    def asset(self, k: int, asset: Asset) -> list[Quantity]:
        """What is said of one asset."""
        late = int(self.late[k])
        newest = self.sample.days[-1 - late].item() if late < self.sample.days.size else self.seen.session
        p = f"{HEAD}.{asset.slug}"
        if late > GONE:
            why = (
                f"no return beside moves of all yields since {newest}"
                if late < self.sample.days.size
                else self._none(k)
            )
            gone = About(p, newest, "insufficient", self.lineage[k], why)
            return [gone.gone(what, unit, why) for what, unit in ids(self.settings.scenario)]
        said = None if late == 0 else f"the newest return beside moves of all yields is of {newest}"
        about = About(p, newest, "ok" if late == 0 else "degraded", self.lineage[k], said)
        out = [q for e in estimates.ESTIMATORS for q in self._betas(k, asset, about, e)]
        out += [*self._state(k, about), *self._break(k, asset, about), *self._event(k, about)]
        return [*out, *self._impact(k, asset, about, late), *self._fan(k, asset, about)]

    def _none(self, k: int) -> str:
        history = self.sample.histories[k]
        return history.reason or f"no return of {', '.join(history.asset.series)} beside moves of all yields"

    def _why(self, k: int, estimator: str) -> str:
        """Why an estimator says nothing of an asset."""
        if estimator == "rolling":
            held = int(self.paired[-self.settings.rolling :, k].sum())
            return f"{held} of {self.settings.rolling} sessions where {self.settings.least_rolling} are needed"
        return f"under {self.settings.least} sessions when last estimated, on data to {self.params['days'][1]}"

    def _window(self, estimator: str) -> str:
        s = self.settings
        return {
            "rolling": f"{s.rolling} sessions, Newey-West errors, {s.lags} lags, 90 %",
            "ridge": f"weights of half-life {s.half_life} sessions, 90 %, the penalty's pull left out",
            "kalman": f"filtered since {self.first}, variances of data to {self.params['days'][1]}, 90 %",
        }[estimator]

    def _betas(self, k: int, asset: Asset, about: About, estimator: str) -> list[Quantity]:
        made, out = self.betas[estimator], []
        window = self._window(estimator)
        for i, factor in enumerate(NAMES, start=1):
            value, low, high = (float(a[i, k]) for a in (made.value, made.low, made.high))
            if not (np.isfinite(value) and np.isfinite(low) and np.isfinite(high)):
                why = self._why(k, estimator)
                out += [about.gone(f"{factor}.{estimator}.{w}", "percent", why) for w in ("beta", "low", "high")]
                continue
            more: dict[str, Any] = {"n": int(made.n[k]), "window": window}
            out.append(about.given(f"{factor}.{estimator}.beta", value, "percent", low=low, high=high, **more))
            out.append(about.given(f"{factor}.{estimator}.low", low, "percent", **more))
            out.append(about.given(f"{factor}.{estimator}.high", high, "percent", **more))
        return out

    def _state(self, k: int, about: About) -> list[Quantity]:
        ends = [(float(b.low[1, k]), float(b.high[1, k])) for b in self.betas.values()]
        known = [(low, high) for low, high in ends if np.isfinite(low) and np.isfinite(high)]
        ups, downs = sum(low > 0.0 for low, _ in known), sum(high < 0.0 for _, high in known)
        window = f"at least {self.settings.agree} of 3 intervals of 90 % on one side of nought, none on the other"
        if len(known) < self.settings.agree:
            out = [about.gone("state", "label", f"{len(known)} of 3 estimators have a beta of the real yield")]
        else:
            word = "no_link"
            if ups >= self.settings.agree and not downs:
                word = "help"
            elif downs >= self.settings.agree and not ups:
                word = "hurt"
            out = [about.given("state", word, "label", n=len(known), window=window)]
        if not np.isfinite(self.p_values[k]):
            return [*out, about.gone("discovery", "label", self._why(k, "rolling"))]
        tested = int(np.isfinite(self.p_values).sum())
        window = f"{100 * self.settings.discovery:g} % of the links kept among {tested} assets may be false"
        return [*out, about.given("discovery", "yes" if self.kept[k] else "no", "label", n=tested, window=window)]

    def _break(self, k: int, asset: Asset, about: About) -> list[Quantity]:
        row = self.params["assets"].get(asset.slug)
        if row is None:
            kinds = [(w, u) for w, u in ids() if w.startswith("break.")]
            return [about.gone(what, unit, self._why(k, "kalman")) for what, unit in kinds]
        day = date.fromisoformat(row["break"])
        first, last = self.params["days"]
        more: dict[str, Any] = {"n": int(row["n"]), "window": f"{first} to {last}", "period": day}
        return [
            about.given("break.statistic", row["wald"], "ratio", **more),
            about.given(
                "break.flag", "break" if self.broken[k] else "no_break", "label", n=more["n"], window=more["window"]
            ),
            about.given("break.before", row["before"], "percent", **more),
            about.given("break.after", row["after"], "percent", **more),
        ]

    def _event(self, k: int, about: About) -> list[Quantity]:
        out = []
        for kind, (value, low, high, n) in self.events.items():
            if not np.isfinite(value[k]) or not np.isfinite(low[k]):
                need = f"{int(n[k])} such days with a return where {self.settings.least_events} are needed"
                out.append(about.gone(f"event.{kind}.beta", "percent", need))
                continue
            ends: dict[str, Any] = {"low": float(low[k]), "high": float(high[k]), "n": int(n[k])}
            window = f"such days since {self.first}, robust errors, 90 %"
            out.append(about.given(f"event.{kind}.beta", float(value[k]), "percent", window=window, **ends))
        return out

    def _impact(self, k: int, asset: Asset, about: About, late: int) -> list[Quantity]:
        kinds = [(w, u) for w, u in ids() if w.startswith("impact.")]
        if late > 0:
            return [about.gone(what, unit, about.reason or "") for what, unit in kinds]
        if self.walked.betas.shape[0] < 2 or not np.isfinite(self.walked.betas[-2, :, k]).all():
            return [about.gone(what, unit, self._why(k, "kalman")) for what, unit in kinds]
        moves = self.sample.moves[-1]
        parts = self.walked.betas[-2, 1:, k] * moves
        total = float(parts.sum())
        residual = float(self.sample.returns[-1, k]) - total
        # Betas are estimated together: the error of their sum is not that of its parts, and comes from the filter.
        whole = self.z * float(self.walked.fit_errors[-1, k])
        edges = [*(self.z * np.sqrt(self.walked.variances[-2, 1:, k]) * np.abs(moves)).tolist(), whole, whole]
        values = [*parts.tolist(), total, residual]
        window = "kalman betas of the session before times the moves of the session, 90 %"
        return [
            about.given(what, v, unit, low=v - edge, high=v + edge, window=window)
            for (what, unit), v, edge in zip(kinds, values, edges, strict=True)
        ]

    def _fan(self, k: int, asset: Asset, about: About) -> list[Quantity]:
        kinds = [(w, u) for w, u in ids(self.settings.scenario) if w.startswith("fan.")]
        move = self.settings.scenario / 10.0
        widths = 2.0 * self.z * self.fan[:, k]
        known = widths[np.isfinite(widths)]
        if not np.isfinite(widths[-1]) or known.size < self.settings.least:
            why = self._why(k, "kalman") if not np.isfinite(widths[-1]) else f"{known.size} widths are known"
            return [about.gone(what, unit, why) for what, unit in kinds]
        beta, half = float(self.walked.betas[-1, 1, k]), float(widths[-1]) / 2.0
        first = self.sample.days[np.flatnonzero(np.isfinite(widths))[0]]
        more: dict[str, Any] = {"n": int(known.size), "window": f"{first} to {self.sample.days[-1]}"}
        moved = "one session, 90 %, the other yields unmoved"
        return [
            about.given(
                kinds[0][0], beta * move, "percent", low=beta * move - half, high=beta * move + half, window=moved
            ),
            about.given(
                kinds[1][0], -beta * move, "percent", low=-beta * move - half, high=half - beta * move, window=moved
            ),
            about.given("fan.width", 2.0 * half, "percent", **more),
            about.given("fan.percentile_5y", percentile_rank(known, float(widths[-1])), "percent", **more),
        ]

    # ----------------------------------------------------------------------------------------------------- counts

    def counts(self, made: list[Quantity]) -> list[Quantity]:
        """How many assets have a state, help, hurt, are kept as links, have a break."""
        values = {q.id: q.value for q in made}
        slugs = [a.slug for a in self.sample.assets]
        wanted = {"assets": ("state", None), "help": ("state", "help"), "hurt": ("state", "hurt")}
        wanted |= {"discoveries": ("discovery", "yes"), "breaks": ("break.flag", "break")}
        # The lineage of thousands would hide what the first one says: the yields are the same for all.
        inputs = self.lineage[0] if self.lineage else ()
        out = []
        for name in COUNTS:
            what, word = wanted[name]
            found = [v for s in slugs if (v := values.get(f"{HEAD}.{s}.{what}")) is not None]
            count = float(sum(word is None or v == word for v in found))
            if not found:
                out.append(
                    Quantity(
                        f"{HEAD}.us.{name}", None, "count", "insufficient", self.seen.session, reason="no asset has one"
                    )
                )
                continue
            out.append(
                Quantity(
                    f"{HEAD}.us.{name}",
                    count,
                    "count",
                    "ok",
                    self.seen.session,
                    n=len(found),
                    window="assets",
                    inputs=inputs,
                )
            )
        return out
