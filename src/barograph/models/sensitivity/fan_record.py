"""What the fans of the sensitivities held of the sessions that came, month by month with the month's own variances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from barograph.core.estimate import Estimate, Input, Quantity
from barograph.models._protocol import State
from barograph.models._records import NO_RUNS, width
from barograph.models._rows import EveryQuantity
from barograph.models.history import SessionView
from barograph.models.sensitivity._sample import LEGS, covered, sample_of
from barograph.models.sensitivity.sensitivity import Sensitivity

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.catalog.catalog import Catalog
    from barograph.models.assets import Asset

#: What is said of a fan, with units, and of all of them.
RECORD = (
    *((k, "percent") for k in ("share_in_90", "p_kupiec", "p_independence", "share_large")),
    *((k, "percent") for k in ("gain", "p_equal", "gain_plain", "p_plain", "r2")),
    *((k, "label") for k in ("width_90", "verdict")),
)
COUNTS = {"fans_narrow": "too_narrow", "fans_wide": "too_wide"}


@dataclass(frozen=True)
class FanRecord(EveryQuantity):
    """Per asset s of the sensitivities with a fan, p = sensitivity.s.fan.record, on the newest `months` whole months:

    ===========================  ==================================================================================
    p.share_in_90, .width_90     share of the sessions whose return lay in the interval that the evening before gave it at
                                 the moves of yields that came, with its 90 per cent interval; in a word
    p.p_kupiec, .p_independence  tests that it holds what it says, and that misses do not come in runs
    p.share_large                the share of those sessions alone whose real yield moved by more than `large` bp
    p.gain, .p_equal             pinball loss of its two ends under that of the 5 and 95 per cent quantiles of the returns
                                 before the month, which do not know the moves, and the test that both are equal
    p.gain_plain, .p_plain, .verdict  likewise beside least squares on the same sessions, which knows the moves too
    p.r2                         share of the squared returns that the fit at the moves that came accounts for
    ===========================  ==================================================================================

    sensitivity.us.{fans_narrow,fans_wide} count the words. Percentages; daily; made at the month's first session from the
    sessions before it, as decision 024 has it. Kupiec (1995), doi 10.3905/jod.1995.407942; Christoffersen (1998), doi
    10.2307/2527341.
    """

    name: str = "fan_record"
    version: str = "1"
    months: int = 36
    most: int = 250
    level: float = 0.10
    large: float = 10.0
    least_large: int = 20
    monthly: bool = True

    @property
    def settings(self) -> Sensitivity:
        """The model whose fan is tried: its settings are part of the state's name."""
        return Sensitivity()

    def needs(self) -> tuple[str, ...]:
        """What the sensitivities need."""
        return self.settings.needs()

    def reads(self, catalog: Catalog) -> tuple[str, ...]:
        """The yields and the first `most` assets."""
        ids = [i for leg in LEGS for i in leg.series]
        return tuple(dict.fromkeys([*ids, *(i for a in self._assets(catalog) for i in a.series)]))

    def fit(self, view: AsOf) -> State:
        """The record of the months before the view's session."""
        from barograph.models.sensitivity._record import fan_records

        whole = sample_of(SessionView.of(view), self._assets(view.catalog))
        params: dict[str, Any] = {"reason": whole}
        if not isinstance(whole, str):
            tried = whole.upto(-1)
            made = fan_records(tried, self.settings, self.months, self.level, self.large, self.least_large)
            params = {"records": made}
        return State(self.name, self.version, view.known_at, 0, params)

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """The month's record, in words and numbers."""
        seen = SessionView.of(view)
        none = {"reason": state.params.get("reason", "it was not there when the month began")}
        records, asked = state.params.get("records", {}), 100.0 * self.settings.level
        out: list[Quantity] = []
        for asset in self._assets(view.catalog):
            out += self._said(asset, records.get(asset.slug, none), asked, seen)
        return state, Estimate(self.name, view.known_at, (*out, *self._counts(out, seen)))

    def _assets(self, catalog: Catalog) -> tuple[Asset, ...]:
        return covered(catalog)[: self.most]

    def _said(self, asset: Asset, made: Any, asked: float, seen: SessionView) -> list[Quantity]:
        p = f"sensitivity.{asset.slug}.fan.record"
        if "reason" in made:
            return [
                Quantity(f"{p}.{k}", None, u, "insufficient", seen.session, reason=made["reason"]) for k, u in RECORD
            ]
        first, last = (date.fromisoformat(d) for d in made["days"])
        inputs: tuple[Input, ...] = tuple(dict.fromkeys(i for a in (asset, *LEGS) for i in seen.inputs(a, first, last)))
        large, pairs = made["large"], {"": made["usual"], "_plain": made["plain"]}
        values: dict[str, float | str | None] = {
            "share_in_90": made["share"],
            "width_90": width(asked, *made["ends"]),
            "share_large": large.get("share"),
            "p_equal": 100.0 * made["usual"]["p"],
            "p_plain": 100.0 * made["plain"]["p"],
            "verdict": made["plain"]["verdict"],
            "r2": made["r2"],
            **{f"gain{k}": found["gain"] for k, found in pairs.items()},
            **{k: None if made[k] is None else 100.0 * made[k] for k in ("p_kupiec", "p_independence")},
        }
        lacking = {"p_independence": NO_RUNS}
        lacking["share_large"] = (
            f"the real yield moved by more than {self.large:g} bp on {large['n']} sessions where {self.least_large} are needed"
        )
        ends = {"share_in_90": made["ends"], "share_large": large.get("ends")}
        about: dict[str, Any] = {"period": last, "inputs": inputs}
        out = []
        for name, unit in RECORD:
            if values[name] is None:
                gone: dict[str, Any] = {"state": "insufficient", "reason": lacking[name]}
                out.append(Quantity(f"{p}.{name}", None, unit, **gone, **about))
                continue
            low, high = ends.get(name) or (None, None)
            more: dict[str, Any] = {"low": low, "high": high, "n": large["n"] if name == "share_large" else made["n"]}
            more["window"] = f"{first} to {last}, variances of each month"
            out.append(Quantity(f"{p}.{name}", values[name], unit, **more, **about))
        return out

    def _counts(self, made: list[Quantity], seen: SessionView) -> list[Quantity]:
        words = [q for q in made if q.id.endswith(".width_90") and q.value is not None]
        if not words:
            return [
                Quantity(
                    f"sensitivity.us.{k}", None, "count", "insufficient", seen.session, reason="no fan has a record"
                )
                for k in COUNTS
            ]
        about: dict[str, Any] = {"period": words[0].period, "n": len(words), "window": words[0].window}
        return [
            Quantity(
                f"sensitivity.us.{k}",
                float(sum(q.value == word for q in words)),
                "count",
                inputs=words[0].inputs,
                **about,
            )
            for k, word in COUNTS.items()
        ]


MODEL = FanRecord
