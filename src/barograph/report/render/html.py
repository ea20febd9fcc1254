"""One self-contained page: no request leaves it, it works without script, and untrusted words stay words.

The style and the one script are allowed by their hashes and nothing else is, so a word that slipped through the
escaping still could not run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from barograph.report.blocks import (
    Agenda,
    Card,
    Cell,
    Column,
    FactList,
    Figure,
    Headlines,
    Paragraph,
    Ref,
    RegimeBar,
    Report,
    Table,
    Text,
)
from barograph.report.charts import WIDE, bars, mini
from barograph.report.dates import Style, clock, day, instant, long_day, weekday
from barograph.report.forms import MISSING
from barograph.report.render import _drawing, _layout, _meta
from barograph.report.render._embedded import embedded, facts_table
from barograph.report.words import clean, fact_attributes, lawful_link, markup, number_text, prose, words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

SUFFIX = ".html"
MEDIA_TYPE = "text/html"
_KINDS = {
    Paragraph: "paragraph",
    Table: "table",
    FactList: "factlist",
    Card: "card",
    Headlines: "headlines",
    Agenda: "agenda",
    RegimeBar: "regimes",
}
#: Words that stand in a dashed tag: releases that will not come as planned.
_TAGS = (("suspended",), ("at risk",), ("date at risk",))
#: States of an event to come that stand in a tag.
TAGGED = ("suspended", "at risk", "overdue")
#: A table with this many columns may be wider than a phone and gets a scroll region that the keyboard can reach.
_SCROLLS_FROM = 4


def render(report: Report) -> str:
    """The page as HTML text; equal reports give equal bytes."""
    page = _Page(report)
    style, script = _style(report, page.places), _asset("scrub.js").strip()
    return (
        _environment()
        .get_template("page.html")
        .render(
            page=page,
            report=report,
            meta=_meta,
            style=_markup(style),
            script=_markup(script),
            style_hash=_hash(style),
            script_hash=_hash(script),
            facts_json=_markup(embedded(facts_table(report))),
            long_day=long_day,
            day=day,
            instant=instant,
            clean=clean,
            lawful_link=lawful_link,
            prose=_prose,
            missing=MISSING,
            tagged=TAGGED,
        )
        + "\n"
    )


class _Page:
    """What the templates ask for: layout, words as markup, drawings."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.facts = _meta.facts_of(report)
        self.summary = _layout.summary_of(report)
        self.sections = _layout.others(report)
        self.places = _layout.places(self.summary.blocks) if self.summary else []
        self.inputs = _meta.inputs_of(report)
        self._ids = 0
        leads = [b for p in self.places for b in p.card.blocks if isinstance(b, Paragraph) and b.role == "lead"]
        self.has_lead = bool(leads)
        self.first_lead = leads[0] if leads else None
        self.holds_problems = any(s.slug in ("sources", "lineage") for s in self.sections)

    def next_id(self) -> str:
        """A new element id; ids count up in page order, so the page is the same each time."""
        self._ids += 1
        return f"b{self._ids}"

    def kind(self, block: object) -> str:
        """The template that renders a block."""
        if isinstance(block, Figure):
            return "figure"
        return _KINDS[type(block)]

    def rows(self, blocks: tuple[Any, ...]) -> list[_layout.Row]:
        """Rows of a section."""
        return _layout.rows(blocks)

    def t(self, text: Text, style: Style = "prose", lead_in: bool = False) -> Markup:
        """Words and numbers as markup."""
        return _markup(markup(text, self.facts, self.report.session, style=style, lead_in=lead_in))

    def w(self, text: Text) -> str:
        """Words and numbers as plain text."""
        return words(text, self.facts, self.report.session)

    def link(self, block: Card | Headlines) -> Any:
        """The section that a card or a theme points to."""
        return _layout.link_target(self.report, block.link) if block.link else None

    def clock(self, at: datetime) -> tuple[str, str]:
        """When a headline was published: the time, and the day where it is not the session's."""
        return clock(at, self.report.session)

    def days(self, block: Agenda) -> list[str]:
        """The day of each entry, empty where it is that of the entry above."""
        texts = ["" if i.day is None else ("by " if i.by else "") + self.on(i.day) for i in block.items]
        return ["" if i and t == texts[i - 1] else t for i, t in enumerate(texts)]

    def when(self, at: datetime | None) -> str:
        """The time of an entry in New York; nothing where only its day is known."""
        return clock(at, self.report.session)[0] if at else ""

    def on(self, when: date) -> str:
        """A day inside a short line."""
        return weekday(when, self.report.session)

    def interval(self, text: Text) -> bool:
        """Whether a small line is an interval, which does not break over lines."""
        return any(
            isinstance(r, Ref) and (r.part in ("low", "high") or r.fact.endswith((".q15", ".q85"))) for r in text
        )

    def wide(self, table: Table) -> bool:
        """Whether the table gets a scroll region."""
        return len(table.columns) >= _SCROLLS_FROM

    def drawn(self, table: Table) -> bool:
        """Whether the table holds mini-graphics, which use what width there is."""
        return any(cell.mini for row in table.rows for cell in row)

    def graphic(self, table: Table) -> list[str]:
        """Class of each column that holds mini-graphics and no number: it may go where there is no room (`gm`), and
        one of sparklines, which cannot be narrowed, also on paper (`sp`)."""
        out = []
        for i in range(len(table.columns)):
            cells = [row[i] for row in table.rows if i < len(row)]
            kinds = {c.mini.kind for c in cells if c.mini}
            alone = bool(kinds) and not any(c.text or c.below for c in cells)
            out.append((" gm sp" if "spark" in kinds else " gm") if alone else "")
        return out

    def minis(self, table: Table) -> list[tuple[float, float]]:
        """The bar scale of each column."""
        every = [*table.rows, *([table.total] if table.total else [])]
        columns = [[row[i] for row in every if i < len(row)] for i in range(len(table.columns))]
        return [mini.extent(c.mini for c in column if c.mini) for column in columns]

    def classes(self, column: Column, usual: str, rest: str) -> Markup:
        """The class attribute of a cell: its side where that is not the usual one, and the rest; none where that is
        all, since a page has thousands of cells."""
        names = f"{'' if column.align == usual else column.align}{' opt' if column.optional else ''}{rest}".strip()
        return _markup(f' class="{names}"' if names else "")

    def looks(self, cell: Cell) -> str:
        """The classes of what is special in a cell; heat fills one of a heat map."""
        fill = f" heat h{'p' if cell.heat > 0 else 'm'}{abs(cell.heat)}" if cell.heat else ""
        fired = " firedcell" if cell.text == ("fired",) else ""
        kind = f" k-{cell.mini.kind}" if cell.mini else ""
        return f"{' mu' if cell.muted else ''}{' st' if cell.strong else ''}{fill}{fired}{kind}"

    def names(self, cell: Cell) -> Markup:
        """The attributes by which a cell that is one number names its fact; other cells have none."""
        sole = _sole(cell)
        return _markup(fact_attributes(sole) if sole else "")

    def cell(self, cell: Cell, scale: tuple[float, float]) -> Markup:
        """Inside of a cell: mini-graphic, words, smaller line below."""
        session = self.report.session
        if sole := _sole(cell):
            return _markup(number_text(sole, self.facts, session, "table"))
        text = markup(cell.text, self.facts, session, style="table")
        if cell.text in _TAGS:
            text = f'<span class="tag">{text}</span>'
        drawn = mini.draw(cell.mini, scale) if cell.mini else ""
        inner = f'<span class="mc">{drawn}<span>{text}</span></span>' if drawn and text else drawn + text
        below = markup(cell.below, self.facts, session, style="table")
        held = ' class="iv"' if self.interval(cell.below) else ""
        return _markup(inner + (f"<small{held}>{below}</small>" if below else ""))

    def drawings(self, figure: Figure, id_: str) -> Markup:
        """The drawings of a figure: both widths in the main column, the narrow one beside it."""
        alt = self.w(figure.alt)
        widths = _drawing.widths(figure)
        out = []
        for width in widths:
            cls = "plot " + ("only" if len(widths) == 1 else "w" if width == WIDE else "n")
            out.append(_drawing.draw(figure.chart, width).svg(f"{id_}{'w' if width == WIDE else 'n'}", alt, cls))
        return _markup("".join(out))

    def scrub(self, figure: Figure) -> dict[str, str] | None:
        """What the readout of a figure needs; None for no time axis."""
        return _drawing.scrub(figure)

    def bar(self, block: RegimeBar) -> Markup:
        """The bar of the four regimes."""
        return _markup(bars.draw(block, [self.w(s.value) for s in block.shares]))

    def split(self, block: RegimeBar) -> bool:
        """Whether the bar of the regimes has a second one below it."""
        return bool(bars.sizes(block) and bars.rising(block))


