"""The facts of a page once more as JSON inside it, with their lineage, for whoever reads a page by machine.

Units, windows, reasons, instants and lists of inputs recur from fact to fact, so a column of theirs holds places in a
list: written out, they made four tenths of a page.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from barograph.core.estimate import Input
from barograph.report.blocks import Report
from barograph.report.format import printed
from barograph.report.render import _meta

#: An id is `of`, a point and `name`. What few facts have stands last, because a row ends with its last entry.
FACT_COLUMNS = (
    "of", "name", "value", "printed", "unit", "state", "period", "known_at", "known_basis", "inputs", "window", "n", "low",
    "high", "reason",
)  # fmt: skip
#: The newest batch stands for its input here; report.json names them all.
INPUT_COLUMNS = ("series", "first", "last", "n", "known_at", "known_basis", "newest_batch")
_LISTED = frozenset(
    {"of", "name", "unit", "state", "period", "known_at", "known_basis", "inputs", "window", "reason"}
    | {"series", "first", "last", "newest_batch"}
)


def facts_table(report: Report) -> dict[str, Any]:
    """All facts of the page and the stretches of series that they rest on.

    `inputs` of a fact is a list of rows of the table of inputs, counted from 0.
    """
    numbers = {item: n - 1 for item, n in _meta.inputs_of(report).items()}
    facts = []
    for fact in report.facts:
        of, _, name = fact.id.rpartition(".")
        known = {**fact.to_json(), "of": of, "name": name, "printed": printed(fact)}
        known["inputs"] = [numbers[i] for i in fact.lineage]
        facts.append([known[c] for c in FACT_COLUMNS])
    return {
        "session": report.session.isoformat(),
        "as_of": report.as_of.isoformat(),
        "version": report.version,
        "head": report.head,
        "facts": _table(FACT_COLUMNS, facts),
        "inputs": _table(INPUT_COLUMNS, [_input_row(i) for i in numbers]),
    }


def _input_row(item: Input) -> list[Any]:
    newest = f"{item.batches[-1][0]}:{item.batches[-1][1][:16]}" if item.batches else None
    stretch = [item.series_id, item.first.isoformat(), item.last.isoformat(), item.n]
    return [*stretch, item.known_at.isoformat(), "+".join(item.bases), newest]


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Columns, rows and, for each listed column, what its numbers stand for."""
    lists: dict[str, list[Any]] = {c: [] for c in columns if c in _LISTED}
    places: dict[str, dict[str, int]] = {c: {} for c in lists}
    out = []
    for row in rows:
        short: list[Any] = []
        for column, entry in zip(columns, row, strict=True):
            if entry is None or column not in lists:
                short.append(entry)
                continue
            seen, held = places[column], lists[column]
            place = seen.setdefault(str(entry), len(held))
            if place == len(held):
                held.append(entry)
            short.append(place)
        while short and short[-1] is None:
            short.pop()
        out.append(short)
    return {"columns": list(columns), "lists": lists, "rows": out}


def embedded(value: Any) -> str:
    """JSON for a script element: no sequence in it can end the element or open a comment.

    >>> embedded(["</script>", "<!--"])
    '["\\\\u003c/script\\\\u003e","\\\\u003c!--"]'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text
