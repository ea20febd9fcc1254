"""The page as Markdown: the same words and printed strings, tables as pipes, a table of all facts at the end.

Mini-graphics and drawings have no form in text; their numbers stand in the cells, the alt texts in their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from barograph.core.estimate import Fact
from barograph.report.blocks import (
    Agenda,
    Block,
    Card,
    Cell,
    FactList,
    Figure,
    Headlines,
    Paragraph,
    RegimeBar,
    Report,
    Section,
    Table,
    Text,
)
from barograph.report.dates import Style, clock, long_day, weekday
from barograph.report.format import printed
from barograph.report.forms import MISSING
from barograph.report.render import _layout, _meta
from barograph.report.words import clean, escape_markdown, lawful_link, marked

SUFFIX = ".md"
MEDIA_TYPE = "text/markdown"
FACTS_HEADING = "## All facts"
FACT_COLUMNS = ("id", "printed", "value", "unit", "state", "period", "known_at", "known_basis")


def render(report: Report) -> str:
    """The page as Markdown text; equal reports give equal bytes."""
    return "\n".join(_Writer(report).lines()) + "\n"


class _Writer:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.facts = _meta.facts_of(report)

    def t(self, text: Text, style: Style = "prose") -> str:
        return marked(text, self.facts, self.report.session, style=style)

    def lines(self) -> Iterator[str]:
        report = self.report
        yield f"# Barograph, {long_day(report.session)}, US close"
        yield ""
        yield f"A{_meta.known_at(report)[1:]}."
        for line in (report.notice, _meta.SAMPLE if report.sample else "", report.note):
            if line:
                yield from ("", f"> {escape_markdown(line)}")
        if summary := _layout.summary_of(report):
            yield from ("", "## 0 Summary")
            for block in summary.blocks:
                yield from self.block(block)
            yield from self.foot(summary)
        yield from ("", "## All sections", "")
        for section in _layout.others(report):
            reason = (
                f": {escape_markdown(section.brief or section.reason)}"
                if section.state != "ok" and section.reason
                else ""
            )
            yield f"- {section.number} {escape_markdown(section.title)}, {section.state}{reason}"
        if unbuilt := _meta.unbuilt(self.report):
            yield from ("", unbuilt)
        for section in _layout.others(report):
            yield from self.section(section)
        yield from self.problems()
        yield from self.fact_table()
        yield from (
            "",
            f"Barograph {escape_markdown(report.version)}, ledger head {_code(report.head or MISSING)}. {_meta.TERMS}",
        )

    def section(self, section: Section) -> Iterator[str]:
        yield from ("", f"## {section.number} {escape_markdown(section.title)}")
        if section.state == "insufficient":
            yield from ("", f"Insufficient: {escape_markdown(section.reason)}")
        for block in section.blocks:
            yield from self.block(block)
        yield from self.foot(section)

    def foot(self, section: Section) -> Iterator[str]:
        state = section.state + (f" ({escape_markdown(section.reason)})" if section.state == "degraded" else "")
        parts = [state, _meta.coverage(section), escape_markdown(_meta.bases(section)), escape_markdown(section.age)]
        yield from ("", ", ".join(p for p in parts if p) + ".")
        if section.wrong_if:
            said = _meta.wrong_words(section)
            words = f"{escape_markdown(said)}: " if said else ""
            yield from ("", f"Wrong if {words}{_code(section.wrong_if)}")

    def block(self, block: Block) -> Iterator[str]:
        if isinstance(block, Card):
            if block.title:
                yield from ("", f"### {escape_markdown(block.title)}")
            for inner in block.blocks:
                yield from self.block(inner)
        elif isinstance(block, Paragraph):
            text = self.t(block.text)
            yield from ("", f"**{text}**" if block.role in ("lead", "verdict") else text)
        elif isinstance(block, FactList):
            yield ""
            for name, value, below in block.items:
                more = f" ({self.t(below, 'table')})" if below else ""
                yield f"- {escape_markdown(name)}: {self.t(value, 'table')}{more}"
        elif isinstance(block, Figure):
            yield from self.figure(block)
        elif isinstance(block, Headlines):
            yield from self.headlines(block)
        elif isinstance(block, Agenda):
            yield from self.agenda(block)
        elif isinstance(block, RegimeBar):
            yield from self.regimes(block)
        else:
            yield from self.table(block)

    def headlines(self, block: Headlines) -> Iterator[str]:
        to = _layout.link_target(self.report, block.link) if block.link else None
        touches = f" (touches section {to.number}, {escape_markdown(to.title)})" if to else ""
        yield from ("", f"**{escape_markdown(block.title)}**{touches}", "")
        for item in block.items:
            title, url = escape_markdown(item.title), lawful_link(item.url)
            quoted = f"[{title}]({url})" if url else title
            also = f", {_meta.also(item.also)}" if item.also else ""
            at, on = clock(item.at, self.report.session)
            when = f"{on}, {at}" if on else at
            yield f"- {when}: {quoted}, {escape_markdown(item.source)}{also}"
        if block.more:
            yield f"- {_meta.more(block.more)}"

    def agenda(self, block: Agenda) -> Iterator[str]:
        session = self.report.session
        yield from ("", f"**{escape_markdown(block.title)}**", "")
        lasts = any(i.last for i in block.items)
        heads = ["Day", "ET", "Event", *(["Last known"] if lasts else []), "State", "Named by"]
        yield _row(heads)
        yield _row(["---"] * len(heads))
        for i in block.items:
            event = escape_markdown(f"{i.title} {i.about}".strip())
            more = (
                [f"{'due' if i.state in ('overdue', 'suspended') else 'was'} {weekday(i.was, session)}"]
                if i.was
                else []
            )
            more += [f"and {i.more} further {'period' if i.more == 1 else 'periods'}"] if i.more else []
            more += [escape_markdown(i.note)] if i.note else []
            time = clock(i.at, session)[0].removesuffix(" ET") if i.at else ""
            on = ("by " if i.by else "") + weekday(i.day, session) if i.day else MISSING
            cells = [on, time, "; ".join([event, *more])]
            cells += [self.last(i.last)] if lasts else []
            yield _row([*cells, i.state, escape_markdown(i.source)])
        if block.note:
            yield from ("", escape_markdown(block.note))

    def regimes(self, block: RegimeBar) -> Iterator[str]:
        changes = any(s.change for s in block.shares)
        heads = ["Regime", "Probability", *(["Change"] if changes else [])]
        yield from ("", _row(heads), _row(["---", *["---:"] * (len(heads) - 1)]))
        for s in block.shares:
            more = [self.t(s.change, "table")] if changes else []
            yield _row([escape_markdown(s.label), self.t(s.value, "table"), *more])
        if block.liquidity:
            yield from ("", f"Liquidity rising: {self.t(block.liquidity, 'table')}.")

    def last(self, text: Text) -> str:
        """A figure and the period that it is of."""
        return f"{self.t(text[:1], 'table')} ({self.t(text[1:], 'table')})" if text else ""

    def figure(self, figure: Figure) -> Iterator[str]:
        yield from ("", f"**{self.t(figure.title)}** ({escape_markdown(figure.subtitle)})")
        yield from ("", f"Chart: {self.t(figure.alt)}")
        if figure.note:
            yield from ("", self.t(figure.note))
        if figure.table:
            yield from self.table(figure.table)

    def table(self, table: Table) -> Iterator[str]:
        heading = self.t(table.title) if table.title else escape_markdown(table.caption)
        more = f" ({escape_markdown(table.subtitle)})" if table.subtitle else ""
        rows = [*table.rows, *([table.total] if table.total else [])]
        shown = [i for i in range(len(table.columns)) if any(i < len(r) and (r[i].text or r[i].below) for r in rows)]
        yield from ("", f"**{heading}**{more}", "")
        yield _row([escape_markdown(table.columns[i].title) for i in shown])
        yield _row(["---" if table.columns[i].align == "left" else "---:" for i in shown])
        for row in table.rows:
            yield _row([self.cell(row[i]) if i < len(row) else "" for i in shown])
        if table.total:
            yield _row([f"**{text}**" if (text := self.cell(table.total[i])) else "" for i in shown])
        if table.note:
            yield from ("", self.t(table.note))

    def cell(self, cell: Cell) -> str:
        text, below = self.t(cell.text, "table"), self.t(cell.below, "table")
        return f"{text} ({below})" if text and below else text or below

    def problems(self) -> Iterator[str]:
        yield from ("", "## Problems", "")
        if not self.report.problems:
            yield "No problem was met while this page was made."
        for p in self.report.problems:
            step = f" {escape_markdown(p.step)}" if p.step else ""
            yield f"- {p.severity}, {escape_markdown(p.source)}, {escape_markdown(p.subject)}: " + (
                escape_markdown(p.message) + step
            )

    def fact_table(self) -> Iterator[str]:
        yield from ("", FACTS_HEADING, "", _row(FACT_COLUMNS), _row(["---"] * len(FACT_COLUMNS)))
        for fact in self.report.facts:
            yield _row(_fact_cells(fact))


def _fact_cells(fact: Fact) -> list[str]:
    value = "" if fact.value is None else repr(fact.value) if isinstance(fact.value, float) else str(fact.value)
    return [
        _code(fact.id),
        escape_markdown(printed(fact)),
        escape_markdown(value),
        escape_markdown(fact.unit),
        fact.state,
        fact.period.isoformat() if fact.period else "",
        fact.known_at.isoformat() if fact.known_at else "",
        fact.known_basis or "",
    ]


def _code(text: str) -> str:
    """Words in a code span; what could end the span or a table cell is left out."""
    return f"`{clean(text).replace('`', '').replace('|', '').replace(chr(10), ' ')}`"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