def _sole(cell: Cell) -> Ref | None:
    """The number that a cell is, where it is nothing else: the cell is then the number's element."""
    alone = len(cell.text) == 1 and not cell.mini and not cell.below
    return cell.text[0] if alone and isinstance(cell.text[0], Ref) else None


def _style(report: Report, places: list[_layout.Place]) -> str:
    spans = sorted({(p.first, p.last) for p in places})
    grid = "".join(f".g{a}-{b}{{grid-column:{a}/{b + 1}}}" for a, b in spans)
    foot = f"Barograph {report.version} · {day(report.session, 'short')} · {_meta.known_at(report)}"
    foot = re.sub(r'["\\<]', "", foot)
    # Words in the page margin cannot come from an element, so this one rule is written per page.
    look = "font:8pt system-ui,Arial,sans-serif;color:var(--ink3)"
    left, right = f'@bottom-left{{content:"{foot}";{look}}}', f"@bottom-right{{content:counter(page);{look}}}"
    margin = f"@page{{{left}{right}}}"
    return _small(_asset("tokens.css") + _asset("page.css")).replace("/*grid*/", grid).replace("/*margin*/", margin)


def _small(css: str) -> str:
    """Style without comments and needless white space; the two places to fill in stay."""
    css = re.sub(r"/\*(?!grid\*/|margin\*/).*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,>]) ?", r"\1", css).strip()


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return files("barograph.report.render").joinpath("assets", name).read_text("utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("barograph.report.render", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _prose(text: str) -> Markup:
    return _markup(prose(text))


def _markup(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(text)


__all__ = ["MEDIA_TYPE", "SUFFIX", "render"]
