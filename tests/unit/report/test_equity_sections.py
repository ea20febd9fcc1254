"""Sections 8, 10 and 11 from hand-made facts: words follow intervals, colour the limit for many tests, nothing is dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from barograph.catalog.catalog import Catalog
from barograph.core.estimate import Fact
from barograph.report.blocks import Block, Cell, FactList, Paragraph, Ref, Table
from barograph.report.day import Day
from barograph.report.narrative.checker import check
from barograph.report.narrative.in_section import check_section
from barograph.report.sections._attribution_windows import universe_tables
from barograph.report.sections._sector_funds import FUNDS_DIFFER
from barograph.report.sections.attribution import MEMBERS_DIFFER
from barograph.report.sections.megacaps import MegaCapsSection
from barograph.report.sections.sensitivity import SensitivitySection
from models_view import NOW, catalog, small_view

SESSION = date(2025, 11, 5)


def fact(id_: str, value: float | str | None, unit: str = "percent", **more: Any) -> Fact:
    return Fact(id_, value, unit, **{"period": SESSION, **more})


def day_of(facts: list[Fact], known: Catalog | None = None) -> Day:
    view = small_view(1)
    return Day(
        session=SESSION,
        previous_session=date(2025, 11, 4),
        next_session=date(2025, 11, 6),
        earlier_session=date(2025, 11, 3),
        as_of=NOW,
        stored_as_of=None,
        facts={f.id: f for f in facts},
        previous={},
        findings=(),
        problems=(),
        statements=(),
        view=view,  # type: ignore[arg-type]
        catalog=known or catalog(),
    )


CPI = (-1.1, -1.6, -0.5)


def sensitivities(
    state: str = "no_link", kept: tuple[str, ...] = (), cpi: tuple[float, float, float] = CPI
) -> list[Fact]:
    """Betas of the index and of three funds, all with an interval above zero, of which `kept` survive."""
    out = []
    for slug in ("spx", "utilities", "real_estate", "gold"):
        p = f"sensitivity.{slug}"
        low = -0.42 if slug == "spx" and state == "no_link" else 0.01
        for factor in ("real10y", "breakeven10y", "slope"):
            out.append(fact(f"{p}.{factor}.rolling.beta", 0.52, low=low, high=0.97, n=126))
        out.append(fact(f"{p}.state", state, "label"))
        out.append(fact(f"{p}.discovery", "yes" if slug in kept else "no", "label", n=28))
        out.append(fact(f"{p}.impact.total", 0.02, low=-0.3, high=0.34))
        out.append(fact(f"{p}.impact.residual", 0.3, low=-0.02, high=0.62))
        out.append(fact(f"{p}.fan.up25", 0.5, low=-2.0, high=3.0))
        out.append(fact(f"{p}.fan.percentile_5y", 53.0, window="2020-11-05 to 2025-11-05"))
    out.append(fact("sensitivity.spx.event.cpi.beta", cpi[0], low=cpi[1], high=cpi[2], n=59))
    out.append(fact("sensitivity.us.discoveries", float(len(kept)), "count", n=28))
    out.append(fact("sensitivity.us.breaks", 4.0, "count", n=28))
    return out


def words(day: Day, blocks: tuple[Block, ...]) -> str:
    from barograph.report.narrative.in_section import compose
    from barograph.report.narrative.setting import formatter

    texts = [b.text for b in blocks if isinstance(b, Paragraph)]
    return " ".join(compose(t, day.facts, day.setting, formatter())[0] for t in texts)


def table(blocks: tuple[Block, ...], caption: str) -> Table:
    return next(b for b in blocks if isinstance(b, Table) and b.caption.startswith(caption))


def row(found: Table, name: str) -> tuple[Cell, ...]:
    return next(r for r in found.rows if r[0].text[0] == name)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("no_link", "The S&P 500 has no reliable link to the real yield on days of any kind."),
        ("help", "The real yield helps the S&P 500 on days of any kind."),
        ("hurt", "The real yield hurts the S&P 500 on days of any kind."),
    ],
)
def test_the_opening_says_what_holds_and_passes_the_checker(state: str, said: str) -> None:
    day = day_of(sensitivities(state, ("utilities", "gold")))
    section = SensitivitySection().build(day)
    text = words(day, section.blocks)
    assert text.startswith(said) and "(90% interval" in text and "n 126" in text
    assert "On days of consumer prices it moves by −1.10% per +10 bp (−1.60% to −0.50%, n 59)." in text
    assert "Yields account for +0.02% of its return today (−0.30% to +0.34%), not distinguishable from zero." in text
    assert (
        "Of 28 assets tested, 2 links survive a 10% false-discovery limit: Gold fund (GLD), Utilities fund (XLU)."
        in text
        or ("2 links survive a 10% false-discovery limit: Utilities fund (XLU), Gold fund (GLD)." in text)
    )
    assert check_section(section, day.facts, day.setting) == []


def test_a_cpi_beta_whose_interval_holds_zero_claims_nothing() -> None:
    day = day_of(sensitivities(cpi=(-0.2, -0.7, 0.3)))
    section = SensitivitySection().build(day)
    assert "n 59), not distinguishable from zero." in words(day, section.blocks)
    assert check_section(section, day.facts, day.setting) == []


def test_only_links_that_survive_are_coloured() -> None:
    """The planted bug: every interval that leaves zero out was filled, one in ten of them by chance."""
    found = table(SensitivitySection().build(day_of(sensitivities("help", ("utilities",)))).blocks, "Sensitivities")
    filled = {r[0].text[0]: [c.heat for c in r[1:4]] for r in found.rows}
    assert filled["Utilities fund (XLU)"] == [2, 0, 0]
    assert all(heats == [0, 0, 0] for name, heats in filled.items() if name != "Utilities fund (XLU)")
    assert not row(found, "Utilities fund (XLU)")[4].muted and row(found, "Real estate fund (XLRE)")[4].muted


def test_an_interval_goes_where_its_point_goes() -> None:
    found = table(SensitivitySection().build(day_of(sensitivities())).blocks, "The session's move")
    for point in ("by yields", "at +25 bp"):
        at = [c.title for c in found.columns].index(point)
        assert not found.columns[at].optional
        cell = row(found, "S&P 500")[at]
        assert [r.part for r in cell.below if isinstance(r, Ref)] == ["low", "high"] and cell.muted


def test_series_that_are_not_covered_are_named() -> None:
    mine = replace(catalog()["us.rates.par_10y"], id="user.bund", readers=("sensitivity",), providers=())
    known = Catalog({**{r.id: r for r in catalog()}, mine.id: mine}, catalog().closures)
    blocks = SensitivitySection().build(day_of(sensitivities(), known)).blocks
    assert table(blocks, "Not covered").rows == ((Cell(("user.bund",)), Cell(("in percent, which is no price",))),)
    plain = SensitivitySection().build(day_of(sensitivities())).blocks
    assert "Not covered" not in [b.caption for b in plain if isinstance(b, Table)]


def test_every_universe_is_on_the_page_with_its_reason() -> None:
    """The planted bug: a universe without a session was left out of the page without a word."""
    why = "negative weights of delta on 2025-09-30: long only"
    spans = ("1d", "5d", "mtd", "qtd")
    facts = [fact(f"equity.user.broken.return_{s}", None, state="insufficient", reason=why) for s in spans]
    facts += [fact(f"equity.user.fine.return_{s}", 1.0) for s in spans[:3]]
    facts += [
        fact("equity.user.fine.return_qtd", None, state="insufficient", reason="no weights up to the close before")
    ]
    facts += [fact(f"equity.user.fine.member.a.contribution_{s}", 1.0, "pp") for s in spans[:3]]
    found = universe_tables(day_of(facts))
    assert [t.caption for t in found] == ["Your universes", "Your universe fine: contributions by member"]
    said = {r[0].text[0]: (r[1].text[0], r[2].text[0]) for r in found[0].rows}
    assert said["broken"] == ("insufficient", f"insufficient: {why}")
    assert said["fine"] == ("insufficient", "Quarter insufficient: no weights up to the close before")
    assert universe_tables(day_of([])) == []


def test_a_share_that_is_not_given_has_no_line_and_the_yield_beta_says_what_it_is_beyond() -> None:
    facts = [fact("megacap.us.nvda.market_beta", 2.0, "ratio", low=1.8, high=2.2)]
    facts += [
        fact("megacap.us.nvda.real10y.beta", 0.8, low=0.4, high=1.2),
        fact("megacap.us.nvda.relative_z_63d", 0.1, "sigma"),
    ]
    facts += [fact("megacap.us.contribution_1d", 0.02, "pp")]
    none = fact("megacap.us.contribution_share", None, state="insufficient", reason="they gave less than 0.05 pp")

    def labels(share: Fact) -> list[str]:
        blocks = MegaCapsSection().build(day_of([*facts, share])).blocks
        return [label for b in blocks if isinstance(b, FactList) for label, _, _ in b.items]

    assert "Share of the index's move" not in labels(none)
    assert "Share of the index's move" in labels(fact("megacap.us.contribution_share", 40.0))
    found = table(MegaCapsSection().build(day_of(facts)).blocks, "Sensitivities of the mega caps")
    assert (
        "Real yield beyond the market" in [c.title for c in found.columns] and "unlike in section 10" in found.subtitle
    )


@pytest.mark.parametrize("text", [MEMBERS_DIFFER, FUNDS_DIFFER])
def test_what_tells_a_fund_from_its_sector_passes_the_checker(text: str) -> None:
    day = day_of([])
    assert check(text, day.facts, day.setting, note=True) == []
