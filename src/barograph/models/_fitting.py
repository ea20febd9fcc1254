"""When a model is estimated again, on which view, and under which name its state is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from barograph.core.time import DAY_END, NEW_YORK, new_york, sessions

if TYPE_CHECKING:
    from barograph.archive.view import AsOf


def refit_at(known_at: datetime) -> datetime:
    """The newest scheduled estimation at or before an instant: 18:00 in New York on a month's first NYSE session.

    By calendar and nothing else: the state of a day does not depend on which days were computed before it.
    """
    local = known_at.astimezone(NEW_YORK)
    month = local.date().replace(day=1)
    for _ in range(2):
        first = sessions("NYSE", month, month + timedelta(14))[0]
        scheduled = new_york(first, DAY_END)
        if scheduled <= known_at:
            return scheduled
        month = (month - timedelta(1)).replace(day=1)
    raise AssertionError("two months without a session")


def refit_before(known_at: datetime) -> datetime:
    """The scheduled estimation before the newest one at or before an instant."""
    return refit_at(refit_at(known_at) - timedelta(microseconds=1))


def ids_of(model: Any, view: AsOf) -> tuple[str, ...]:
    """The series that a model reads at a view: those that it always needs and, where it says so, a user's own."""
    reads = getattr(model, "reads", None)
    return tuple(model.needs() if reads is None else reads(view.catalog))


def state_digest(model: Any, view: AsOf, ids: Sequence[str], fingerprint: int, also: str = "") -> str:
    """The key of what a model makes at a view: model, version, settings, instant, catalogue rows and all values seen.

    One changed value, knowledge time, release rule or setting (also one that another model lends) is another key: nothing
    stale can be served.

    Parameters
    ----------
    ids
        The series that it reads.
    fingerprint
        Theirs at the view (`AsOf.fingerprints`).
    also
        Anything else that it depends on.
    """
    constant = _constant(model, view.catalog, tuple(ids), also).copy()
    constant.update(f"{view.known_at.isoformat()} {fingerprint}".encode())
    return str(constant.hexdigest())


def _constant(model: Any, catalog: Any, ids: tuple[str, ...], also: str) -> Any:
    """The digest of what does not change from instant to instant: a record of five years asks for it a thousand times.

    Kept by the model's identity: equal models may be written differently (1 and 1.0). The model is held beside it, so
    that its number is not given away.
    """
    kept = _digests.setdefault(catalog, {})
    key = id(model), ids, also
    found = kept.get(key)
    if found is None:
        if len(kept) > MOST_KEPT:
            kept.clear()
        head: dict[str, Any] = {
            "model": model.name,
            "version": model.version,
            "settings": asdict(model) if is_dataclass(model) and not isinstance(model, type) else {},
            "derived": repr(getattr(model, "settings", None)),
            "rows": _rows_digest(catalog, tuple(sorted(set(ids)))),
            "closures": _closures(catalog),
            "also": also,
        }
        found = kept[key] = model, hashlib.sha256(json.dumps(head, sort_keys=True, default=str).encode())
    return found[1]


#: A server makes its models anew for each page, with one catalogue.
MOST_KEPT = 1000
_digests: WeakKeyDictionary[Any, dict[tuple[int, tuple[str, ...], str], tuple[Any, Any]]] = WeakKeyDictionary()
#: Texts of a catalogue's rows by the catalogue itself: it never changes, and goes with them.
_texts: WeakKeyDictionary[Any, dict[tuple[str, ...], str]] = WeakKeyDictionary()


def _rows_digest(catalog: Any, ids: tuple[str, ...]) -> str:
    kept = _texts.setdefault(catalog, {})
    if ids not in kept:
        kept[ids] = hashlib.sha256("".join(repr(catalog.get(i)) for i in ids).encode()).hexdigest()
    return kept[ids]


def _closures(catalog: Any) -> str:
    kept, key = _texts.setdefault(catalog, {}), ("closures",)
    if key not in kept:
        kept[key] = repr(catalog.closures)
    return kept[key]
