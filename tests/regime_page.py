"""Charts of the regime and of a nowcast, and a page that holds them. ALL FIGURES ARE INVENTED; no provider said them."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import report_fixture as fx
import report_sections
from barograph.core.estimate import Fact
from barograph.report.blocks import (
    Card,
    Cell,
    Column,
    Figure,
    Level,
    Paragraph,
    PathChart,
    Quadrant,
    Ref,
    RegimeBar,
    RegimeShare,
    Release,
    Report,
    Section,
    ShareChart,
    StepChart,
    Strip,
    Table,
)

NAMES: dict[Quadrant, str] = {
    "gu_id": "Growth up, inflation down",
    "gu_iu": "Growth up, inflation up",
    "gd_iu": "Growth down, inflation up",
    "gd_id": "Growth down, inflation down",
}
TODAY = {"gu_id": 85.2, "gu_iu": 8.1, "gd_iu": 0.6, "gd_id": 6.1}
CHANGES = {"gu_id": -0.1, "gu_iu": 0.3, "gd_iu": 0.0, "gd_id": -0.2}
RECESSIONS = ((date(2007, 12, 1), date(2009, 6, 30)), (date(2020, 2, 1), date(2020, 4, 30)))
SERIES = (
    ("payrolls", "labour"), ("claims", "labour"), ("retail sales", "growth"), ("ISM services", "growth"),
    ("industrial production", "growth"), ("CPI", "inflation"), ("consumer credit", "other"),
)  # fmt: skip


def days(n: int, step: int) -> tuple[date, ...]:
    """The last `n` dates, `step` days apart."""
    return tuple(fx.SESSION - timedelta(step * (n - 1 - i)) for i in range(n))


def _share(x: float) -> float:
    return 50.0 * (1.0 + math.erf(x / math.sqrt(2.0)))


def shares(n: int, step: int, *, seed: int = 4, size: float = 0.25, gaps: frozenset[int] = frozenset()) -> ShareChart:
    """Two axes that wander, their four quadrants, and a second model with an opinion of its own."""
    rng = random.Random(seed)
    growth, inflation, other = 1.0, -1.0, -0.5
    values: dict[str, list[float | None]] = {q: [] for q in NAMES}
    second: list[float | None] = []
    for k in range(n):
        growth += rng.gauss(0.0, size) - 0.05 * growth
        inflation += rng.gauss(0.0, size) - 0.05 * inflation
        other = 0.8 * other - 0.2 * growth + rng.gauss(0.0, 0.3)
        up, hot = _share(growth), _share(inflation)
        four = {
            "gu_id": up * (100 - hot),
            "gu_iu": up * hot,
            "gd_iu": (100 - up) * hot,
            "gd_id": (100 - up) * (100 - hot),
        }
        for q, v in four.items():
            values[q].append(None if k in gaps else v / 100.0)
        second.append(_share(1.5 * other))
    return ShareChart(
        days(n, step),
        tuple((q, NAMES[q], tuple(values[q])) for q in NAMES),
        "Filtered probability; thick line: growth up",
        strip=Strip("Hamilton filter", "weak", tuple(second)),
        bands=RECESSIONS,
    )


def path(seed: int = 4, n: int = 14) -> PathChart:
    """Months of two axes with a covariance at the newest."""
    rng = random.Random(seed)
    x, y = rng.gauss(0.0, 1.0), rng.gauss(0.0, 1.0)
    points = []
    for i in range(n):
        x, y = 0.9 * x + rng.gauss(0.0, 0.4), 0.9 * y + rng.gauss(0.0, 0.4)
        points.append((fx.SESSION - timedelta(30 * (n - 1 - i)), x, y))
    return PathChart(tuple(points), (0.12, 0.04, 0.09))


def steps(n: int = 128, *, seed: int = 4, gaps: frozenset[int] = frozenset(), final: bool = True) -> StepChart:
    """A nowcast that moves with its releases only."""
    rng = random.Random(seed)
    when, value, width = days(n, 1), 1.6, 1.7
    values: list[float | None] = []
    low: list[float | None] = []
    high: list[float | None] = []
    releases = []
    for k in range(n):
        while when[k].weekday() < 5 and rng.random() < 0.4:
            label, tone = rng.choice(SERIES)
            impact = rng.gauss(0.0, 0.25 if label in ("payrolls", "retail sales") else 0.08)
            value += impact
            releases.append(Release(when[k], label, impact, tone))  # type: ignore[arg-type]
        width -= 0.8 / n
        known = k not in gaps
        values.append(value if known else None)
        low.append(value - width if known else None)
        high.append(value + width if known else None)
    print_ = Level(2.9, "first print", fx.SESSION + timedelta(15)) if final else None
    label = "Growth of real GDP, annual rate, %"
    return StepChart(
        when, tuple(values), tuple(low), tuple(high), "percent", label, "70% band", tuple(releases), print_, 1, True
    )


@cache
def facts() -> tuple[Fact, ...]:
    """The probabilities of the bar, their changes and the chance of rising liquidity."""
    known = fx.facts()["curve.us.10y.level"]
    out = []
    for q, value in TODAY.items():
        out.append(replace(known, id=f"regime.us.quadrant.p_{q}", value=value, unit="percent", low=None, high=None))
        out.append(replace(known, id=f"regime.us.quadrant.p_{q}.change_1d", value=CHANGES[q], unit="pp"))
    out.append(replace(known, id="regime.us.liquidity.p_up", value=34.0, unit="percent"))
    return tuple(out)


def bar() -> RegimeBar:
    """The four regimes of today."""
    return RegimeBar(
        tuple(
            RegimeShare(
                q, NAMES[q], (Ref(f"regime.us.quadrant.p_{q}"),), TODAY[q],
                (Ref(f"regime.us.quadrant.p_{q}.change_1d"),), 0.34 * TODAY[q],
            )
            for q in NAMES
        ),
        (Ref("regime.us.liquidity.p_up"),),
    )  # fmt: skip


def figures() -> tuple[Figure, ...]:
    """Each chart in the places that it may take."""
    alt = ("Stacked areas; probability of four regimes; latest ", Ref("regime.us.quadrant.p_gu_id"), ".")
    rows = tuple(
        (Cell((NAMES[q],)), Cell((Ref(f"regime.us.quadrant.p_{q}"),)), Cell((Ref(f"regime.us.quadrant.p_{q}.change_1d"),)))
        for q in NAMES
    )  # fmt: skip
    table = Table("Regimes", (Column("Regime", "left"), Column("Probability"), Column("Change")), rows)
    return (
        Figure(shares(105, 7), ("Four regimes over two years",), "Weekly, filtered; regime.us", alt, table=table),
        Figure(path(), ("A year on the plane",), "Monthly; ellipses hold 50% and 80%", ("Path.",), width="side"),
        Figure(shares(240, 30, seed=9, gaps=frozenset(range(100, 109))), ("Twenty years",), "Monthly", alt),
        Figure(
            replace(path(6), points=(*path(6).points, (fx.SESSION, 3.1, -2.8))), ("Far out",), "Monthly", ("Path.",)
        ),
        Figure(steps(gaps=frozenset(range(70, 76))), ("The nowcast through its quarter",), "By day", ("Steps.",)),
        Figure(steps(60, seed=5, final=False), ("The next quarter",), "By day", ("Steps.",), width="side"),
    )


def report() -> Report:
    """The invented page with the bar on its summary and the charts as a section."""
    summary = report_sections.summary()
    blocks = list(summary.blocks)
    blocks[2] = Card("Regime", (bar(),), (1, 5), "regime")
    since = Paragraph(("Since 11 Mar. Growth up, inflation down ", Ref("regime.us.quadrant.p_gu_id"), "."), "since")
    section = Section(3, "regime", "Macro regime", "ok", "", 19, 19, (("vintage", 100.0),), (since, *figures()), "")
    page = fx.report(sections=(replace(summary, blocks=tuple(blocks)), section, *report_sections.all_sections()[1:]))
    return replace(page, facts=(*page.facts, *facts()))
