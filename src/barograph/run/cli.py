"""The command line. Every command imports what it needs when it runs, so that `--help` answers at once."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from barograph.core.errors import BarographError
from barograph.run.options import (
    ArchiveOption,
    AsOfOption,
    JsonOption,
    StoredOption,
    instant_of,
    record_at,
    settings_at,
)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A daily, point-in-time record of the macro regime that scores its own statements.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from barograph.core.version import __version__

        typer.echo(f"barograph {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A daily, point-in-time record of the macro regime that scores its own statements."""


@app.command()
def update(
    archive: ArchiveOption = None,
    until: Annotated[str | None, typer.Option("--until", help="Last day to look at (default: today).")] = None,
    only: Annotated[str | None, typer.Option("--only", help="Ask this provider only.", metavar="SOURCE")] = None,
) -> None:
    """Fill the archive from the providers; exit code 0 all came, 3 some failed, 1 none."""
    from barograph.run.update import run_update

    raise typer.Exit(run_update(settings_at(archive), until, only))


@app.command()
def report(
    archive: ArchiveOption = None,
    as_of: AsOfOption = None,
    stored_as_of: StoredOption = None,
    format: Annotated[str, typer.Option("--format", help="html, md, json; several with commas.")] = "html",
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")] = Path(),
) -> None:
    """Build the page of a day."""
    from barograph.run.api import resolve_stored
    from barograph.run.publish import publish

    record = record_at(archive)
    when = instant_of(record, as_of)
    for line in publish(record, when, resolve_stored(stored_as_of, record.settings), format.split(","), out):
        typer.echo(line)


@app.command()
def sample(
    out: Annotated[Path, typer.Option("--out", help="Folder for the page and its archive.")] = Path("out"),
    format: Annotated[str, typer.Option("--format", help="html, md, json; several with commas.")] = "html,md,json",
) -> None:
    """Build the page of the packaged sample: no network, no key, a fixed session."""
    from barograph.run.sample import run_sample

    for line in run_sample(out, format.split(",")):
        typer.echo(line)


@app.command()
def series(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SERIES_ID | show SERIES_ID",
            help="us.rates.par_10y or fred:PAYEMS; after `show` all that is known of it; none lists all.",
        ),
    ] = None,
    archive: ArchiveOption = None,
    as_of: AsOfOption = None,
    stored_as_of: StoredOption = None,
    as_json: JsonOption = False,
    as_html: Annotated[bool, typer.Option("--html", help="With show: write a page of the series.")] = False,
    out: Annotated[Path, typer.Option("--out", help="Folder for the page.")] = Path(),
) -> None:
    """List the catalogue, or show one series: what it is and its newest value; with show its vintages, revisions,
    next release and lineage too."""
    from barograph.run.explore import asked_for, show_explored
    from barograph.run.show import show_series

    explored, series_id = asked_for(words or [])
    if explored and series_id is not None:
        folder = out if as_html else None
        typer.echo(show_explored(settings_at(archive), series_id, as_of, stored_as_of, as_json, folder))
    else:
        typer.echo(show_series(settings_at(archive), series_id, as_of, stored_as_of, as_json))


