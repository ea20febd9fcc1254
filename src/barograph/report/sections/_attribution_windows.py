"""The index over several sessions: sector contributions, equal against cap weight, cyclicals against defensives."""

from __future__ import annotations

from barograph.core.units import SECTORS
from barograph.report.blocks import Cell, Column, Ref, Table, Text
from barograph.report.day import Day

P = "equity.us"
#: (span in fact ids, title of its column).
SPANS = (("1d", "1 session"), ("5d", "5 sessions"), ("mtd", "Month"), ("qtd", "Quarter"))
NAMES = {slug: slug.replace("_", " ").capitalize() for slug in SECTORS.values()}
EFFECTS = (
    ("Allocation to sectors", "allocation"),
    ("Selection within sectors", "selection"),
    ("Interaction of both", "interaction"),
    ("Selection, with interaction", "within"),
)
PARTS = (
    ("Real 10-year yield", "rates"),
    ("High-yield spread", "credit"),
    ("Not explained", "unexplained"),
)


def _head(first: str) -> tuple[Column, ...]:
    return (Column(first, "left"), *(Column(title, optional=span == "5d") for span, title in SPANS))


def _index(span: str) -> str:
    return f"{P}.attribution.index" if span == "1d" else f"{P}.attribution.index_{span}"


def _of_span(name: str, span: str) -> str:
    """Facts of one session go without their span where they were there first."""
    return f"{P}.attribution.{name}" if span == "1d" else f"{P}.attribution.{name}_{span}"


def windows_table(day: Day) -> Table | None:
    """Contributions by sector over each span, the rounded residual and the index; None without any span but the session."""
    if not any(day.has(_index(span)) for span, _ in SPANS[1:]):
        return None
    slugs = [s for s in SECTORS.values() if any(day.has(f"{P}.sector.{s}.contribution_{x}") for x, _ in SPANS)]
    lead = next(x for x in ("mtd", "qtd", "5d") if day.has(_index(x)))

    def place(slug: str) -> tuple[float, str]:
        id_ = f"{P}.sector.{slug}.contribution_{lead}"
        return (-day.facts[id_].number if day.has(id_) else 0.0, slug)

    rows = [
        (Cell((NAMES[s],)), *(Cell(day.ref(f"{P}.sector.{s}.contribution_{x}")) for x, _ in SPANS))
        for s in sorted(slugs, key=place)
    ]
    rows.append(
        (
            Cell(("Residual, with rounding",), muted=True),
            *(Cell(day.ref(_of_span("gap_printed", x)), muted=True) for x, _ in SPANS),
        )
    )
    rows.append(
        (
            Cell(("Sessions of funds",), muted=True),
            *(Cell(day.ref(f"{P}.attribution.proxied_{x}"), muted=True) for x, _ in SPANS),
        )
    )
    total = (Cell(("S&P 500",), strong=True), *(Cell(day.ref(_index(x)), strong=True) for x, _ in SPANS))
    note: Text = ("Sector funds are a proxy: their caps on single companies stand in the residual.",)
    if day.has(f"{P}.weights.age"):
        note = (*note, " The newest weights are of ", Ref(f"{P}.weights.age", "period"), ".")
    return Table(
        "Contribution of each sector to the S&P 500 over several sessions",
        _head("Sector"),
        tuple(rows),
        total=total,
        subtitle="pp, days linked by logarithmic factors; month and quarter to date, in the order of the month",
        note=note,
    )


def equal_table(day: Day) -> Table | None:
    """Equal weight less cap weight by Brinson and Fachler's effects."""
    if not any(day.has(f"{P}.brinson.active_{x}") for x, _ in SPANS):
        return None
    whole = all(day.has(f"{P}.brinson.selection_{x}") for x, _ in SPANS if day.has(f"{P}.brinson.active_{x}"))
    told = any(day.has(f"{P}.brinson.selection_{x}") for x, _ in SPANS)
    # A column shows the effects apart or together, never both, so that it adds up.
    shown = [e for e in EFFECTS if e[1] == "allocation" or (not whole if e[1] == "within" else told)]
    rows = []
    for label, effect in shown:
        cells = []
        for x, _ in SPANS:
            apart = day.has(f"{P}.brinson.selection_{x}")
            fits = effect == "allocation" or apart == (effect != "within")
            cells.append(Cell(day.ref(f"{P}.brinson.{effect}_{x}") if fits else ("–",)))
        rows.append((Cell((label,)), *cells))
    rows.append(_rounding(day, f"{P}.brinson"))
    total = (
        Cell(("Equal less cap weight",), strong=True),
        *(Cell(day.ref(f"{P}.brinson.active_{x}"), strong=True) for x, _ in SPANS),
    )
    return Table(
        "Equal weight against cap weight, by sector weights and returns within sectors",
        _head("Effect"),
        tuple(rows),
        total=total,
        subtitle="pp; Brinson and Fachler, the equal-weighted index as portfolio, the members at their weights as benchmark",
        note=(
            "Where a span has sessions of funds, the equal-weighted index is its fund (RSP), and selection and interaction are "
            "known together only.",
        ),
    )


