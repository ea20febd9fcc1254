"""Running the models: parameters of the month, estimates of a view, and the record of what was said at earlier instants."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from barograph.core.estimate import Estimate, Quantity
from barograph.core.time import DAY_END, new_york, sessions
from barograph.models._fitting import refit_at, state_digest
from barograph.models._protocol import Composite, Recalled, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from barograph.archive.states import States
    from barograph.archive.view import AsOf
    from barograph.models._protocol import Model

#: States that one process remembers.
REMEMBERED = 256
_remembered: OrderedDict[str, State] = OrderedDict()
#: Called with (done, of how many) while a record is computed.
Tell = Callable[[int, int], None]


class Estimation:
    """Estimates of models on views of one archive; what takes long is kept beside it, under what it depends on."""

    def __init__(self, states: States | None = None, tell: Tell | None = None) -> None:
        self._states, self._tell = states, tell
        self._chunks: dict[str, dict[str, Any]] = {}

    def state(self, model: Model, view: AsOf) -> State:
        """The model's parameters for a view: of the month's first session where they are estimated, else of the view."""
        if not getattr(model, "monthly", False):
            return model.fit(view)
        at = view.at(refit_at(view.known_at))
        ids = reads(model, view)
        key = state_digest(model, at, ids, at.fingerprints(ids, [at.known_at])[0], "state")
        if key in _remembered:
            _remembered.move_to_end(key)
            return _remembered[key]
        kept = self._states.get(key) if self._states is not None else None
        state = model.fit(at) if kept is None else State.from_json(kept)
        if kept is None and self._states is not None:
            self._states.put(key, state.to_json())
        _remembered[key] = state
        if len(_remembered) > REMEMBERED:
            _remembered.popitem(last=False)
        return state

    def estimate(self, model: Model, view: AsOf) -> Estimate:
        """What a model says at a view."""
        return model.step(self.state(model, view), view)[1]

    def compose(
        self, model: Composite, view: AsOf, given: Mapping[str, Estimate], models: Mapping[str, Model]
    ) -> Estimate:
        """What a composite model says at a view, with the record that it asks for."""
        # What says nothing today is not asked what it said before.
        speaks = any(q.value is not None for n in model.recalls if n in given for q in given[n].quantities)
        instants = sessions_before(view.known_at, model.lookback) if model.lookback and speaks else []
        past = self.record([models[n] for n in model.recalls if n in models], view, instants)
        return model.compose(view, {k: given[k] for k in model.after if k in given}, past)

    def record(self, models: Sequence[Model], view: AsOf, instants: Sequence[datetime]) -> list[Recalled]:
        """What models said at earlier instants, each from what could be known then, with the parameters of its month.

        Parameters
        ----------
        view
            No instant may lie after it.

        Returns
        -------
        list
            Per instant the quantities by id, as `kept_of` gives them.
        """
        out: list[dict[str, Any]] = [{} for _ in instants]
        jobs: list[tuple[Model, int, str, str]] = []
        for model in models:
            ids = reads(model, view)
            for n, seen in enumerate(view.fingerprints(ids, instants)):
                here = view.at(instants[n])
                key = state_digest(model, here, ids, seen, "estimate")
                chunk = state_digest(model, view.at(refit_at(instants[n])), (), 0, "record")
                if chunk not in self._chunks:
                    self._chunks[chunk] = (self._states.get(chunk) if self._states is not None else None) or {}
                kept = self._chunks[chunk].get(key)
                if kept is None:
                    jobs.append((model, n, key, chunk))
                else:
                    out[n].update(kept)
        for done, (model, n, key, chunk) in enumerate(jobs):
            if self._tell is not None:
                self._tell(done, len(jobs))
            made = {q.id: kept_of(q) for q in self.estimate(model, view.at(instants[n])).quantities}
            out[n].update(made)
            self._chunks[chunk][key] = made
        if self._states is not None:
            for chunk in sorted({job[3] for job in jobs}):
                self._states.put(chunk, self._chunks[chunk])
        return list(out)


def reads(model: Model, view: AsOf) -> tuple[str, ...]:
    """The series that a model reads at a view: those it always needs, or with what a user's catalogue adds to them."""
    more = getattr(model, "needs_in", None)
    found: tuple[str, ...] = model.needs() if more is None else more(view.catalog)
    return found


def sessions_before(known_at: datetime, count: int) -> list[datetime]:
    """18:00 in New York on the `count` NYSE sessions before the day of an instant, oldest first."""
    from barograph.core.time import NEW_YORK

    day = known_at.astimezone(NEW_YORK).date()
    days = sessions("NYSE", day - timedelta(2 * count + 14), day - timedelta(1))
    return [new_york(d, DAY_END) for d in days[-count:]]


def kept_of(q: Quantity) -> dict[str, Any]:
    """What a record keeps of a quantity."""
    number = isinstance(q.value, float)
    return {
        "value": None if number and not math.isfinite(q.value) else q.value,  # type: ignore[arg-type]
        "low": q.low,
        "high": q.high,
        "state": q.state,
        "period": q.period.isoformat() if q.period else None,
    }
