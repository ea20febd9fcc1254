"""Section 17: where the numbers come from: inputs by series with period, age and batch; problems; knowledge basis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from barograph.core.estimate import Input, Problem
from barograph.core.series import family_of
from barograph.report.blocks import Block, Cell, Column, Paragraph, Ref, Section, Table
from barograph.report.dates import day as printed_day
from barograph.report.day import Day, assemble, basis_shares


@dataclass(frozen=True)
class SourcesSection:
    """Every input of the page, newest period first in doubt, and every failure as it was recorded."""

    number: int = 17
    slug: str = "sources"
    title: str = "Sources, problems, lineage"

    def build(self, day: Day) -> Section:
        """Ok when nothing is stale and nothing failed; never insufficient unless the archive is empty."""
        inputs = newest_inputs(f.lineage for f in day.facts.values())
        blocks: list[Block] = []
        if day.has("page.inputs.predate"):
            blocks.append(
                Paragraph(
                    (
                        Ref("page.inputs.predate"),
                        " of ",
                        Ref("page.inputs.total"),
                        " daily inputs predate the session.",
                    ),
                    "since",
                )
            )
        blocks.append(self._inputs(day, inputs))
        if day.problems:
            blocks.append(self._problems(day.problems))
        blocks.append(
            Paragraph(
                ("Any number can be walked back to its raw bytes: `barograph explain FACT_ID --as-of DATE`.",), "note"
            )
        )
        n = len(day.problems)
        section = assemble(
            day,
            self.number,
            self.slug,
            self.title,
            tuple(blocks),
            ("page.inputs.total",),
            1,
            missing="the archive holds no daily input known at this as-of",
            degraded=f"{n} problem{'s' if n > 1 else ''}, listed in the section" if n else "",
        )
        from dataclasses import replace

        return replace(section, basis=basis_shares(day.facts.values()))

    def _inputs(self, day: Day, inputs: dict[str, Input]) -> Table:
        rows = []
        for series_id, piece in sorted(inputs.items()):
            series = day.catalog[series_id]
            provider = series.providers[0]
            batch, sha = piece.batches[-1] if piece.batches else ("", "")
            rows.append(
                (
                    Cell((series_id,)),
                    Cell((f"{provider.source}:{provider.code}",)),
                    Cell(
                        (printed_day(piece.last, "table"),), muted=piece.last < day.session and series.frequency == "D"
                    ),
                    Cell((f"{piece.known_at:%Y-%m-%d %H:%M} UTC",)),
                    Cell((", ".join(piece.bases),)),
                    Cell((f"{batch} {sha[:8]}",), muted=True),
                    Cell((series.rights,)),
                )
            )
        return Table(
            "Inputs of this page",
            (
                Column("Series", "left"),
                Column("Provider", "left", optional=True),
                Column("Last period"),
                Column("Known at", optional=True),
                Column("Basis", "left"),
                Column("Batch, sha256", "left", optional=True),
                Column("Rights", "left", optional=True),
            ),
            tuple(rows),
            subtitle="The newest stretch of each series that any number of this page rests on",
        )

    def _problems(self, problems: Iterable[Problem]) -> Table:
        rows = tuple(
            (
                Cell((p.subject,), below=(f"{p.severity}, {p.source}",)),
                Cell((p.message,), below=(p.step,) if p.step else ()),
            )
            for p in problems
        )
        return Table("Problems", (Column("About", "left"), Column("What happened, and what to do", "left")), rows)


def newest_inputs(lineages: Iterable[tuple[Input, ...]]) -> dict[str, Input]:
    """Per series (a family counts once) the stretch that ends last."""
    newest: dict[str, Input] = {}
    for lineage in lineages:
        for piece in lineage:
            key = family_of(piece.series_id)
            if key not in newest or piece.last > newest[key].last:
                newest[key] = piece
    return newest


SECTION = SourcesSection()
