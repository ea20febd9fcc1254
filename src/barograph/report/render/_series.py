"""The page of one series as HTML: the look, the policy and the escaping of the daily page, whose parts it uses."""

from __future__ import annotations

import re
from datetime import date

from barograph.report import explored, series_page
from barograph.report.blocks import Report
from barograph.report.charts import NARROW, WIDE, Width, revision
from barograph.report.forms import MISSING
from barograph.report.render import _meta, html
from barograph.report.words import clean

#: Why no revision can be shown: of values that are there, and where there are none.
NO_VINTAGES = (
    "The values held are those of a series that is not revised, or today's, laid on their release days: nothing says what "
    "stood there first."
)
NO_VALUES = "No value of this series is known at this as-of."


def render_series(x: explored.Explored) -> str:
    """The page as HTML text; equal contents give equal bytes."""
    page = html._Page(_empty(x))
    style, script = _style(x), html._asset("scrub.js").strip()
    heat = series_page.heat_map(x)
    return (
        html._environment()
        .get_template("series.html")
        .render(
            page=page,
            x=x,
            report=page.report,
            meta=_meta,
            title=explored.title_of(x),
            known=explored.known_words(x),
            deck=explored.deck(x),
            facts=explored.facts_of(x),
            level=series_page.level_figure(x),
            newest=series_page.newest_table(x),
            heat=heat,
            heat_svg=html._markup(_drawings(heat)) if heat else "",
            sizes=series_page.sizes_table(x),
            vintages=series_page.vintage_table(x),
            opinions=series_page.opinions_table(x),
            lineage=series_page.lineage_table(x),
            rights=f"{x.series.rights}, {explored.RIGHTS[x.series.rights]}",
            none_title=f"{x.revisions.note[:1].upper()}{x.revisions.note[1:]}.",
            none_why=NO_VINTAGES if len(x.points) else NO_VALUES,
            style=html._markup(style),
            script=html._markup(script),
            style_hash=html._hash(style),
            script_hash=html._hash(script),
            clean=clean,
            prose=html._prose,
            missing=MISSING,
        )
        + "\n"
    )


def _drawings(heat: series_page.HeatMap) -> str:
    widths: tuple[tuple[Width, str], ...] = ((WIDE, "w"), (NARROW, "n"))
    return "".join(revision.draw(heat.chart, w).svg(f"heat{cls}", heat.alt, f"plot {cls}") for w, cls in widths)


def _empty(x: explored.Explored) -> Report:
    """A report without sections: what the shared templates ask for beside the blocks that they are given."""
    session: date = x.points.last[0] if x.points.last else x.known_at.date()
    return Report(session, x.known_at, x.stored_at, "", "", (), (), (), x.head, x.version)


def _style(x: explored.Explored) -> str:
    foot = re.sub(r'["\\<]', "", f"Barograph {x.version} · {x.series.id} · {explored.known_words(x)}")
    look = "font:8pt system-ui,Arial,sans-serif;color:var(--ink3)"
    margin = f'@page{{@bottom-left{{content:"{foot}";{look}}}@bottom-right{{content:counter(page);{look}}}}}'
    css = "".join(html._asset(name) for name in ("tokens.css", "page.css", "series.css"))
    return html._small(css).replace("/*grid*/", "").replace("/*margin*/", margin)
