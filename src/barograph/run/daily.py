"""The daily page: models at the session and at the one before, findings, sections, the ledger."""

from __future__ import annotations

import platform
import traceback
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from barograph.core.errors import BarographError, CoverageError
from barograph.core.estimate import Estimate, Fact, Problem, Statement, fact_of
from barograph.core.time import (
    CLOSE,
    AsOfDate,
    new_york,
    page_before,
    session_after,
    session_before,
)
from barograph.core.version import __version__
from barograph.run.estimation import Estimation
from barograph.run.past import past_of
from barograph.run.recession_record import recession_record
from barograph.run.troubles import COMPARED, folded, recorded_problems, second_opinions

if TYPE_CHECKING:
    from barograph.archive.archive import Archive
    from barograph.archive.view import AsOf
    from barograph.catalog.catalog import Catalog
    from barograph.core.time import Clock
    from barograph.report.blocks import Report
    from barograph.report.day import Day


#: What a model may meet in data that nobody foresaw: it costs the model's facts and not the page.
FAILURES = (BarographError, ArithmeticError, ValueError, LookupError, TypeError)


def model_facts(view: AsOf, estimation: Estimation | None = None) -> tuple[dict[str, Fact], list[Problem]]:
    """Run every model of the registry on a view; a model that fails becomes a Problem and the others go on."""
    from barograph.models import composites, registry

    estimation = estimation or Estimation()
    facts: dict[str, Fact] = {}
    problems: list[Problem] = []
    said: dict[str, Estimate] = {}
    models = registry()
    by_name = {m.name: m for m in models}
    for model in models:
        try:
            said[model.name] = estimation.estimate(model, view)
            made = model.facts(said[model.name])
        except FAILURES as error:
            problems.append(_failed(model.name, error))
            continue
        _take(made, facts, problems)
    for composite in composites():
        try:
            estimate = estimation.compose(composite, view, said, by_name)
        except FAILURES as error:
            problems.append(_failed(composite.name, error))
            continue
        _take([fact_of(q) for q in estimate.quantities], facts, problems)
    return facts, problems


def _failed(name: str, error: BaseException) -> Problem:
    """What a reader is told of a model that failed: the error's own words or, of one that nobody foresaw, where it arose."""
    if isinstance(error, BarographError):
        return Problem("models", name, error.found or str(error), "error", error.step)
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    step = "Report this as a bug; what the other models say is not touched."
    return Problem("models", name, f"{type(error).__name__}: {error} ({where})", "error", step)


def _take(made: Iterable[Fact], facts: dict[str, Fact], problems: list[Problem]) -> None:
    for fact in made:
        if fact.id in facts:
            problems.append(Problem("models", fact.id, "two models made this fact; the first stands", "error"))
            continue
        facts[fact.id] = fact


def build_facts(archive: Archive, catalog: Catalog, as_of: AsOfDate, stored_as_of: datetime | None) -> tuple[Fact, ...]:
    """Every fact of a day: those of the models and those about the page."""
    return tuple(_day(archive, catalog, as_of, stored_as_of, drawn=False).facts.values())


def _day(
    archive: Archive, catalog: Catalog, as_of: AsOfDate, stored_as_of: datetime | None, *, drawn: bool = True
) -> Day:
    """The day of a page; what only its charts need is left out where nothing is drawn."""
    from barograph.findings import Context, apply_rules
    from barograph.report.day import Day, Record
    from barograph.report.page_facts import condition_facts, page_facts

    session = as_of.session
    before, after = session_before("NYSE", session), session_after("NYSE", session)
    view = archive.as_of(as_of.instant, stored_as_of)
    estimation = Estimation(archive.states)
    facts, problems = model_facts(view, estimation)
    earlier_view = archive.as_of(page_before(as_of.instant, session, before), stored_as_of)
    previous, _ = model_facts(earlier_view, estimation)
    facts.update({f.id: f for f in recession_record(view)})
    context = Context(session, before, after, as_of.instant, catalog)
    facts.update({f.id: f for f in page_facts(facts, context)})
    findings, found, statements = apply_rules(facts, previous, context)
    facts.update({f.id: f for f in condition_facts(findings, facts)})
    return Day(
        session=session,
        previous_session=before,
        next_session=after,
        earlier_session=session_before("NYSE", session, 20),
        as_of=as_of.instant,
        stored_as_of=stored_as_of,
        facts=facts,
        previous=previous,
        findings=findings,
        problems=(
            *problems,
            *folded(found),
            *second_opinions(view, catalog, session_before("NYSE", session, COMPARED), session),
            *recorded_problems(archive, as_of, stored_as_of, view),
        ),
        statements=statements,
        view=view,
        catalog=catalog,
        sample=is_sample(catalog),
        record=past_of(estimation, view, session, facts) if drawn else Record(),
    )