@app.command()
def asof(
    series_id: Annotated[str, typer.Argument(help="us.rates.par_10y or fred:PAYEMS.")],
    archive: ArchiveOption = None,
    as_of: AsOfOption = None,
    stored_as_of: StoredOption = None,
    start: Annotated[str | None, typer.Option("--from", help="First period.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last period.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Print a series as it could be known at a day."""
    from barograph.run.show import show_asof

    typer.echo(show_asof(settings_at(archive), series_id, as_of, stored_as_of, start, end, as_json))


@app.command()
def vintages(
    series_id: Annotated[str, typer.Argument(help="us.labour.payrolls or fred:PAYEMS.")],
    archive: ArchiveOption = None,
    period: Annotated[str | None, typer.Option("--period", help="One period: 2008-09 or 2008-09-01.")] = None,
    stored_as_of: StoredOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print every vintage of a series, or of one of its periods."""
    from barograph.run.show import show_vintages

    typer.echo(show_vintages(settings_at(archive), series_id, period, stored_as_of, as_json))


@app.command()
def diff(
    a: Annotated[str, typer.Argument(help="The earlier day: a date (18:00 New York) or an ISO timestamp.")],
    b: Annotated[str, typer.Argument(help="The later day.")],
    archive: ArchiveOption = None,
    match: Annotated[str, typer.Option("--match", help="Only ids of series and facts that begin so.")] = "",
    stored_as_of: StoredOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what became known between two days: new, revised, withdrawn and rebased values, and the facts that moved."""
    from barograph.run.show_diff import show_diff

    typer.echo(show_diff(settings_at(archive), a, b, match, stored_as_of, as_json))


@app.command()
def calendar(
    archive: ArchiveOption = None,
    as_of: AsOfOption = None,
    stored_as_of: StoredOption = None,
    days: Annotated[int, typer.Option("--days", help="How many days ahead.")] = 14,
    as_json: JsonOption = False,
) -> None:
    """Print what is to come: releases by rule and by announcement, policy meetings, auctions, your own events."""
    from barograph.run.show_calendar import show_calendar

    typer.echo(show_calendar(settings_at(archive), as_of, stored_as_of, days, as_json))


@app.command()
def explain(
    fact_id: Annotated[str, typer.Argument(help="A fact's id, e.g. curve.us.10y.level.")],
    archive: ArchiveOption = None,
    as_of: AsOfOption = None,
    stored_as_of: StoredOption = None,
    as_json: JsonOption = False,
) -> None:
    """Walk a number back: fact, inputs, observations, batches, requests, raw bytes."""
    from barograph.run.lineage import explain_fact

    typer.echo(explain_fact(settings_at(archive), fact_id, as_of, stored_as_of, as_json))


@app.command()
def facts(
    archive: ArchiveOption = None,
    as_of: AsOfOption = None,
    stored_as_of: StoredOption = None,
    as_json: JsonOption = False,
    match: Annotated[str, typer.Option("--match", help="Only ids that begin so.")] = "",
) -> None:
    """Print every fact of a day."""
    from barograph.run.show import show_facts

    typer.echo(show_facts(settings_at(archive), as_of, stored_as_of, match, as_json))


@app.command()
def score(
    model: Annotated[
        str,
        typer.Argument(
            help="What is scored: activity, attribution, credit, equity_premium, growth, inflation, liquidity, "
            "market_regime, rates, recession, regime or sensitivity."
        ),
    ],
    first: Annotated[str, typer.Option("--from", help="First day of the replay.", metavar="DATE")],
    last: Annotated[str, typer.Option("--to", help="Last day of the replay.", metavar="DATE")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replay a model over the past, each day from what could be known then, and score what it said."""
    from barograph.run.score import show_score

    typer.echo(show_score(settings_at(archive), model, first, last, as_json))


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, Parquet or Excel; of a calendar also iCalendar (.ics).")],
    map_file: Annotated[Path, typer.Option("--map", help="MAP.toml: what the file's columns are.", metavar="MAP.toml")],
    archive: ArchiveOption = None,
) -> None:
    """Import a file of your own; it comes in whole or not at all."""
    from barograph.run.importing import import_into

    for line in import_into(settings_at(archive), file, map_file):
        typer.echo(line)


@app.command()
def doctor(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Check archive, settings and environment; exit code 1 when something is wrong."""
    from barograph.run.doctor import examine

    text, healthy = examine(settings_at(archive), as_json)
    typer.echo(text)
    raise typer.Exit(0 if healthy else 1)


@app.command()
def compact(archive: ArchiveOption = None) -> None:
    """Merge the archive's small segments; nothing that was ever known is dropped."""
    from barograph.run.doctor import run_compact

    typer.echo(run_compact(settings_at(archive)))


@app.command()
def verify(
    archive: ArchiveOption = None,
    anchor: Annotated[str | None, typer.Option("--anchor", help="A ledger head printed on an earlier page.")] = None,
) -> None:
    """Re-check every byte of the archive against its manifest; exit code 1 when something differs."""
    from barograph.run.doctor import run_verify

    text, healthy = run_verify(settings_at(archive), anchor)
    typer.echo(text)
    raise typer.Exit(0 if healthy else 1)


def main() -> None:
    """Run the command line; an expected failure prints its four parts and exits with 2."""
    # What a page is made of lives until the page is written: looking through it for garbage again and again costs more
    # than the little that is found.
    gc.set_threshold(500_000, 50, 50)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a minus sign still gets the figure
    try:
        try:
            app()
        finally:
            gc.freeze()  # the interpreter need not look through a whole page once more before it ends: half a second
    except BarographError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    except OSError as error:  # what was said could not be written: a full device, a pipe that broke
        sys.stderr.write(
            f"asked:   writing the answer\nfound:   {error.strerror or error}\nnext:    Make room for it.\n"
        )
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
