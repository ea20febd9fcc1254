"""The text of `barograph diff`: compact, the most surprising first, what is left out counted."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from barograph.report.dates import stamped
from barograph.run.diff import KINDS, diff

if TYPE_CHECKING:
    from barograph.run.settings import Settings

#: Facts about the page itself: ages of inputs and the like, which change with every day.
_OF_THE_PAGE = ("page.",)
#: How many entries of one kind, and how many facts, the text names before it counts the rest.
_MOST, _MOST_FACTS = 6, 40


def show_diff(settings: Settings, a: str, b: str, match: str, stored: str | None, as_json: bool) -> str:
    """`barograph diff`: as text or JSON."""
    from barograph.run.api import Record

    tree = diff(Record(settings=settings), a, b, match, stored)
    return json.dumps(tree, ensure_ascii=False, indent=1) if as_json else "\n".join(_lines(tree))


def _lines(tree: dict[str, Any]) -> list[str]:
    from barograph.report.dates import instant

    span = " to ".join(instant(datetime.fromisoformat(tree[k])) for k in ("a", "b"))
    lines = [f"{span}: {_count(len(tree['series']), 'series', 'series')}, {_count(len(tree['facts']), 'fact')} changed"]
    for s in tree["series"]:
        z = "" if s["surprise"] is None else f"  {_signed(s['surprise'], 1)}σ"
        lines.append(f"{s['id']}, {s['unit']}{z}")
        for kind in KINDS:
            entries = [{**e, "period": _period(s["frequency"], e["period"])} for e in s[kind]]
            shown = entries[-_MOST:]
            if kind == "rebased" and entries:
                units = sorted({(e["old_unit"], e["new_unit"]) for e in entries})
                text = "; ".join(f"{o} to {n}" if o != n else f"{n}, another base" for o, n in units)
                lines.append(f"  rebased    {_span(entries)}: {text} (a change of unit, no revision)")
                continue
            lines += [f"  {kind:<10} {e['period']}  {_entry(kind, e)}" for e in reversed(shown)]
            if rest := entries[:-_MOST]:
                lines.append(f"  {kind:<10} and {_count(len(rest), 'period')} more, {_span(rest)}")
    facts = tree["facts"]
    if facts:
        lines.append("facts")
        shown = [f for f in facts if not f["id"].startswith(_OF_THE_PAGE)][:_MOST_FACTS]
        width = max((len(f["id"]) for f in shown), default=0)
        lines += [f"  {f['id']:<{width}}  {_fact(f)}" for f in shown]
        if rest := facts[len(shown) :]:
            lines.append(f"  and {_count(len(rest), 'fact')} more: --match, or --json for all")
    return lines


def _period(frequency: str, text: str) -> str:
    stamp = {"M": "month_start", "Q": "quarter_start"}.get(frequency, "day")
    return stamped(stamp, date.fromisoformat(text))


def _entry(kind: str, e: dict[str, Any]) -> str:
    if kind == "new":
        before = "" if e["before"] is None else f"  ({_signed(e['value'] - e['before'])} on the value before)"
        return f"{_plain(e['value'])}{before}"
    if kind == "revised":
        return f"{_plain(e['old'])} -> {_plain(e['new'])}  ({_signed(e['change'])})"
    return f"was {_plain(e['old'])}"


def _fact(f: dict[str, Any]) -> str:
    from barograph.report.format import amount

    change = "" if f["difference"] is None else f"  ({amount(f['difference'], f['unit'], signed=True)})"
    state = "" if f["state_a"] == f["state_b"] else f"  [{f['state_a']} -> {f['state_b']}]"
    return f"{f['printed_a'] or 'none'} -> {f['printed_b'] or 'none'}{change}{state}"


def _span(entries: list[dict[str, Any]]) -> str:
    first, last = entries[0]["period"], entries[-1]["period"]
    return first if first == last else f"{first} to {last}, {len(entries)} periods"


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _plain(value: float) -> str:
    return f"{value:,.7g}".replace("-", "−")


def _signed(value: float, decimals: int | None = None) -> str:
    text = f"{value:+,.6g}" if decimals is None else f"{value:+,.{decimals}f}"
    return "0" if text.lstrip("+-").strip("0.") == "" else text.replace("-", "−")
