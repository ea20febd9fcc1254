"""Templates with guards: headline, deck, "since" lines and figure titles, built from facts as runs and Refs.

A template chooses words from levels and z by the frozen thresholds; it never types a figure. Where a fact is missing
it says so or leaves the clause out, and what remains is still a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from barograph.core.estimate import Fact
from barograph.findings._names import asset_prefix, name_of
from barograph.findings._protocol import label, number
from barograph.findings._reading import change_id, window_years
from barograph.findings._thresholds import MOVED_MOST, band_words, move_size
from barograph.findings._trend import phrase
from barograph.findings.credit_position import average_word, position
from barograph.findings.curve_move import leg_words, move_words
from barograph.findings.moves import moved_most, ordinary
from barograph.findings.sector_leaders import ends
from barograph.report.blocks import Ref, Run, Text
from barograph.report.narrative.binding import Printer
from barograph.report.narrative.fresh import fresh_prints, fresh_reports, liquidity_moved, regime_moved, seven_moved
from barograph.report.narrative.premium import premium_moved, premium_title
from barograph.report.narrative.runs import capital, join, tidy, word_count
from barograph.report.narrative.setting import Setting, formatter, short_day

HEADLINE_WORDS, DECK_WORDS, TITLE_WORDS = 14, 60, 10
SPX, TEN, IG, HY = "equity.us.spx", "curve.us.10y", "credit.us.ig.oas", "credit.us.hy.oas"
#: (up, down) by kind of thing and size of the move.
_VERBS: dict[str, dict[str, tuple[str, str]]] = {
    "any": {
        "edged": ("edged up", "edged down"),
        "plain": ("rose", "fell"),
        "sharply": ("rose sharply", "fell sharply"),
    },
    "spread": {
        "edged": ("edged wider", "edged tighter"),
        "plain": ("widened", "tightened"),
        "sharply": ("widened sharply", "tightened sharply"),
    },
    "slope": {
        "edged": ("edged steeper", "edged flatter"),
        "plain": ("steepened", "flattened"),
        "sharply": ("steepened sharply", "flattened sharply"),
    },
}
_SLOPES = ("curve.us.2s10s", "curve.us.5s30s", "curve.us.3m10y")


@dataclass(frozen=True)
class Narrator:
    """Sentences about one page. `facts` are those shown; `setting` holds the sessions and the facts before."""

    facts: Mapping[str, Fact]
    setting: Setting
    printer: Printer = field(default_factory=formatter)

    # ---------------------------------------------------------------- words for one move

    def verb(self, prefix: str) -> str | None:
        """The verb for a one-session move by sign and |z|; None where there is no change to speak of.

        `unchanged` when the printed change reads zero; without a z the plain verb.
        """
        change = change_id(self.facts, prefix)
        if change is None:
            return None
        if not re.search(r"[1-9]", self.printer(self.facts[change], "value", self.setting.session)):
            return "unchanged"
        manner = "spread" if prefix.startswith("credit.") else "slope" if prefix in _SLOPES else "any"
        z = number(self.facts, f"{prefix}.z_1d")
        size = "plain" if z is None else move_size(z)
        return _VERBS[manner][size][0 if self.facts[change].number > 0 else 1]

    def moved(self, prefix: str, *, to: bool = True, z: bool = False) -> Text:
        """`10-year yield rose to 4.17% (+7 bp, +1.3σ)`; without a level the change alone; without both the last value
        known with its date."""
        name, verb, change = name_of(prefix), self.verb(prefix), change_id(self.facts, prefix)
        level = number(self.facts, f"{prefix}.level") is not None
        if verb is None or change is None:
            if level:
                return (f"{name} ", Ref(f"{prefix}.level"))
            if number(self.facts, f"{prefix}.last") is not None:
                return (f"{name} last ", Ref(f"{prefix}.last"), " (", Ref(f"{prefix}.last", "period"), ")")
            return (f"{name}: no value for the session",)
        sigma: Text = (", ", Ref(f"{prefix}.z_1d")) if z and number(self.facts, f"{prefix}.z_1d") is not None else ()
        if to and level:
            word = " at " if verb == "unchanged" else " to "
            return (f"{name} {verb}{word}", Ref(f"{prefix}.level"), " (", Ref(change), *sigma, ")")
        if verb == "unchanged":
            return (f"{name} unchanged (", Ref(change), *sigma, ")")
        # In brackets: "edged up +0.37%" would say the sign twice.
        return (f"{name} {verb} (", Ref(change), *sigma, ")")

    # ---------------------------------------------------------------- the summary

    def headline(self) -> Text:
        """The verdict of the day in at most 14 words, without a causal verb."""
        curve, ten = move_words(self.facts), change_id(self.facts, TEN)
        parts: list[Text] = []
        if curve:
            parts.append((curve, *((f", {name_of(TEN)} ", Ref(ten)) if ten else ())))
        parts.extend(self.moved(p, to=False) for p in (SPX, IG) if self.verb(p))
        if not parts:
            return ("No verdict: the inputs of the session are missing",)
        out = parts[0]
        for part in parts[1:]:
            longer = (*out, "; ", *part)
            out = longer if word_count(longer) <= HEADLINE_WORDS else out
        return capital(out)

    def deck(self) -> Text:
        """Three to five sentences of at most 60 words together; the curve's shape is the headline's and not said again."""
        side = average_word(self.facts, IG)
        credit = (*self.moved(IG), f", {side} its {self._years(IG)}-year average" if side and self.verb(IG) else "")
        kept: list[Text] = [self.moved(SPX, z=True), self.moved(TEN, z=True), credit]
        most = self.moved_most(3)
        if most and sum(word_count(s) for s in (*kept, most)) <= DECK_WORDS:
            kept.append(most)
        out: list[Run] = []
        for sentence in kept:
            out.extend([" " if out else "", *capital(sentence), "."])
        return tidy(tuple(out))

    def moved_most(self, count: int = MOVED_MOST) -> Text:
        """`Moved most: bitcoin (+1.9σ), 10-year yield (+1.3σ) and VIX (−1.1σ)`, or nothing without a z."""
        items: list[Text] = [(f"{name_of(p)} (", Ref(f"{p}.z_1d"), ")") for p in moved_most(self.facts, count)]
        return tidy(("Moved most: ", *join(items))) if items else ()

    def ordinary(self) -> Text:
        """`Ordinary today: gold, HY OAS and VIX`, or nothing."""
        items: list[Text] = [(name_of(p),) for p in ordinary(self.facts)]
        return tidy(("Ordinary today: ", *join(items))) if items else ()

    # ---------------------------------------------------------------- what changed, per section

    def since(self, section: str) -> Text:
        """The "Since 4 Nov" paragraph of a section (curve, credit, attribution, momentum, regime, liquidity,
        positioning, megacaps)."""
        lines: dict[str, Callable[[], list[Text]]] = {
            "curve": self._curve,
            "credit": self._credit,
            "attribution": self._attribution,
            "momentum": self._momentum,
            "regime": lambda: [*regime_moved(self.facts, self.setting), *fresh_prints(self.facts, self.setting)],
            "liquidity": lambda: liquidity_moved(self.facts, self.setting),
            "positioning": lambda: fresh_reports(self.facts, self.setting),
            "megacaps": lambda: seven_moved(self.facts),
            "equity_premium": lambda: premium_moved(self.facts),
        }
        clauses = lines[section]() if section in lines else []
        start = f"Since {short_day(self.setting.previous_session, self.setting.session)}: "
        if not clauses:
            return (start + "no value for the session.",)
        out: list[Run] = [start]
        for k, clause in enumerate(clauses):
            out.extend(["; " if k else "", *clause])
        return tidy((*out, "."))

    def _curve(self) -> list[Text]:
        words, leg = move_words(self.facts), leg_words(self.facts)
        leg = leg if words and not words.startswith("almost") else None  # "both ends moved" goes without saying there
        out: list[Text] = []
        if words:
            out.append((words + (f", {leg}" if leg else ""),))
        legs: list[Run] = []
        for prefix in ("curve.us.2y", TEN):
            if self.verb(prefix):
                legs.extend([", " if legs else "", *self.moved(prefix, to=False)])
        parts = [f"{TEN}.split_{p}_1d" for p in ("real", "breakeven")]
        if legs and self.verb(TEN) and all(number(self.facts, i) is not None for i in parts):
            legs.extend([" (", Ref(parts[0]), " real, ", Ref(parts[1]), " breakeven)"])
        if legs:
            out.append(tuple(legs))
        if self.verb(_SLOPES[0]):
            out.append(self.moved(_SLOPES[0]))
        longer = move_words(self.facts, "20d")
        if longer:
            out.append((f"{longer} over 20 sessions",))
        return out

    def _credit(self) -> list[Text]:
        out: list[Text] = []
        for prefix in (IG, HY):
            if not self.verb(prefix):
                continue
            side, place = average_word(self.facts, prefix), position(self.facts, prefix)
            tail: Text = ()
            if side:
                tail = (f", {side} its {self._years(prefix)}-year average of ", Ref(f"{prefix}.avg_5y"))
            if place is not None:
                tail = (*tail, f", {band_words(place)} of its range")
            out.append((*self.moved(prefix), *tail))
        return out

    def _attribution(self) -> list[Text]:
        out: list[Text] = [self.moved(SPX, to=False)] if self.verb(SPX) else []
        sides = self._sides("contribution_1d", 2)
        if sides:
            out += [("sector contributions ", *sides[0]), sides[1]]
        breadth = "equity.us.breadth.advancing"
        if number(self.facts, breadth) is not None:
            out.append((f"{name_of(breadth)} ", Ref(breadth)))
        return out

    def _sides(self, measure: str, named: int) -> tuple[Text, Text] | None:
        leaders, laggards = ends(self.facts, measure, named)
        if not leaders:
            return None
        items = [join([(f"{name_of(p)} (", Ref(f"{p}.{measure}"), ")") for p in side]) for side in (leaders, laggards)]
        # Only what is above zero can lead; on a day when all fell the first are leaders in order, no more.
        led = all(self.facts[f"{p}.{measure}"].number > 0.0 for p in leaders)
        return ("led by " if led else "leaders ", *items[0]), ("laggards ", *items[1])

    def _momentum(self) -> list[Text]:
        turned = [
            (i, before, now)
            for i in sorted(self.facts)
            if i.startswith("momentum.")
            and i.endswith(".state")
            and (now := label(self.facts, i))
            and (before := label(self.setting.previous, i))
            and before != now
        ]
        out: list[Text] = []
        for id_ in ("momentum.spx.state", "momentum.us10y.state"):
            state, strength = label(self.facts, id_), id_.replace(".state", ".strength")
            if state is not None:
                tail: Text = (" (strength ", Ref(strength), ")") if number(self.facts, strength) is not None else ()
                out.append((f"{_asset(id_)} in {phrase(id_, state)}", *tail))
        out.extend((f"{_asset(i)} moved from {phrase(i, was)} to {phrase(i, now)}",) for i, was, now in turned[:2])
        return out

    # ---------------------------------------------------------------- titles of figures and tables

    def title(self, figure: str) -> Text:
        """The computed finding above a figure, at most 10 words: curve, ig, hy, attribution, momentum or assets.

        Nothing where the facts do not bear one: the figure then goes under its plain caption.
        """
        titles: dict[str, Callable[[], Text]] = {
            "curve": self._curve_title,
            "ig": lambda: self._spread_title(IG),
            "hy": lambda: self._spread_title(HY),
            "attribution": self._attribution_title,
            "momentum": lambda: next(iter(self._momentum()), ()),
            "assets": lambda: self.moved_most(2),
            "equity_premium": lambda: premium_title(self.facts),
        }
        text = capital(titles[figure]()) if figure in titles else ()
        return text if word_count(text) <= TITLE_WORDS else ()

    def _curve_title(self) -> Text:
        words = move_words(self.facts)
        if words is None:
            return ()
        out: list[Run] = [words]
        for prefix in (TEN, "curve.us.2y"):
            change = change_id(self.facts, prefix)
            if change:
                longer: list[Run] = [*out, ": " if len(out) == 1 else ", ", f"{name_of(prefix)} ", Ref(change)]
                out = longer if word_count(tuple(longer)) <= TITLE_WORDS else out
        return tuple(out)

    def _years(self, prefix: str) -> str:
        return window_years(self.facts[f"{prefix}.avg_5y"])

    def _spread_title(self, prefix: str) -> Text:
        place, side = position(self.facts, prefix), average_word(self.facts, prefix)
        if place is not None:
            return (f"{name_of(prefix)} ", Ref(f"{prefix}.level"), f", {band_words(place)} of its range")
        if side is not None:
            return (f"{name_of(prefix)} ", Ref(f"{prefix}.level"), f", {side} its {self._years(prefix)}-year average")
        return ()

    def _attribution_title(self) -> Text:
        sides = self._sides("contribution_1d", 1)
        if sides is None:
            return ()
        residual = "equity.us.attribution.residual"
        tail: Text = ("; residual ", Ref(residual)) if number(self.facts, residual) is not None else ()
        return ("Contributions ", *sides[0], *tail)


def _asset(id_: str) -> str:
    return name_of(asset_prefix(id_.split(".")[1]))
