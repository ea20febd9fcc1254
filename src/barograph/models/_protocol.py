"""The contract of a model: what it needs, how it is fitted and steps, what it says, how a change is explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from barograph.core.estimate import Attribution, Estimate, Fact

if TYPE_CHECKING:
    from barograph.archive.view import AsOf


@dataclass(frozen=True, slots=True)
class State:
    """Frozen, serialisable parameters and filter state; nothing a model knows hides in `self`.

    `params` holds JSON values only (numbers, strings, lists). A model without parameters keeps it empty: its step is
    a pure function of the view.
    """

    model: str
    version: str
    fitted_as_of: datetime
    seed: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As JSON values; a float comes back bit for bit."""
        return {
            "model": self.model,
            "version": self.version,
            "fitted_as_of": self.fitted_as_of.isoformat(),
            "seed": self.seed,
            "params": dict(self.params),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> State:
        """What `to_json` wrote."""
        return cls(
            body["model"],
            body["version"],
            datetime.fromisoformat(body["fitted_as_of"]),
            int(body["seed"]),
            body["params"],
        )


#: What is kept of a model's quantities of an earlier instant, by id.
Recalled = Mapping[str, Mapping[str, Any]]


class Model(Protocol):
    """One file in the folder of its block, one table in registry.toml.

    Law: a chain of steps equals one fit plus one full filter on the same view to 1e-9, also after revisions; an
    unchanged view gives an equal Estimate.
    """

    name: str
    version: str

    def needs(self) -> tuple[str, ...]:
        """Series ids the model reads."""
        ...

    def fit(self, view: AsOf) -> State:
        """Estimate parameters on what was known at the view."""
        ...

    def step(self, state: State, view: AsOf) -> tuple[State, Estimate]:
        """Filter forward to the view."""
        ...

    def facts(self, estimate: Estimate) -> tuple[Fact, ...]:
        """The estimate's quantities as facts."""
        ...

    def explain(self, before: Estimate, after: Estimate) -> tuple[Attribution, ...]:
        """Changes from `before` to `after`, split into rows that add up to 1e-9."""
        ...


@runtime_checkable
class Composite(Protocol):
    """A model of other models' estimates of the same view: it has no parameters and reads no series of its own.

    It is run after the models named in `after`; one that failed is missing from `given`. `past` is what the models named in
    `recalls` said on the last `lookback` sessions before the view's, oldest first, each from what could be known then: per
    session the kept quantities by id (`value`, `low`, `high`, `state`, `period`).
    """

    name: str
    version: str
    after: tuple[str, ...]
    recalls: tuple[str, ...]
    lookback: int

    def compose(self, view: AsOf, given: Mapping[str, Estimate], past: Sequence[Recalled]) -> Estimate:
        """What the estimates say together."""
        ...