def is_sample(catalog: Catalog) -> bool:
    """Whether the archive is the packaged sample: its rows come from the sample provider."""
    return any(p.source == "sample" for s in catalog for p in s.providers)


def build_report(archive: Archive, catalog: Catalog, as_of: AsOfDate, stored_as_of: datetime | None = None) -> Report:
    """The page of a day as frozen parts, checked: no text in it says what its facts do not bear.

    Raises
    ------
    CoverageError
        Nothing at all is known at the as-of: the archive is empty there.
    """
    return build_page(archive, catalog, as_of, stored_as_of)[0]


def build_page(
    archive: Archive, catalog: Catalog, as_of: AsOfDate, stored_as_of: datetime | None = None
) -> tuple[Report, tuple[Statement, ...]]:
    """The page and the statements it makes about the next session."""
    from barograph.report.blocks import Report
    from barograph.report.check import checked
    from barograph.report.sections import makers

    day = _day(archive, catalog, as_of, stored_as_of)
    # What rests on no row of the archive (a base rate of labels) says nothing about it.
    if not any(f.value is not None and f.lineage for f in day.facts.values() if not f.id.startswith("page.")):
        looked = [c.end for c in archive.coverages().values()]
        raise CoverageError(
            f"the page of {as_of.session}",
            "the archive knows nothing at this as-of",
            f"it has looked through {max(looked)}" if looked else "it is empty",
            "Run `barograph update`, or ask for another day.",
        )
    sections = tuple(m.build(day) for m in makers())
    shown = {i for s in sections for i in s.facts}
    report = Report(
        session=day.session,
        as_of=day.as_of,
        stored_as_of=stored_as_of,
        notice=notice(day),
        note=as_of.note,
        sections=sections,
        facts=tuple(f for _, f in sorted(day.facts.items())),
        problems=day.problems,
        head=archive.head(),
        version=__version__,
        sample=day.sample,
        environment=environment(),
    )
    # Checked against everything that is known of the day; printed with what the page shows (`barograph facts` has all).
    page = checked(report, day.setting)
    return replace(page, facts=tuple(f for f in page.facts if f.id in shown)), day.statements


def notice(day: Day) -> str:
    """One sentence when a closure suspends releases: its title, its day, and the last payrolls and CPI known."""
    from barograph.report.format import printed

    closure = day.catalog.closure_at(day.as_of)
    if closure is None:
        return ""
    parts = [f"{closure.title}, day {(day.session - closure.start).days + 1}"]
    for name, id_ in (("payrolls", "macro.us.payrolls.latest"), ("CPI", "macro.us.cpi.latest")):
        if day.has(id_):
            parts.append(f"last {name} known: {printed(day.facts[id_], 'period')}")
    return "; ".join(parts) + ". Suspended figures are shown with their age; none is guessed."


def environment() -> tuple[tuple[str, str], ...]:
    """What a replay must match to be byte for byte the same."""
    import numpy
    import polars

    return (
        ("python", platform.python_version()),
        ("numpy", numpy.__version__),
        ("polars", polars.__version__),
    )


def write_statements(archive: Archive, clock: Clock, as_of: AsOfDate, statements: tuple[Statement, ...]) -> str:
    """Write the page's statements to the ledger if it is the page of the clock's latest session; say what was done.

    A statement about a session that has been is no statement, so a replay writes none.
    """
    from barograph.core.time import resolve_as_of

    latest = resolve_as_of(clock.today.isoformat(), clock).session
    if as_of.session != latest or clock.now >= new_york(session_after("NYSE", as_of.session), CLOSE):
        return "replay of a past session: no statement was written to the ledger"
    if not statements:
        return "no statement could be made"
    held = {s.id for s, *_ in archive.statements(as_of.session)}
    fresh = [s for s in statements if s.id not in held]
    if not fresh:
        return f"the ledger holds this session's {len(held)} statements already"
    with archive.writer(clock) as writer:
        writer.add_statements(fresh)
    return f"{len(fresh)} statements written to the ledger, head {archive.head()[:16]}"
