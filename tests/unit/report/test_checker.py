"""The checker on hand-written sentences: false ones are refused for the right reason, true ones pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

import invented_page
from barograph.core.estimate import Fact
from barograph.report.blocks import Card, Cell, Column, Paragraph, Ref, Section, Table, Text
from barograph.report.narrative.binding import Span
from barograph.report.narrative.checker import check, readings
from barograph.report.narrative.in_section import check_section
from barograph.report.narrative.sentences import Narrator

FACTS = invented_page.golden()
SETTING = invented_page.setting()

#: (sentence, token that must be refused): what the page of another publisher printed or could have printed.
FALSE = [
    # directions against the sign
    ("10-year yield fell +8 bp.", "fell"),
    ("10-year yield was lower on the session.", "lower"),
    ("S&P 500 edged down +0.37%.", "edged down"),
    ("IG OAS widened to 53 bp.", "widened"),
    ("IG OAS is wider on the session.", "wider"),
    ("2s10s slope flattened.", "flattened"),
    ("2s10s slope is flatter on the day.", "flatter"),
    ("The session saw a higher IG OAS.", "higher"),
    ("2-year yield tightened.", "tightened"),
    ("IG OAS steepened.", "steepened"),
    ("10-year yield was unchanged at 4.17%.", "unchanged"),
    # sizes against z
    ("10-year yield rose sharply to 4.17%.", "rose sharply"),
    ("10-year yield edged up to 4.17%.", "edged up"),
    ("S&P 500 rose to 6,796.", "rose"),
    # labels
    ("Bear flattener.", "Bear flattener"),
    ("Modest bear steepener.", "bear steepener"),
    ("Almost parallel rise in yields.", "Almost parallel rise in yields"),
    ("Shapeless fall in yields.", "Shapeless fall in yields"),
    ("Shapeless rise in yields over 20 sessions.", "Shapeless rise in yields"),
    ("No clear move over 20 sessions.", "No clear move"),
    ("Twist steepener, 10-year yield +8 bp.", "Twist steepener"),
    ("Bear steepener, 10-year yield +8 bp.", "Bear steepener"),
    ("Bear steepener over 20 sessions.", "Bear steepener"),
    ("Unchanged curve.", "Unchanged curve"),
    ("The front end led.", "front end led"),
    ("10-year yield in a bear state.", "a bear state"),
    ("S&P 500 in a fall.", "in a fall"),
    ("S&P 500 in a nowhere state; S&P 500 in a correction state.", "a correction state"),
    # the published page: half of a band, leaders and laggards out of order
    ("IG OAS 53 bp is in the lower half of the 50–55 bp band.", "in the lower half of the 50–55 bp band"),
    ("IG OAS 53 bp, in the middle-low third.", "in the middle-low third"),
    ("IG OAS is in the lower half.", "in the lower half"),
    ("IG OAS 53 bp, just below the middle of the 50–55 bp band.", "just below the middle of the 50–55 bp band"),
    ("IG OAS 53 bp, just above the middle of the 40–65 bp band.", "just above the middle of the 40–65 bp band"),
    ("IG OAS 53 bp, just above the middle of its range.", "just above the middle of its range"),
    ("IG OAS 53 bp, in the upper half of its range.", "in the upper half of its range"),
    (
        "Contributions led by Comm Svcs (+0.16 pp), industrials (+0.05 pp) and health care (+0.06 pp).",
        "led by",
    ),
    ("Sector returns: laggards Staples (−0.34%), utilities (−0.02%) and real estate (−0.24%).", "laggards"),
    ("Sector returns: laggards Staples (−0.34%) and utilities (−0.02%).", "laggards"),
    ("Sector contributions: leaders Comm Svcs, health care and Cons Disc.", "leaders"),
    ("Sector contributions: leaders Cons Disc and health care.", "leaders"),
    ("Sectors were led by Comm Svcs.", "led by"),
    ("Contributions led by Comm Svcs (+0.16 pp), Comm Svcs (+0.16 pp).", "led by"),
    # sides and shares
    ("IG OAS is above its 5-year average.", "above its 5-year average"),
    ("IG OAS is at its 5-year average.", "at its 5-year average"),
    (
        "More than half of the 10-year yield's move was breakeven.",
        "More than half of the 10-year yield's move was breakeven",
    ),
    ("Fewer than half of the members rose.", "Fewer than half of the members rose"),
    ("S&P 500 is above 6,796.", "above"),
    ("S&P 500 closed at a record.", "record"),
    ("S&P 500 reached an 8-month high.", "high"),
    ("IG OAS is the lowest since 2021.", "lowest"),
    ("S&P 500 outpaced HY OAS, the better of the lot.", "better"),
    ("Industrials did better than health care.", "better"),
    ("The move was larger than usual.", "larger"),
    ("The choppier session ended.", "choppier"),
    ("S&P 500 moved broadly.", "broadly"),
    ("Most sectors rose.", "Most"),
    ("Two sectors rose.", "Two"),
    ("Ordinary today: 10-year yield.", "Ordinary today"),
    # figures
    ("10-year yield at 4.18%.", "4.18%"),
    ("10-year yield at 4.2%.", "4.2%"),
    ("10-year yield at 4.17 bp.", "4.17 bp"),
    ("10-year yield −8 bp.", "−8 bp"),
    ("10-year yield 8 bp.", "8 bp"),
    ("10-year yield +8%.", "+8%"),
    ("2-year yield +8 bp.", "+8 bp"),
    ("10-year yield +8 bp over 20 sessions.", "+8 bp"),
    ("10-year real yield +8 bp.", "+8 bp"),
    ("IG OAS 53 bp, its 5-year average 53 bp.", "53 bp"),
    ("HY OAS 53 bp.", "53 bp"),
    ("Nvidia +0.37%.", "+0.37%"),
    ("A rise of +0.37%.", "+0.37%"),
    ("10-year yield +8 bp, twice the move.", "twice"),
    # dates
    ("Since 3 Nov: 10-year yield +8 bp.", "3 Nov"),
    ("IG OAS reached its 5-year tight 46 bp (19 Sep 2025).", "19 Sep 2025"),
    ("IG OAS reached its 5-year tight 46 bp (Wed 18 Sep 2025).", "Wed 18 Sep 2025"),
    ("On 31 Nov 2025 the 10-year yield was 4.17%.", "31 Nov 2025"),
    ("Last payrolls known: Sep 2025.", "Sep 2025"),
    ("10-year yield +8 bp on 12 Jun 2025.", "12 Jun 2025"),
    # causes, words without a threshold, negations
    ("10-year yield rose +8 bp because of payrolls.", "because of"),
    ("IG OAS tightened on the back of S&P 500.", "on the back of"),
    ("The move was driven by the 10-year yield.", "driven by"),
    ("10-year yield rose +8 bp, lifted by supply.", "lifted by"),
    ("S&P 500 edged up on payrolls.", "on"),
    ("The gain in S&P 500 came as 10-year yield rose.", "as"),
    ("Gold fund outpaced bitcoin.", "outpaced"),
    ("S&P 500 surged +0.37%.", "surged"),
    ("Bitcoin is volatile.", "volatile"),
    ("IG OAS is not below its 5-year average.", "below its 5-year average"),
    ("10-year yield never rose.", "rose"),
]

TRUE = [
    "10-year yield rose +8 bp to 4.17%.",
    "10-year Treasury yield rose to 4.17% (+8 bp, +1.3σ).",
    "10-year yield is higher, 2-year yield edged up, IG OAS is tighter.",
    "S&P 500 edged up to 6,796 (+0.37%, +0.4σ).",
    "Shapeless rise in yields: 2-year yield +5 bp, 10-year yield +8 bp; long end led.",
    "2s10s slope edged steeper to 54 bp (+3 bp).",
    "IG OAS tightened to 53 bp (−1 bp), below its 5-year average of 62 bp.",
    "IG OAS 53 bp, just above the middle of the 50–55 bp band.",
    "IG OAS 53 bp, in the upper half of the 50 to 55 bp band.",
    "IG OAS is in the lower third of its range, from its 5-year tight 46 bp (18 Sep 2025).",
    "IG OAS is in the lower half of its range.",
    "Contributions led by Comm Svcs (+0.16 pp), Cons Disc (+0.09 pp) and health care (+0.06 pp).",
    "Sector returns: leaders Comm Svcs, Cons Disc and industrials; laggards Staples (−0.34%) and real estate (−0.24%).",
    "More than half of the 10-year yield's move was real.",
    "10-year yield rose +8 bp (+5 bp real, +3 bp breakeven).",
    "More than half of the members rose; breadth 56%.",
    "Since 4 Nov: S&P 500 +0.37%.",
    "Since Tue 4 Nov 2025: 10-year yield +8 bp.",
    "Wed 5 Nov 2025: 10-year yield at 4.17%.",
    "Last payrolls known: Aug 2025.",
    "Ordinary today: S&P 500.",
    "The report covers the session.",
    "With yesterday's figures at hand, 10-year yield at 4.17%.",
]


@pytest.mark.parametrize(("text", "token"), FALSE)
def test_a_false_sentence_is_refused_at_the_word_that_is_false(text: str, token: str) -> None:
    faults = check(text, FACTS, SETTING)
    assert token in [f.token for f in faults], faults


@pytest.mark.parametrize("text", TRUE)
def test_a_true_sentence_passes(text: str) -> None:
    assert check(text, FACTS, SETTING) == []


def _change(id_: str, **new: object) -> dict[str, Fact]:
    return FACTS | {id_: replace(FACTS[id_], **new)}  # type: ignore[arg-type]


def test_a_window_shorter_than_its_name_is_called_by_its_real_years() -> None:
    facts = _change("credit.us.ig.oas.avg_5y", window="2022-12-12 to 2025-11-05, 728 sessions")
    short, named = "IG OAS is below its 2.9-year average of 62 bp.", "IG OAS is below its 5-year average of 62 bp."
    assert check(short, facts, SETTING) == [] and check(named, FACTS, SETTING) == []
    assert [f.token for f in check(named, facts, SETTING)] == ["5-year average"]
    assert [f.token for f in check(short, FACTS, SETTING)] == ["2.9-year average"]
    text = Narrator(facts, SETTING).since("credit")
    assert any(isinstance(run, str) and "2.9-year average" in run for run in text)


def test_cause_needs_a_fact_that_allows_it() -> None:
    text = "10-year yield rose +8 bp because of payrolls."
    verdict = Fact("context.us.driver", "macro", "label")
    assert check(text, FACTS | {verdict.id: verdict}, SETTING) == []
    undecided = replace(verdict, value="undecided")
    assert [f.token for f in check(text, FACTS | {verdict.id: undecided}, SETTING)] == ["because of"]


def test_all_that_fell_have_leaders_but_nobody_led() -> None:
    fell = dict(FACTS)
    for id_, fact in FACTS.items():
        if id_.startswith("equity.us.sector.") and id_.endswith(".return_1d"):
            fell[id_] = replace(fact, value=fact.number - 5.0)
    assert check("Sector returns: leaders Comm Svcs and Cons Disc.", fell, SETTING) == []
    assert [f.token for f in check("Sector returns led by Comm Svcs.", fell, SETTING)] == ["led by"]


def test_yesterday_only_when_the_session_before_is_the_day_before() -> None:
    monday = invented_page.setting(date(2025, 11, 3))
    facts = {i: replace(f, period=monday.session) for i, f in FACTS.items()}
    text = "10-year yield at 4.17% after yesterday's session."
    assert [f.token for f in check(text, facts, monday)] == ["yesterday"]
    assert check(text, FACTS, SETTING) == []


def test_a_day_without_its_year_must_be_near() -> None:
    facts = _change("credit.us.ig.oas.tight_5y", period=date(2024, 11, 5))
    text = "IG OAS: its 5-year tight 46 bp (5 Nov)."
    assert [f.token for f in check(text, facts, SETTING)] == ["5 Nov"]


def test_equal_figures_of_two_facts_do_not_stand_in_for_each_other() -> None:
    # +3 bp is the change of the slope and the breakeven part; the 2-year moved +5 bp.
    assert [f.token for f in check("2-year yield +3 bp.", FACTS, SETTING)] == ["+3 bp"]
    found = readings("2s10s slope +3 bp; 10-year yield +8 bp (+5 bp real, +3 bp breakeven).", FACTS, SETTING)
    assert [r.fact for r in found] == [
        "curve.us.2s10s.change_1d",
        "curve.us.10y.change_1d",
        "curve.us.10y.split_real_1d",
        "curve.us.10y.split_breakeven_1d",
    ]


def test_a_negative_level_and_a_negative_change_are_told_apart() -> None:
    facts = _change("curve.us.2s10s.level", value=-54.0) | {
        "curve.us.2s10s.change_1d": replace(FACTS["curve.us.2s10s.change_1d"], value=-3.0)
    }
    text = "2s10s slope edged flatter to −54 bp (−3 bp)."
    assert check(text, facts, SETTING) == []
    assert check(text.replace("−54", "−3"), facts, SETTING) != []
    assert check(text.replace("(−3", "(−54"), facts, SETTING) != []


def test_a_formatter_that_rounds_wrongly_is_caught_by_the_half_unit() -> None:
    def truncating(fact: Fact, part: str, session: date | None) -> str:
        return "4.18%" if fact.id == "curve.us.10y.level" else "+0%"

    faults = check("10-year yield at 4.18%.", FACTS, SETTING, printer=truncating)
    assert len(faults) == 1 and "half a unit" in faults[0].why


def test_a_formatter_with_the_wrong_unit_is_caught() -> None:
    faults = check("10-year yield 8 points.", FACTS, SETTING, printer=lambda *a: "8 points")
    assert [f.token for f in faults] == ["8 points"]


def test_a_span_binds_what_words_leave_open_but_does_not_overrule_them() -> None:
    text = "At full precision it is +0.37%."
    start = text.index("+")
    span = Span(start, start + 6, "equity.us.spx.return_1d", "value")
    assert check(text, FACTS, SETTING) != []
    assert check(text, FACTS, SETTING, spans=[span]) == []
    text = "Nvidia +0.37%."
    span = Span(7, 13, "equity.us.spx.return_1d", "value")
    facts = _change("equity.us.nvda.return_1d", value=0.37)
    assert ["speak of" in f.why for f in check(text, facts, SETTING, spans=[span])] == [True]


def test_a_word_outside_the_vocabulary_is_refused_where_it_is_closed() -> None:
    text = "10-year yield headed north."
    assert check(text, FACTS, SETTING) == []
    assert [f.token for f in check(text, FACTS, SETTING, closed=True)] == ["headed", "north"]


def _section(*blocks: object) -> Section:
    return Section(5, "curve", "Curve", "ok", "", 1, 1, (), blocks, "")  # type: ignore[arg-type]


def test_a_section_is_checked_wherever_it_has_text() -> None:
    good: Text = ("10-year yield rose ", Ref("curve.us.10y.change_1d"), ".")
    bad: Text = ("10-year yield fell ", Ref("curve.us.10y.change_1d"), ".")
    other: Text = ("2-year yield at ", Ref("curve.us.10y.level"), ".")
    row = (Cell(("10-year",)), Cell((Ref("curve.us.10y.level"),)))

    def table(title: Text = (), note: Text = (), cell: Cell = row[1]) -> Table:
        return Table("c", (Column("a"), Column("b")), (row, (row[0], cell)), title=title, note=note)

    assert check_section(_section(Paragraph(good, "since"), table(good, good)), FACTS, SETTING) == []
    for broken in (
        Paragraph(bad, "since"),
        Paragraph(other, "note"),
        table(title=bad),
        table(note=bad),
        Card("t", (Paragraph(bad),), (1, 5)),
        table(cell=Cell(("4.17%",))),
        table(cell=Cell((), below=("+8 bp",))),
    ):
        assert len(check_section(_section(broken), FACTS, SETTING)) == 1, broken


def test_a_label_printed_through_its_ref_is_bound_and_a_typed_one_is_not() -> None:
    printed: Text = ("Over 20 sessions: ", Ref("curve.us.move_20d"), ".")
    assert check_section(_section(Paragraph(printed, "verdict")), FACTS, SETTING) == []
    typed: Text = ("Over 20 sessions: bull flattener.",)
    assert len(check_section(_section(Paragraph(typed, "verdict")), FACTS, SETTING)) == 1


def test_a_condition_in_a_cell_is_no_typed_figure() -> None:
    def table(text: str) -> Table:
        return Table("c", (Column("a"),), ((Cell((text,)),), (Cell((Ref("curve.us.10y.level"),)),)))

    good, bad = "credit.us.ig.oas.level > 62 bp on close", "credit.us.ig.oas.level about 62 bp"
    assert check_section(_section(table(good)), FACTS, SETTING) == []
    assert len(check_section(_section(table(bad)), FACTS, SETTING)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Nominal level 80%. The same rule replayed.",
        "Tight and wide are the extremes of the trailing five years.",
        "A verdict only where a unit root is rejected at 5%.",
        "Par yields, not zero-coupon yields.",
    ],
)
def test_a_note_may_say_how_a_thing_is_measured(text: str) -> None:
    assert check(text, FACTS, SETTING, note=True) == []
    assert check(text, FACTS, SETTING) != []


@pytest.mark.parametrize(
    "text",
    [
        "Spreads are at a record.",
        "It was the best day.",
        "All rose.",
        "Rejected at 7%.",
        "Only IG OAS is known.",
        "The move was due to supply.",
        "Most of the members gained.",
    ],
)
def test_a_note_may_not_claim_anything_of_the_day_that_way(text: str) -> None:
    assert check(text, FACTS, SETTING, note=True) != []


BETA = "sensitivity.spx.real10y.kalman.beta"


def judged(text: str, low: float, high: float) -> list[str]:
    """The tokens refused in a sentence that prints a beta of 0.20 with its interval."""
    fact = Fact(BETA, 0.2, "percent", period=FACTS["equity.us.spx.return_1d"].period, low=low, high=high, n=124)
    at = text.index("+0.20%")
    spans = (Span(at, at + 6, BETA, "value"),)
    return [f.token for f in check(text, FACTS | {BETA: fact}, SETTING, spans=spans)]


def test_what_is_not_told_from_zero_has_zero_in_its_interval() -> None:
    text = "It moves by +0.20%, not distinguishable from zero."
    assert judged(text, -0.6, 1.0) == []
    assert judged(text, 0.1, 0.3) == ["not distinguishable from zero"]
    assert [f.token for f in check("It is not distinguishable from zero.", FACTS, SETTING)] == [
        "not distinguishable from zero"
    ]


def test_figures_of_a_unit_or_a_limit_are_no_claims_and_others_stay_so() -> None:
    assert judged("It moves by +0.20% per +10 bp.", -0.6, 1.0) == []
    assert judged("It moves by +0.20% (90% interval), by a 10% false-discovery limit.", -0.6, 1.0) == []
    for typed, token in (("per +25 bp", "+25 bp"), ("on 10 bp", "10 bp"), ("by a 20% false-discovery limit", "20%")):
        assert judged(f"It moves by +0.20% {typed}.", -0.6, 1.0) == [token]


def test_words_of_a_problem_table_are_quotations() -> None:
    quoted = Table("c", (Column("What"),), ((Cell(("level 81 bp against 82 bp",)),),))
    assert check_section(_section(quoted), FACTS, SETTING) == []