def _rounding(day: Day, p: str) -> tuple[Cell, ...]:
    return (Cell(("Rounding",), muted=True), *(Cell(day.ref(f"{p}.gap_printed_{x}"), muted=True) for x, _ in SPANS))


def tilt_table(day: Day) -> Table | None:
    """Cyclicals less defensives, and what the real yield and the high-yield spread account for."""
    gap = f"{P}.cyclicals_minus_defensives.return"
    if not any(day.has(f"{gap}_{x}") for x, _ in SPANS):
        return None
    rows = []
    for label, part in PARTS:
        cells: list[Cell] = []
        for x, _ in SPANS:
            id_ = f"{P}.tilt.{part}_{x}"
            below: Text = (Ref(id_, "low"), " to ", Ref(id_, "high")) if day.has(id_) else ()
            cells.append(Cell(day.ref(id_), below=below))
        rows.append((Cell((label,)), *cells))
    rows.append(_rounding(day, f"{P}.tilt"))
    total = (
        Cell(("Cyclicals less defensives",), strong=True),
        *(Cell(day.ref(f"{gap}_{x}"), strong=True) for x, _ in SPANS),
    )
    note: Text = (
        "Consumer discretionary, financials, industrials, materials; on the other side staples, health care, utilities. "
        "Both factors are known when it is computed: an account of the move and no forecast.",
    )
    both = f"{P}.tilt.explained_1d"
    if day.has(both):
        ends: Text = (" (", Ref(both, "low"), " to ", Ref(both, "high"), ")")
        note = (*note, " Together they account for ", Ref(both), *ends, " of the session.")
    if all(day.has(f"{P}.tilt.{f}.beta") for f in ("real10y", "hy_oas")):
        beta, spread = f"{P}.tilt.real10y.beta", f"{P}.tilt.hy_oas.beta"
        note = (*note, " Sensitivity to the real yield ", Ref(beta), ", to the spread ", Ref(spread), ".")
    return Table(
        "Cyclical against defensive sectors, with what rates and credit account for",
        _head("pp"),
        tuple(rows),
        total=total,
        subtitle="Sector funds at equal weights; least squares before the span, 90% interval; sensitivities are for +10 bp",
        note=note,
    )


def _universes(day: Day) -> Table | None:
    """Every universe of the user with its state, and why it is not ok, by span; None without any."""
    rows = []
    heads = sorted({i.rpartition(".return_")[0] for i in day.facts if i.startswith("equity.user.") and ".return_" in i})
    for p in heads:
        facts = {title: day.facts[i] for x, title in SPANS if (i := f"{p}.return_{x}") in day.facts}
        states = {f.state for f in facts.values()}
        state = next(s for s in ("insufficient", "degraded", "ok") if s in states)
        why: dict[str, list[str]] = {}
        for title, fact in facts.items():
            if fact.state != "ok":
                why.setdefault(f"{fact.state}: {fact.reason}", []).append(title)
        told = [r if len(ts) == len(facts) else f"{', '.join(ts)} {r}" for r, ts in why.items()]
        rows.append((Cell((p.rpartition(".")[2].replace("_", " "),)), Cell((state,)), Cell(("; ".join(told) or "–",))))
    if not rows:
        return None
    columns = (Column("Universe", "left"), Column("State", "left"), Column("Why", "left"))
    return Table("Your universes", columns, tuple(rows), subtitle="The worst state of their spans")


def universe_tables(day: Day) -> list[Table]:
    """All universes of the user with their states, and a table for each that can be accounted for, by group or by member."""
    states = _universes(day)
    out = [states] if states is not None else []
    for id_ in sorted(i for i in day.facts if i.startswith("equity.user.") and i.endswith(".return_1d")):
        p = id_.removesuffix(".return_1d")
        kind = "group" if any(i.startswith(f"{p}.group.") for i in day.facts) else "member"
        names = sorted({i.split(".")[4] for i in day.facts if i.startswith(f"{p}.{kind}.") and ".contribution_" in i})
        if not names or not day.has(id_):
            continue
        rows = [
            (Cell((n.replace("_", " "),)), *(Cell(day.ref(f"{p}.{kind}.{n}.contribution_{x}")) for x, _ in SPANS))
            for n in names
        ]
        rows.append(
            (
                Cell(("Residual, with rounding",), muted=True),
                *(Cell(day.ref(f"{p}.gap_printed_{x}"), muted=True) for x, _ in SPANS),
            )
        )
        indexed = f"{p}.index_1d" in day.facts
        total = (
            Cell(("Its index" if indexed else "Universe",), strong=True),
            *(
                Cell(day.ref(f"{p}.index_{x}" if day.has(f"{p}.index_{x}") else f"{p}.return_{x}"), strong=True)
                for x, _ in SPANS
            ),
        )
        title = p.rpartition(".")[2].replace("_", " ")
        out.append(
            Table(
                f"Your universe {title}: contributions by {kind}",
                _head(kind.capitalize()),
                tuple(rows),
                total=total,
                subtitle=f"pp, of your own weights carried between their dates; {p}",
            )
        )
    return out
