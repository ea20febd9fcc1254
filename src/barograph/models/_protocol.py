"""The contract of a model: what it needs, how it is fitted and steps, what it says, how a change is explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

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


class Model(Protocol):
    """One file in this folder, one line in registry.toml.

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
