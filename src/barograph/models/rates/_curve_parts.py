"""Principal components of the daily changes of Treasury par yields: estimated on a window, read on a later day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from barograph.core.estimate import Quantity
from barograph.models.rates._curve_days import inputs_of
from barograph.models.session import grid

if TYPE_CHECKING:
    from barograph.models.history import SessionView

Floats = NDArray[np.float64]
TENORS = ("2y", "3y", "5y", "7y", "10y", "20y", "30y")
NAMES = ("level", "slope", "curvature")
#: A maturity with fewer of the window's changes than this share is left out.
SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Components:
    """`loadings` (3, k) of the `ids` on the components, `mean` (k,) of the changes in bp, `sd` (3,) of the components on
    the window, `share` (3,) of the variance in per cent, `n` changes from `first` to `last`."""

    ids: tuple[str, ...]
    loadings: Floats
    mean: Floats
    sd: Floats
    share: Floats
    n: int
    first: date
    last: date

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        arrays = {k: getattr(self, k).tolist() for k in ("loadings", "mean", "sd", "share")}
        days = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return {"ids": list(self.ids), "n": self.n, **arrays, **days}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Components:
        """What `to_json` wrote."""
        loadings, mean, sd, share = (np.array(body[k], dtype=np.float64) for k in ("loadings", "mean", "sd", "share"))
        first, last = (date.fromisoformat(body[k]) for k in ("first", "last"))
        return cls(tuple(body["ids"]), loadings, mean, sd, share, body["n"], first, last)

    def said(self, seen: SessionView, due: date) -> list[Quantity]:
        """Shares on the window, and the components of the session's change in their standard deviations."""
        out, text = [], f"{self.n} daily changes to {self.last}"
        used = inputs_of(seen, self.ids, self.first, self.last)
        for i, name in enumerate(NAMES):
            id_ = f"curve.us.pca.{name}.share"
            share = float(self.share[i])
            out.append(Quantity(id_, share, "percent", period=self.last, n=self.n, window=text, inputs=used))
        change, why, base = _change(seen, self.ids, due)
        for i, name in enumerate(NAMES):
            id_ = f"curve.us.pca.{name}.score_1d"
            if change is None or base is None:
                out.append(Quantity(id_, None, "sigma", "insufficient", due, reason=why))
                continue
            score = float(self.loadings[i] @ (change - self.mean) / self.sd[i])
            inputs = (*used, *inputs_of(seen, self.ids, base, due))
            out.append(Quantity(id_, score, "sigma", period=due, n=self.n, window=text, inputs=inputs))
        return out


def _change(seen: SessionView, ids: tuple[str, ...], due: date) -> tuple[Floats | None, str, date | None]:
    """The session's change of each yield in bp; None with the reason where one is missing."""
    calendar = grid("SIFMA", seen.start, due)
    if calendar.size < 2 or calendar[-1].item() != due:
        return None, f"{due} is no session of the bond market", None
    base = calendar[-2].item()
    pairs = [(seen.points(i).value_on(due), seen.points(i).value_on(base)) for i in ids]
    gone = [i for i, p in zip(ids, pairs, strict=True) if None in p]
    if gone:
        return None, f"no change of {', '.join(gone)} from {base} to {due}", base
    return np.array([100.0 * (a - b) for a, b in pairs if a is not None and b is not None]), "", base


def components_of(seen: SessionView, window: int, least: int) -> Components | str:
    """Components of the newest `window` sessions' changes; a reason where fewer than `least` are complete."""
    calendar = grid("SIFMA", seen.start, seen.session)[-window - 1 :]
    ids = [f"us.rates.par_{t}" for t in TENORS if f"us.rates.par_{t}" in seen.view.catalog]
    levels = np.full((calendar.size, len(ids)), np.nan)
    for column, id_ in enumerate(ids):
        points = seen.points(id_)
        _, here, there = np.intersect1d(calendar, points.periods, assume_unique=True, return_indices=True)
        levels[here, column] = points.values[there]
    changes = 100.0 * np.diff(levels, axis=0)
    there = np.isfinite(changes)
    kept = there.sum(axis=0) >= SHARE * min(window, int(there.any(axis=1).sum()))
    kept &= there.any(axis=0)
    whole = there[:, kept].all(axis=1)
    names = [i for i, k in zip(ids, kept, strict=True) if k]
    if len(names) < 3 or whole.sum() < least:
        return f"{int(whole.sum())} complete changes of {len(names)} par yields, where {least} of at least 3 are needed"
    rows = changes[np.ix_(whole, kept)]
    mean = rows.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(rows, rowvar=False))
    if values[-3] <= 1e-9:
        return "the changes of the par yields have fewer than three dimensions"
    loadings = _signed(vectors[:, ::-1][:, :3].T.copy(), names)
    days = calendar[1:][whole]
    return Components(
        tuple(names),
        loadings,
        mean,
        np.sqrt(values[::-1][:3]),
        100.0 * values[::-1][:3] / values.sum(),
        int(whole.sum()),
        calendar[int(np.flatnonzero(whole)[0])].item(),
        days[-1].item(),
    )


def _signed(loadings: Floats, names: list[str]) -> Floats:
    """Signs by meaning: all yields up; long less short up; middle less both ends up."""
    middle = len(names) // 2
    if loadings[0].sum() < 0.0:
        loadings[0] *= -1.0
    if loadings[1, -1] < loadings[1, 0]:
        loadings[1] *= -1.0
    if 2.0 * loadings[2, middle] < loadings[2, 0] + loadings[2, -1]:
        loadings[2] *= -1.0
    return loadings
