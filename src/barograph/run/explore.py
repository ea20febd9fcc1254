"""`barograph series show`: all that a view says of one series, as text, as JSON and as a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from barograph.core.errors import InputError

if TYPE_CHECKING:
    from barograph.archive.view import AsOf
    from barograph.core.observation import Batch
    from barograph.core.series import Series
    from barograph.report.explored import Explored, Opinion
    from barograph.run.api import Record, When
    from barograph.run.settings import Settings

#: How many newest values and periods the text names.
_NEWEST, _PERIODS = 6, 6


def explore(record: Record, series_id: str, as_of: When, stored_as_of: When | None = None) -> Explored:
    """Collect all that a view says of a series (`us.labour.payrolls` or `fred:PAYEMS`).

    Raises UnknownSeries, and InputError for a bad date.
    """
    from barograph.core.ahead import next_release
    from barograph.core.version import __version__
    from barograph.report.explored import Explored

    series = record.catalog[record.catalog.resolve(series_id)]
    view = record.as_of(as_of, stored_as_of)
    head = record.archive.head_at(view.stored_at) if view.stored_at else record.archive.head()
    return Explored(
        series,
        view.known_at,
        view.stored_at,
        view.series(series.id),
        view.revisions(series.id),
        view.coverage(series.id),
        next_release(series, view),
        _opinions(record, series, view),
        _batches(record, series, view),
        head,
        __version__,
    )


def _opinions(record: Record, series: Series, view: AsOf) -> tuple[Opinion, ...]:
    from barograph.report.explored import Opinion

    ours = view.series(series.id)
    out = []
    for provider in series.providers[1:]:
        id_ = f"{series.id}@{provider.source}"
        theirs = view.series(id_) if id_ in record.catalog else None
        if theirs is None or not len(theirs) or not len(ours) or theirs.unit != ours.unit:
            continue
        both = np.intersect1d(ours.periods, theirs.periods)
        if both.size:
            period = both[-1].item()
            said, held = theirs.value_on(period), ours.value_on(period)
            assert said is not None and held is not None
            out.append(Opinion(id_, provider.source, period, said, held))
    return tuple(out)


def _batches(record: Record, series: Series, view: AsOf) -> tuple[tuple[Batch, int], ...]:
    """The batches of all rows known by the view, newest first."""
    frame = record.archive.vintages(series.id, None, view.stored_at)
    counts = frame.filter(frame["known_at"] <= view.known_at)["batch_id"].value_counts()
    found = [(record.archive.batch(b), int(n)) for b, n in counts.iter_rows()]
    return tuple(sorted(found, key=lambda pair: (pair[0].stored_at, pair[0].batch_id), reverse=True))


def show_explored(
    settings: Settings, series_id: str, as_of: str | None, stored: str | None, as_json: bool, out: Path | None
) -> str:
    """`barograph series show`: text or JSON; with `out` the page is written there and its path returned."""
    from barograph.run.api import Record

    x = explore(Record(settings=settings), series_id, settings.clock.today if as_of is None else as_of, stored)
    if out is not None:
        from barograph.report.render._series import render_series
        from barograph.run.publish import write_whole

        text = render_series(x)
        path = out / f"barograph-series-{_file_name(x.series.id)}.html"
        write_whole(path, text)
        return f"{path} ({len(text.encode()) / 1000:.0f} kB)"
    return json.dumps(tree(x), ensure_ascii=False, indent=1) if as_json else "\n".join(lines(x))


def _file_name(series_id: str) -> str:
    """An id as a file name: members and second opinions carry signs that some systems do not take."""
    return "".join(c if c.isalnum() or c in "._-" else "-" for c in series_id).strip("-")


def asked_for(words: list[str]) -> tuple[bool, str | None]:
    """Whether `show` stands before the id, and the id: `series`, `series ID` and `series show ID`."""
    if words[:1] == ["show"]:
        if len(words) == 2:
            return True, words[1]
        raise InputError(
            f"barograph series {' '.join(words)}",
            "no id of a series after show" if len(words) < 2 else "more than one id",
            "barograph series show us.labour.payrolls",
            "Name one series.",
        )
    if len(words) > 1:
        raise InputError(
            f"barograph series {' '.join(words)}",
            "more than one id",
            f"barograph series {words[0]}",
            "Name one series.",
        )
    return False, words[0] if words else None


def tree(x: Explored) -> dict[str, Any]:
    """All of it as plain data; `revisions` are null where no vintages are on record."""
    from barograph.core.observation import BASES

    s, p, r, m = x.series, x.points, x.revisions, x.measure
    values = [
        {"period": str(d), "value": float(v), "known_at": f"{k.item().isoformat()}+00:00", "known_basis": BASES[int(b)]}
        for d, v, k, b in zip(p.periods, p.values, p.known_at, p.basis, strict=True)
    ]
    table = [] if r.note else r.frame().to_dicts()
    for row in table:
        row["period"], row["known_at"] = row["period"].isoformat(), row["known_at"].isoformat()
    return {
        "id": s.id,
        "title": s.title,
        "unit": p.unit or s.unit,
        "frequency": s.frequency,
        "seasonal": s.seasonal,
        "release": s.release.text,
        "report": s.report,
        "revises": s.revises,
        "providers": [f"{q.source}:{q.code}" for q in s.providers],
        "rights": s.rights,
        "citation": s.citation,
        "known_at": x.known_at.isoformat(),
        "stored_as_of": x.stored_at.isoformat() if x.stored_at else None,
        "coverage": [x.coverage.start.isoformat(), x.coverage.end.isoformat()] if x.coverage else None,
        "values": values,
        "withdrawn": [d.isoformat() for d in p.withdrawn],
        "next_release": {
            "period": x.next.period.isoformat(),
            "at": x.next.at.isoformat() if x.next.at else None,
            "state": x.next.state,
            "note": x.next.note,
        }
        if x.next
        else None,
        "vintages": table,
        "revisions": None
        if r.note
        else {
            "of": m.name,
            "unit": m.change_unit,
            "sizes": [
                {"release": z.release, "n": z.n, "mean": z.mean, "mean_size": z.mean_size, "sd": z.sd}
                for z in m.sizes(r)
            ],
        },
        "note": r.note,
        "second_opinions": [
            {"series": o.series_id, "provider": o.provider, "period": o.period.isoformat(), "value": o.theirs, "ours": o.ours}
            for o in x.opinions
        ],
        "batches": [
            {"id": b.batch_id, "source": b.source, "request": b.request, "stored_at": b.stored_at.isoformat(),
             "sha256": b.sha256, "rows": n}
            for b, n in x.batches
        ],
        "head": x.head,
    }  # fmt: skip


def lines(x: Explored) -> list[str]:
    """The text: what it is, the newest values, what comes next, first prints against what they became."""
    from barograph.core.observation import BASES
    from barograph.core.units import UNITS
    from barograph.report.explored import FREQUENCIES, RIGHTS, SEASONAL, known_words, next_words, vintage_words
    from barograph.report.format import amount
    from barograph.run.show import sparkline

    s, p = x.series, x.points
    unit = p.unit or s.unit
    seasonal = f", {SEASONAL[s.seasonal]}" if SEASONAL[s.seasonal] else ""
    out = [f"{s.id}: {s.title}", known_words(x)]
    out += _pairs(
        ("unit", f"{unit}: {UNITS[unit]}"),
        ("frequency", f"{FREQUENCIES[s.frequency]}{seasonal}"),
        ("release", f"{s.release.text}{f', {s.report}' if s.report else ''}"),
        ("providers", ", ".join(f"{q.source}:{q.code}" for q in s.providers)),
        ("rights", f"{s.rights}: {RIGHTS[s.rights]}"),
        ("citation", s.citation),
        ("coverage", f"{x.coverage.start} to {x.coverage.end}" if x.coverage else "never looked at"),
        ("vintages", vintage_words(x)),
        ("next", ", ".join(w for w in next_words(x) if w)),
        ("batches", _batch_words(x)),
    )
    if len(p) > 1:
        out.append(sparkline([float(v) for v in p.values]))
    if len(p):
        out.append("newest values")
    for i in range(len(p) - 1, max(len(p) - _NEWEST, 0) - 1, -1):
        value, known = amount(float(p.values[i]), unit, bare=True), p.known_at[i].item()
        out.append(
            f"  {x.period(p.periods[i].item()):<10} {value:>12}  known {known:%Y-%m-%d %H:%M} UTC  {BASES[int(p.basis[i])]}"
        )
    out += _revised(x)
    for o in x.opinions:
        values = f"{amount(o.theirs, unit, bare=True)}, on record {amount(o.ours, unit, bare=True)}"
        out.append(f"second opinion, {o.provider}: {x.period(o.period)} {values}")
    return out


def _revised(x: Explored) -> list[str]:
    from barograph.report.revised import unit_words
    from barograph.report.series_page import vintage_table

    table = vintage_table(x)
    if table is None:
        return []
    out = ["first prints and what they became"]
    heads = [c.title for c in table.columns]
    rows = [heads, *[["".join(map(str, c.text)) for c in row] for row in table.rows[:_PERIODS]]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    for row in rows:
        cells = [f"{t:>{w}}" for t, w in zip(row[1:], widths[1:], strict=True)]
        out.append(f"  {'  '.join([row[0].ljust(widths[0]), *cells])}")
    m = x.measure
    sizes = [z for z in m.sizes(x.revisions) if z.mean_size is not None]
    if sizes:
        out.append(f"mean size of revisions of the {m.name}, {unit_words(m.change_unit)}")
        out.append("  " + "; ".join(f"release {z.release}: {z.mean_size:.3g} (n {z.n:,})" for z in sizes))
    return out


def _pairs(*items: tuple[str, str]) -> list[str]:
    return [f"  {name:<11}{text}" for name, text in items if text]


def _batch_words(x: Explored) -> str:
    if not x.batches:
        return ""
    newest = x.batches[0][0]
    return f"{len(x.batches):,}, newest {newest.batch_id}, sha256 {newest.sha256}"
