"""The catalogue as a page of the documentation, made from the rows so that it cannot fall behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import dedent

from barograph.catalog.catalog import Catalog
from barograph.catalog.check import BLOCKS, CHOICES, KEYS, READERS, TRANSFORMS
from barograph.catalog.load import load
from barograph.core import release
from barograph.core.series import Series
from barograph.core.units import UNITS

_MEANING = {
    "id": "name of the series, `us.prices.cpi_core`; unique",
    "title": "what the figures are, in a few words",
    "block": "part of the page it belongs to; a file's own `block` fills it in",
    "unit": "unit of the stored values; a provider's `scale` converts",
    "frequency": "D, W, M or Q",
    "stamp": "which day names a period: follows from the frequency",
    "seasonal": "sa (seasonally adjusted), saar (and at an annual rate), nsa (not adjusted), none (no season)",
    "release": "from the period to the instant at which the figure is public",
    "transform": "how the figure is usually read",
    "revises": "whether values change after the first print",
    "providers": 'where it comes from, first choice first: `"fred:PAYEMS"` or `{ source, code, scale }`',
    "rights": "what may be done with the figures",
    "citation": "whose they are",
    "kind": "how a value can move, which decides what quarantine may call absurd",
    "readers": "models and sections that read the row; a row without a reader is refused",
    "calendar": "whose sessions a daily series follows; `none` means Monday to Friday",
    "agency": "who publishes; government closures act on it",
    "start": "first period the providers have",
    "eligible_from": "first day on which a universe or a model may use the row",
    "unit_from": "days from which values come in another unit or base: `{ day, unit }`",
    "events": "what is special about a period: `{ period, kind, text, known_from, release }`",
    "family": "the row stands for many members, `us.equity.member.weight[NVDA]`",
    "vintages": "false where a provider's vintage dates are not to be believed",
    "tolerance": "largest gap between two providers that is no problem, in the row's unit",
    "tags": "free words",
    "weekday": "for weekly rows: the day that names a week",
    "report": "the publication that the figure comes in, where several do; exceptional days may name it",
}
_RIGHTS = {
    "public": "public domain: free to use and to pass on",
    "attribution": "free to use and to pass on with the source named",
    "personal": "for your own use under the provider's terms; not to be passed on",
    "restricted": "copyright of its owner: read where it is served, never kept in this repository or passed on",
}
_KINDS = {
    "level": "positive, moves in per cent",
    "rate": "moves in points, may be negative",
    "claim": "may multiply within days",
    "none": "never checked",
}


def reference(catalog: Catalog | None = None) -> str:
    """Return docs/reference/catalogue.md as text."""
    catalog = catalog or load()
    sample = [s for s in load(sample=True) if s.id not in catalog]
    parts = [
        "# The catalogue",
        "*Made from the catalogue by `barograph.catalog.reference`; do not edit.*",
        f"{len(catalog)} series. Rows live in `src/barograph/catalog/<block>.toml`, one `[[series]]` table each. Your "
        "own rows go into any TOML file of the folder that `BAROGRAPH_CATALOGUE` names: `[[series]]` adds a row, "
        "`[[override]]` with an `id` changes keys of one. A `[groups.NAME]` table holds keys that several rows share "
        '(`group = "NAME"`).',
    ]
    for block in BLOCKS:
        rows = [s for s in catalog if s.block == block]
        if rows:
            parts += [f"## {block.capitalize()}", _rows(rows)]
    parts += ["## Closures and exceptional days", _closures(catalog), _events(catalog)]
    parts += [
        "## Sample",
        "Rows that only an archive filled by `barograph sample` has. There every row counts as revising without "
        "vintages, so its known_basis is `assumed`.",
        _rows(sample),
        "## Keys of a row",
        _table(
            ("key", "needed", "type or choices", "meaning"),
            ((f"`{k}`", "yes" if must else "", _type(k), _MEANING[k]) for k, (_, must) in KEYS.items()),
        ),
        "## Release rules",
        "```text\n" + _rule_forms() + "\n```",
        "## Closed lists",
        "**Rights**: " + _words(_RIGHTS),
        "**Kinds**: " + _words(_KINDS),
        "**Transforms**: " + _words(TRANSFORMS),
        "**Readers**: " + ", ".join(f"`{r}`" for r in READERS) + ".",
        "**Units**: " + _words(UNITS),
    ]
    return "\n\n".join(parts) + "\n"


def basis_of(series: Series) -> str:
    """The known_basis that a row's figures get when they are filled in late, as words."""
    if not series.revises:
        return "schedule"
    return "vintage with a key, else assumed" if series.code("fred") and series.vintages else "assumed"


def _rows(rows: Iterable[Series]) -> str:
    return _table(
        ("id", "title", "unit", "freq.", "release rule", "providers", "rights", "known_basis", "read by"),
        (
            (
                f"`{s.id}`",
                s.title + (f" (from {s.eligible_from})" if s.eligible_from else ""),
                s.unit,
                s.frequency,
                f"`{s.release.text}`",
                ", ".join(f"`{p.source}:{p.code}`" for p in s.providers),
                s.rights,
                basis_of(s),
                ", ".join(s.readers),
            )
            for s in rows
        ),
    )


def _closures(catalog: Catalog) -> str:
    return _table(
        ("closure", "first day", "last day", "backlog out on", "agencies"),
        ((c.title, str(c.start), str(c.end), str(c.backlog), ", ".join(c.agencies)) for c in catalog.closures),
    )


def _events(catalog: Catalog) -> str:
    events: dict[tuple[str, str, str, str], list[str]] = {}
    own: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for series in catalog:
        for event in series.events:
            when = "never" if event.kind == "never" else str(event.release)
            if event.kind == "note" and event.release is not None and series.report:
                days = own.setdefault((series.report, event.text), [])
                if (pair := (str(event.period), when)) not in days:
                    days.append(pair)
                continue
            events.setdefault((str(event.period), when, str(event.known_from), event.text), []).append(f"`{series.id}`")
    lines = [(period, when, ", ".join(ids), text) for (period, when, _, text), ids in events.items()]
    for (report, text), days in own.items():  # a year of an agency's own days is one line
        period, when = (
            pair[0] if len(days) == 1 else f"{pair[0]} to {pair[1]}"
            for pair in zip(*days[:: max(len(days) - 1, 1)], strict=True)
        )
        lines.append((period, when, report, text))
    return _table(("period", "released", "series", "why"), sorted(lines))


def _type(key: str) -> str:
    kind = KEYS[key][0]
    if key in CHOICES and key not in ("unit", "block", "transform"):
        return ", ".join(f"`{c}`" for c in CHOICES[key] if c)
    if key in CHOICES:
        return "see the lists" if key != "block" else ", ".join(f"`{b}`" for b in BLOCKS)
    names = {"str": "text", "bool": "true, false", "list": "list", "date": "day", "tuple": "number"}
    return names[kind.__name__ if isinstance(kind, type) else "tuple"]


def _rule_forms() -> str:
    """The table of forms in the docstring of core/release.py, so that there is one place to write them."""
    found = re.findall(r"^((?:``[^`]+``(?:, )?)+) +(.+)$", dedent(release.__doc__ or ""), re.MULTILINE)
    return "\n".join(f"{forms.replace('`', ''):<32}{meaning}" for forms, meaning in found)


def _words(words: dict[str, str]) -> str:
    return "; ".join(f"`{word}` {meaning}" for word, meaning in words.items()) + "."


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
