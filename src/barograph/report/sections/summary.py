"""Section 0: the page in one screen: headline, the curve's move, five facts, conditions, statements, the strip."""

from __future__ import annotations

from dataclasses import dataclass, replace

from barograph.findings._names import name_of
from barograph.findings.curve_move import move_words
from barograph.findings.moves import moved_most
from barograph.models.assets import Asset, assets_of
from barograph.models.history import SessionView
from barograph.report.blocks import Block, Card, Cell, Column, Mini, Paragraph, Ref, Section, Table, Text
from barograph.report.day import Day, assemble
from barograph.report.sections._conditions import conditions_card
from barograph.report.sections._outlook import catalysts_card, next_card, statements_card
from barograph.report.sections._prints_card import prints_card
from barograph.report.sections._regime_card import regime_card

STRIP = (
    "spx", "nasdaq", "us2y", "us10y", "2s10s", "5s30s", "real10y", "breakeven10y", "ig", "hy", "vix", "move",
    "dollar", "gold", "oil", "btc",
)  # fmt: skip
#: Six months of sessions.
SPARK = 126


@dataclass(frozen=True)
class SummarySection:
    """Five questions in reading order; every figure is a fact of the sections below."""

    number: int = 0
    slug: str = "summary"
    title: str = "One-page summary"

    def build(self, day: Day) -> Section:
        """Insufficient when neither the index nor the 10-year has a value for the session."""
        strip = [a for a in assets_of(day.catalog) if a.slug in STRIP or (day.sample and a.slug in SAMPLE_STRIP)]
        order = {s: i for i, s in enumerate((*STRIP, *SAMPLE_STRIP))}
        strip = sorted((a for a in strip if self._ever(day, a.prefix)), key=lambda a: order[a.slug])
        blocks: list[Block] = [
            Card("", (Paragraph(day.narrator.headline(), "lead"), Paragraph(day.narrator.deck(), "deck")), (1, 8)),
            self._move(day),
            *self._cards(day),
            Card("State of assets", (self._strip(day, strip),), (1, 12), "momentum"),
        ]
        wanted = tuple(f"{a.prefix}.level" for a in strip) or ("equity.us.spx.level",)
        return assemble(
            day,
            self.number,
            self.slug,
            self.title,
            tuple(blocks),
            wanted,
            1 if day.has("equity.us.spx.level") or day.has("curve.us.10y.level") else len(wanted) + 1,
            missing="neither the index nor the 10-year yield has a value for the session",
        )

    def _cards(self, day: Day) -> list[Block]:
        """The cards below the headline; with a regime it comes first and the prints last."""
        regime = regime_card(day)
        if regime is None:
            rest = self._moved(day), prints_card(day), catalysts_card(day), conditions_card(day)
            return [*rest, statements_card(day), next_card(day)]
        wide = replace(self._moved(day), span=(6, 12)), catalysts_card(day), conditions_card(day)
        # The two cards of statements are short: together they are as high as the prints beside them.
        said, stated = statements_card(day), next_card(day)
        both = Card("Statements: scored, and for the next session", (*said.blocks, *stated.blocks), (1, 7))
        return [regime, *wide, both, prints_card(day)]

    def _ever(self, day: Day, prefix: str) -> bool:
        return day.has(f"{prefix}.level") or day.has(f"{prefix}.last")

    def _move(self, day: Day) -> Card:
        blocks: list[Block] = []
        longer = move_words(day.facts, "20d")
        legs = [(t, i) for t in ("2", "10") if day.has(i := f"curve.us.{t}y.change_1d")]
        if move_words(day.facts) and legs:
            # The headline names the shape; here stand the legs it is made of.
            runs = [run for t, i in legs for run in (", ", f"{t}-year ", Ref(i))][1:]
            blocks.append(Paragraph(tuple(runs), "verdict"))
            text: Text = ()
            if day.has("curve.us.10y.split_real_1d") and day.has("curve.us.10y.split_breakeven_1d"):
                text = (
                    "10-year yield ",
                    Ref("curve.us.10y.change_1d"),
                    " (",
                    Ref("curve.us.10y.split_real_1d"),
                    " real, ",
                    Ref("curve.us.10y.split_breakeven_1d"),
                    " breakeven)",
                )
            if longer:
                text = (*text, "; " if text else "", longer if text else _sentence(longer), " over 20 sessions")
            blocks.append(Paragraph((*text, "."), "note"))
        else:
            blocks += [
                Paragraph(("Undecided",), "verdict"),
                Paragraph(("No Treasury par yields for the session.",), "note"),
            ]
        return Card("How the curve moved", tuple(blocks), (9, 12), "curve")

    def _moved(self, day: Day) -> Card:
        label = {a.prefix: a for a in assets_of(day.catalog)}
        rows = []
        for prefix in moved_most(day.facts):
            asset = label.get(prefix)
            word = "return" if f"{prefix}.return_1d" in day.facts else "change"
            rows.append(
                (
                    Cell((asset.label if asset else _sentence(name_of(prefix)),)),
                    Cell(day.ref(f"{prefix}.level"), below=day.dated(prefix)),
                    Cell(day.ref(f"{prefix}.{word}_1d"), strong=True),
                    Cell(mini=Mini("zdot", (day.facts[f"{prefix}.z_1d"].number,))),
                    Cell(day.ref(f"{prefix}.z_1d")),
                    Cell(day.ref(f"{prefix}.rarity_1d")),
                )
            )
        table = Table(
            "Facts that moved most, by surprise",
            (
                Column("One per family", "left"),
                Column("Level"),
                Column("1 session"),
                Column("against 252 sessions", "center"),
                Column("σ"),
                Column("days this large", optional=True),
            ),
            tuple(rows),
        )
        none = (
            "No change of the session was unusual." if day.narrator.ordinary() else "No change of the session is known."
        )
        blocks: tuple[Block, ...] = (table,) if rows else (Paragraph((none,), "note"),)
        ordinary = day.narrator.ordinary()
        if ordinary:
            blocks = (*blocks, Paragraph((*ordinary, "."), "note"))
        return Card("Facts that moved most, by surprise", blocks, (1, 7), "momentum")

    def _strip(self, day: Day, strip: list[Asset]) -> Table:
        rows = []
        old: list[str] = []
        seen = SessionView.of(day.view)
        for a in strip:
            p, w = a.prefix, a.change_word
            # A value of an earlier day stands grey under that day, without a dot: its change is none of this session.
            fresh = day.has(f"{p}.level") and day.facts[f"{p}.level"].period == day.session
            if not fresh:
                old.append(_sentence(a.label))
            z = day.facts[f"{p}.z_1d"].number if day.has(f"{p}.z_1d") else None
            rank = day.facts[f"{p}.percentile_5y"].number if day.has(f"{p}.percentile_5y") else None
            rows.append(
                (
                    Cell((_sentence(a.label),)),
                    Cell(day.ref(f"{p}.level"), below=day.dated(p), muted=not fresh),
                    Cell(day.ref(f"{p}.{w}_1d"), strong=fresh, muted=not fresh),
                    Cell(mini=Mini("zdot", (z,)) if z is not None and fresh else None),
                    Cell(day.ref(f"{p}.{w}_5d"), muted=not fresh),
                    Cell(day.ref(f"{p}.{w}_20d"), muted=not fresh),
                    Cell(mini=self._spark(seen, a) if fresh else None),
                    Cell(mini=Mini("percentile", (rank,)) if rank is not None and fresh else None),
                    Cell(day.ref(f"{p}.percentile_5y"), muted=not fresh),
                )
            )
        note: Text = (f"Not of this session: {', '.join(old)}.",) if old else ()
        return Table(
            "State of assets",
            (
                Column("Asset", "left"),
                Column("Level"),
                Column("1 session"),
                Column("σ", "center", optional=True),
                Column("5 sessions", optional=True),
                Column("20 sessions", optional=True),
                Column("6 months", "center", optional=True),
                Column("", "center", optional=True),
                Column("Percentile"),
            ),
            tuple(rows),
            subtitle="Change beside its own last 252 sessions; percentile of the level in five years",
            note=note,
        )

    def _spark(self, seen: SessionView, asset: Asset) -> Mini | None:
        values = seen.history(asset).values[-SPARK:]
        return Mini("spark", tuple(float(v) for v in values)) if values.size > 20 else None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


SAMPLE_STRIP = ("wti", "usd_per_eur", "jpy_per_usd", "usd_per_gbp")
SECTION = SummarySection()
