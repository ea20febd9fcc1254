"""The sections of the invented page in report_fixture.py."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import report_fixture as fx
from barograph.core.observation import Untrusted
from barograph.core.units import SECTORS
from barograph.report.blocks import (
    Card,
    Cell,
    Column,
    CurveChart,
    CurvePoint,
    FactList,
    Figure,
    Headlines,
    Level,
    LineChart,
    Mini,
    Paragraph,
    Ref,
    Reported,
    Section,
    Table,
)
from report_fixture import cell, change_id, facts, ref, word

LEFT = Column("", "left")


def shown(*prefixes: str) -> tuple[str, ...]:
    """Ids of facts that begin with one of the prefixes."""
    return tuple(i for i in facts() if i.startswith(prefixes))


def moved() -> Table:
    """Five facts that moved most."""
    rows = []
    for name, prefix, _, _, z in sorted(fx.ASSETS, key=lambda a: -abs(a[4]))[:5]:
        rows.append((
            word(name),
            cell(f"{prefix}.level"),
            cell(change_id(prefix, "1d"), strong=True),
            cell(f"{prefix}.z_1d", mini=Mini("zdot", (z,))),
            cell(f"{prefix}.rarity_1d", muted=True),
        ))  # fmt: skip
    return Table(
        "Five facts that moved most against their own last 252 sessions",
        (Column("One per family", "left"), Column("Level"), Column("Change"), Column("Against its last 252", "right"),
         Column("As large in", optional=True)),
        tuple(rows),
        note=("Shaded: ±1σ, an ordinary day.",),
    )  # fmt: skip


def summary() -> Section:
    """Section 0."""
    lead = Card(
        "",
        (
            Paragraph(("The long end sold off; gold broke out of its range",), "lead"),
            Paragraph(
                ("The 10-year rose ", Ref("curve.us.10y.change_1d"), " to ", Ref("curve.us.10y.level"), ", ",
                 Ref("curve.us.10y.split_real_1d"), " of it real yield: a move this large comes in ",
                 Ref("curve.us.10y.rarity_1d"), " of sessions. The curve moved as a ", Ref("curve.us.move_1d"),
                 ". IG stands at ", Ref("credit.us.ig.oas.level"), ", the ", Ref("credit.us.ig.oas.percentile_5y"),
                 ". The S&P 500 returned ", Ref("equity.us.spx.return_1d"), ", an ordinary day (",
                 Ref("equity.us.spx.z_1d"), ")."),
                "deck",
            ),
        ),
        (1, 8),
    )  # fmt: skip
    verdict = Card(
        "What moved stocks",
        (
            Paragraph(("Undecided",), "verdict"),
            Paragraph(("No classifier of causes is part of this page yet. Breadth was ",
                       Ref("equity.us.breadth.advancing"), " of ", Ref("equity.us.breadth.advancing", "n"),
                       " members."), "note"),
        ),
        (9, 12), "attribution",
    )  # fmt: skip
    state = Card("Curve and credit", (FactList((
        ("10-year yield", ref("curve.us.10y.level"), (Ref("curve.us.10y.change_1d"), ", ", Ref("curve.us.10y.z_1d"))),
        ("2s10s slope", ref("curve.us.2s10s.level"), (Ref("curve.us.2s10s.change_1d"), ", ", Ref("curve.us.move_1d"))),
        ("IG spread", ref("credit.us.ig.oas.level"), (Ref("credit.us.ig.oas.gap_5y_avg"), " against its 5-year mean")),
        ("HY spread", ref("credit.us.hy.oas.level"), ref("credit.us.hy.oas.percentile_5y")),
    )),), (1, 5), "curve")  # fmt: skip
    five = Card("Five facts that moved most, by surprise", (
        moved(),
        Paragraph(("Ordinary today. S&P 500 ", Ref("equity.us.spx.z_1d"), ", 10-year breakeven ",
                   Ref("curve.us.breakeven10y.z_1d"), ", VIX ", Ref("vol.us.vix.z_1d"), ", broad dollar ",
                   Ref("fx.us.broad_dollar.z_1d"), ".")),
    ), (6, 12), "#momentum")  # fmt: skip
    prints = Card("Last prints", (Table(
        "Last prints of the main macro series",
        (Column("Series", "left"), Column("Value"), Column("Period", "left")),
        tuple((word(n), cell(i, strong=True), Cell((Ref(i, "period"),), muted=True)) for n, i in (
            ("Payrolls, change", "macro.us.payrolls.change_1m"), ("Unemployment", "macro.us.unemployment_rate.latest"),
            ("CPI, year", "macro.us.cpi.yoy"), ("Initial claims", "macro.us.initial_claims.latest"),
            ("Real GDP", "macro.us.gdp_real.latest"))),
    ),), (1, 4), "prints")  # fmt: skip
    wrong = Card("Invalidations", (Table(
        "What would prove the readings wrong",
        (Column("Wrong if, on the close", "left"), Column("How near", "center"), Column("State")),
        (
            (Cell(("us10y > 4.25 %",), below=("now ", Ref("curve.us.10y.level"))), Cell(mini=Mini("bar", (3.0, 3.0))),
             Cell(("fired",), strong=True)),
            (Cell(("ig_oas > 113 bp",), below=("now ", Ref("credit.us.ig.oas.level"))),
             Cell(mini=Mini("bar", (1.1, 3.0)), muted=True), Cell(("held",), muted=True)),
            (Cell(("breadth < 50 %",), below=("now ", Ref("equity.us.breadth.advancing"))),
             Cell(mini=Mini("bar", (0.4, 3.0)), muted=True), Cell(("held",), muted=True)),
        ),
        note=("Full bar: fired.",),
    ),), (5, 8))  # fmt: skip
    scored = Card("The last session's statements, scored", (Table(
        "Statements of the session before and their outcome",
        (Column("Statement of 11 Mar", "left"), Column("Outcome"), Column("Hit rate, 250")),
        tuple((
            Cell((name,), below=("said ", Ref(f"range.{a}.previous_low"), " to ", Ref(f"range.{a}.previous_high"))),
            cell(f"range.{a}.previous_result", strong=True),
            Cell(ref(f"range.{a}.hit_rate"),
                 below=(Ref(f"range.{a}.hit_rate", "low"), " to ", Ref(f"range.{a}.hit_rate", "high"))),
        ) for name, a in (("S&P 500 close", "spx"), ("10-year close", "us10y"))),
        note=("80% ranges; small figures: 95% interval.",),
    ),), (9, 12), "17")  # fmt: skip
    strip = Card("State of assets", (state_of_assets(),), (1, 12), "momentum")
    return Section(0, "summary", "Summary", "ok", "", 44, 46, (("vintage", 12.0), ("schedule", 80.5), ("assumed", 7.5)),
                   (lead, verdict, state, five, prints, wrong, scored, strip), "equity.us.spx.level < 8051 index on close",
                   shown("curve.us.10y", "range."))  # fmt: skip


def curve() -> Section:
    """Section 5."""
    points = tuple(
        CurvePoint(years, tenor, level, level - move / 100, None if tenor == "20y" else level - month / 100)
        for (tenor, years), level, move, month in zip(fx.TENORS.items(), fx.YIELDS, fx.MOVES, fx.MONTH, strict=True)
    )
    data = Table(
        "Par yields and their changes",
        (Column("Maturity", "left"), Column("Yield"), Column("1 session"), Column("20 sessions")),
        tuple((word(t), cell(f"curve.us.{t}.level"), cell(f"curve.us.{t}.change_1d"), cell(f"curve.us.{t}.change_20d"))
              for t in fx.TENORS),
    )  # fmt: skip
    figure = Figure(
        CurveChart(points, fx.SESSION, fx.PREVIOUS, fx.EARLIER),
        ("The long end rose ", Ref("curve.us.30y.change_1d"), "; bills stayed put"),
        "US Treasury par yields, constant maturity, us.rates.par_*",
        ("Yield curve; par yield in per cent by maturity on a log scale; 2-year ", Ref("curve.us.2y.level"),
         ", 10-year ", Ref("curve.us.10y.level"), "; changes since the last session ", Ref("curve.us.2y.change_1d"),
         " and ", Ref("curve.us.10y.change_1d"), "."),
        ("Maturity on a log scale. A bar that would dwarf the others is cut and labelled.",),
        data,
    )  # fmt: skip
    side = FactList((
        ("2s10s slope", ref("curve.us.2s10s.level"), (Ref("curve.us.2s10s.change_1d"), "; ", Ref("curve.us.move_1d"))),
        ("10-year real", ref("curve.us.real10y.level"), (Ref("curve.us.10y.split_real_1d"), ", ",
                                                         Ref("curve.us.real10y.percentile_5y"))),
        ("10-year breakeven", ref("curve.us.breakeven10y.level"), ref("curve.us.10y.split_breakeven_1d")),
        ("MOVE", ref("vol.us.move.level"), (Ref("vol.us.move.change_1d"), ", ", Ref("vol.us.move.z_1d"))),
    ))  # fmt: skip
    since = Paragraph(("Since ", "11 Mar. ", "2-year ", Ref("curve.us.2y.change_1d"), ", 10-year ",
                       Ref("curve.us.10y.change_1d"), ": ", Ref("curve.us.move_1d"), ". Of the 10-year's change ",
                       Ref("curve.us.10y.split_real_1d"), " is real yield."), "since")  # fmt: skip
    return Section(5, "curve", "Yield curve and policy path", "ok", "", 14, 14, (("schedule", 100.0),),
                   (since, figure, side), "curve.us.10y.level < 4.19 percent on close", shown("curve.us."))  # fmt: skip


def credit() -> Section:
    """Section 6."""
    days = fx.business_days(1255)
    ig = fx.walk(3, 1255, 120.0, 1.6, 79.0)
    hy = fx.walk(5, 1255, 340.0, 6.0, 240.0)
    i = days.index(date(2030, 9, 19))
    j = days.index(date(2027, 10, 12))
    ig = tuple(78.0 if k == i else 171.0 if k == j else 88.0 if k == 1254 else min(v, 170.0) for k, v in enumerate(ig))
    hy = (*hy[:-1], 322.0)
    levels = (Level(112.4, "5-year mean"), Level(78.0, "tight", date(2030, 9, 19)),
              Level(171.0, "wide", date(2027, 10, 12)))  # fmt: skip
    main = Figure(
        LineChart((("IG", days, ig),), "bp", "Option-adjusted spread, bp", levels),
        ("IG stands ", Ref("credit.us.ig.oas.gap_5y_avg"), " against its 5-year mean"),
        "ICE BofA US corporate index OAS, cash, not the CDX scale; us.credit.ig_oas",
        ("Line chart; IG option-adjusted spread, bp, five years; latest ", Ref("credit.us.ig.oas.level"),
         "; 5-year mean ", Ref("credit.us.ig.oas.avg_5y"), ", tight ", Ref("credit.us.ig.oas.tight_5y"), ", wide ",
         Ref("credit.us.ig.oas.wide_5y"), "."),
        ("Tight and wide are the lowest and highest close of the trailing five years.",),
    )  # fmt: skip
    side = Figure(
        LineChart((("IG", days[-500:], ig[-500:]), ("HY", days[-500:], hy[-500:])), "bp", "OAS, bp"),
        ("HY and IG over two years",),
        "Weekly closes; us.credit.ig_oas, us.credit.hy_oas",
        ("Line chart; IG and HY spread, bp, two years; latest ", Ref("credit.us.ig.oas.level"), " and ",
         Ref("credit.us.hy.oas.level"), "."),
        width="side",
    )  # fmt: skip
    since = Paragraph(
        (
            "Since 11 Mar. IG ",
            Ref("credit.us.ig.oas.change_1d"),
            " to ",
            Ref("credit.us.ig.oas.level"),
            ", HY ",
            Ref("credit.us.hy.oas.change_1d"),
            " to ",
            Ref("credit.us.hy.oas.level"),
            ".",
        ),
        "since",
    )
    pct = FactList((("IG, 3-year percentile", ref("credit.us.ig.oas.percentile_3y"), ("shorter than its name",)),))
    return Section(6, "credit", "Credit", "degraded", "2.2 years held of 3", 5, 6,
                   (("schedule", 62.3), ("fetch", 37.2), ("assumed", 0.5)), (since, main, side, pct),
                   "credit.us.ig.oas.level > 113 bp on close", shown("credit.us."))  # fmt: skip


def attribution() -> Section:
    """Section 8."""
    slugs = sorted(SECTORS.values(), key=lambda s: -facts()[f"equity.us.sector.{s}.contribution_1d"].number)
    most = max(abs(facts()[f"equity.us.sector.{s}.contribution_1d"].number) for s in slugs)

    def bar(id_: str, kind: str = "bar") -> Mini:
        return Mini(kind, (facts()[id_].number, most))  # type: ignore[arg-type]

    rows = [
        (word(s.replace("_", " ").capitalize()), cell(f"equity.us.sector.{s}.weight", muted=True),
         cell(f"equity.us.sector.{s}.return_1d"), Cell(mini=bar(f"equity.us.sector.{s}.contribution_1d")),
         cell(f"equity.us.sector.{s}.contribution_1d", strong=True))
        for s in slugs
    ]  # fmt: skip
    residual = "equity.us.attribution.residual_printed"
    rows.append((word("Residual, with rounding"), Cell(), Cell(), Cell(mini=bar(residual, "residual")),
                 cell(residual, strong=True)))  # fmt: skip
    table = Table(
        "Contributions of the sectors to the return of the S&P 500",
        (Column("Sector", "left"), Column("Weight", optional=True), Column("Return"), Column("", "center"),
         Column("Contribution")),
        tuple(rows),
        (word("S&P 500"), Cell(), cell("equity.us.spx.return_1d"), Cell(), cell("equity.us.spx.contribution_1d")),
        ("Communication services made ", Ref("equity.us.sector.communication_services.contribution_1d"), " of ",
         Ref("equity.us.spx.contribution_1d")),
        "Contribution = weight at the previous close × sector return; the residual closes the sum",
    )  # fmt: skip
    side = FactList((
        ("Members up", ref("equity.us.breadth.advancing"), ("of ", Ref("equity.us.breadth.advancing", "n"))),
        ("Equal minus cap weight", ref("equity.us.equal_minus_cap"), ()),
        ("Residual at full precision", ref("equity.us.attribution.residual"),
         ("the printed residual also holds rounding",)),
    ))  # fmt: skip
    since = Paragraph(("Since 11 Mar. Index ", Ref("equity.us.spx.return_1d"), ", from ",
                       Ref("equity.us.attribution.method"), "."), "since")  # fmt: skip
    return Section(8, "attribution", "S&P 500 session attribution", "ok", "", 11, 11, (("schedule", 100.0),),
                   (since, table, side), "equity.us.breadth.advancing < 50 percent on close",
                   shown("equity.us."))  # fmt: skip


def state_of_assets() -> Table:
    """All assets: level, changes, surprise, path, percentile."""
    rng = random.Random(2)
    rows = []
    for name, p, _, _, z in fx.ASSETS:
        path = [0.0]
        for _ in range(60):
            path.append(path[-1] + rng.gauss(0, 1))
        rank = facts()[f"{p}.percentile_5y"].number
        rows.append((
            word(name), cell(f"{p}.level"), cell(change_id(p, "1d"), strong=True),
            cell(f"{p}.z_1d", mini=Mini("zdot", (z,))), cell(change_id(p, "5d")), cell(change_id(p, "20d")),
            Cell(mini=Mini("spark", tuple(round(v, 2) for v in path))),
            cell(f"{p}.percentile_5y", mini=Mini("percentile", (rank,))),
        ))  # fmt: skip
    return Table(
        "State of all assets",
        (Column("Asset", "left"), Column("Level"), Column("1 session"), Column("σ"), Column("5 sess."),
         Column("20 sess."), Column("3 months", "center", optional=True), Column("Percentile")),
        tuple(rows), title=("State of all assets",),
        subtitle="Change since the previous session in units of its own last 252 sessions",
    )  # fmt: skip


def momentum() -> Section:
    """Section 9."""
    table = state_of_assets()
    speed = Table(
        "Momentum and reversion",
        (Column("Asset", "left"), Column("State", "left"), Column("Strength"), Column("Half-life", optional=True),
         Column("Variance ratio", optional=True), Column("Verdict", "left")),
        tuple((word(n), cell(f"{p}.state"), cell(f"{p}.strength", strong=True), cell(f"{p}.half_life"),
               cell(f"{p}.variance_ratio"), cell(f"{p}.verdict")) for n, p, *_ in fx.ASSETS),
        title=("Trend or reversion",), subtitle="Strength from −10 to +10",
    )  # fmt: skip
    since = Paragraph(("Since 11 Mar. Largest move: gold, ", Ref("commodity.gold.z_1d"), "."), "since")
    return Section(9, "momentum", "Momentum and mean reversion", "ok", "", 16, 16, (("schedule", 100.0),),
                   (since, table, speed), "momentum.spx.return_21d < 0 percent on close",
                   shown("vol.us", "commodity", "crypto", "fx."))  # fmt: skip


def positioning() -> Section:
    """Section 12, below its coverage floor."""
    last = FactList((("S&P 500 futures, net", ref("us.cot.spx.net"),
                      ("last ", Ref("us.cot.spx.last"), ", ", Ref("us.cot.spx.last", "period"), ", ",
                       Ref("us.cot.spx.last", "age"))),))  # fmt: skip
    return Section(12, "positioning", "Positioning", "insufficient", "no positioning report since 4 February", 0, 3,
                   (), (last,), "us.cot.spx.net < 0 count on close", shown("us.cot"), "36 days old")  # fmt: skip


def prints() -> Section:
    """Section 13."""
    rows = tuple((word(n), cell(i, strong=True), Cell((Ref(i, "period"),)), word("schedule")) for n, i in (
        ("Payrolls", "macro.us.payrolls.latest"), ("Payrolls, change", "macro.us.payrolls.change_1m"),
        ("Unemployment rate", "macro.us.unemployment_rate.latest"), ("CPI, change over a year", "macro.us.cpi.yoy"),
        ("Real GDP", "macro.us.gdp_real.latest"), ("Initial claims", "macro.us.initial_claims.latest")))  # fmt: skip
    rows = (*rows, (word("Housing starts"), word("–"), Cell(), word("suspended")))
    columns = (Column("Series", "left"), Column("Value"), Column("Period", "left"), Column("Basis", "left"))
    table = Table(
        "Last known print of each series", columns, rows, title=("Last known prints",),
        subtitle="Differences inside one vintage only",
    )  # fmt: skip
    return Section(13, "prints", "Macro prints", "degraded", "four releases suspended", 6, 10,
                   (("vintage", 50.0), ("assumed", 50.0)), (table,),
                   "macro.us.payrolls.change_1m < 0 thousands on close", shown("macro."))  # fmt: skip


def news() -> Section:
    """Section 2: a long title, one of the day before, one without a link, and a theme that is cut."""
    at = datetime(2031, 3, 12, 18, 0, tzinfo=UTC)
    long = "Agencies request comment on a proposal to amend the standards for the largest banking organizations, " * 2
    return Section(
        2, "news", "Main developments", "degraded", "1 feed was not looked at for this session", 12, 13, (),
        (
            Paragraph(("Since 11 Mar: headlines of the feeds looked at, by theme.",), "since"),
            Headlines("Fed and US policy", (
                Reported(Untrusted("An invented statement"), "https://www.example.org/a.htm", at, "Invented Board, news", 2),
                Reported(Untrusted(long.strip()), "https://www.example.org/b.htm?x=1", at, "Invented Board, news"),
            ), "curve", 3),
            Headlines("Politics", (
                Reported(Untrusted("<b>No</b> link & 5 % | *loud* [x](y)"), "javascript:alert(1)", at - timedelta(1), "Another"),
            )),
            Paragraph(("Titles are quoted as their publishers wrote them.",), "note"),
        ),
        "",
    )  # fmt: skip


def scorecard() -> Section:
    """Section 16."""
    text = Paragraph(("Too few statements have come due to say more than their hit rates: ",
                      Ref("range.spx.hit_rate"), " and ", Ref("range.us10y.hit_rate"), ", each n ",
                      Ref("range.spx.hit_rate", "n"), "."))  # fmt: skip
    return Section(16, "scorecard", "Scorecard", "ok", "", 2, 2, (("schedule", 100.0),), (text,), "", shown("range."))


def all_sections() -> tuple[Section, ...]:
    """The page's sections in order."""
    return (summary(), news(), curve(), credit(), attribution(), momentum(), positioning(), prints(), scorecard())


__all__ = ["LEFT", "all_sections"]
