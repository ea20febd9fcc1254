"""`barograph doctor`, `compact`, `verify`: is the archive whole, is the machine fit, what failed lately."""

from __future__ import annotations

import json
import platform
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from barograph.run.settings import Settings


def _open(settings: Settings) -> Any:
    from barograph.archive.archive import Archive
    from barograph.run.api import load_catalog

    return Archive.open(settings.archive, load_catalog(settings, settings.archive))


def examine(settings: Settings, as_json: bool) -> tuple[str, bool]:
    """All checks as (text, healthy)."""
    from barograph.archive import sqlite_version
    from barograph.core.errors import BarographError
    from barograph.core.version import __version__
    from barograph.run.api import load_catalog
    from barograph.run.ingest import unknown_providers

    checks: list[tuple[str, str, str]] = []
    checks.append(("ok", "barograph", f"{__version__}, Python {platform.python_version()}, {platform.system()}"))
    if platform.system() != "Linux":
        checks.append(("note", "durability", "proven on a Linux local disk only; on this system it is untested"))
    version = sqlite_version()
    fixed = version >= (3, 51, 3)
    text = ".".join(map(str, version))
    checks.append(
        (
            "ok" if fixed else "note",
            "SQLite",
            text if fixed else f"{text}; before 3.51.3 only one process may checkpoint: ours does",
        )
    )
    checks.append(("ok", "clock", f"{settings.clock.now.isoformat()} ({settings.clock.today} in New York)"))
    checks.append(("ok", "gateway", _without_words(settings.gateway) or "none: providers are asked directly"))
    strange = unknown_providers(settings)
    if settings.disabled:
        off = ", ".join(sorted(settings.disabled))
        checks.append(
            ("bad", "turned off", f"BAROGRAPH_DISABLE names no provider: {', '.join(strange)}")
            if strange
            else ("ok", "turned off", off)
        )
    key = "set" if settings.keys.get("fred") else "not set: no vintages; get one free from FRED, BAROGRAPH_FRED_API_KEY"
    checks.append(("ok" if settings.keys.get("fred") else "note", "FRED key", key))
    what = "catalogue"
    try:
        catalog = load_catalog(settings, settings.archive)
        faults = catalog.check()
        checks.append(("bad" if faults else "ok", "catalogue", "; ".join(faults) or f"{len(catalog)} series"))
        what = "archive"
        archive = _open(settings)
        problems = archive.verify()
        checks += [("bad", "archive", f"{p.subject}: {p.message}") for p in problems]
        coverages = archive.coverages()
        if not problems:
            through = max((c.end for c in coverages.values()), default=None)
            checks.append(("ok", "archive", f"{settings.archive}: whole; {len(coverages)} series, through {through}"))
        checks.append(("ok", "ledger head", archive.head()))
        held = archive.quarantined("held")
        checks += [("note", "quarantine", q.describe()) for q in held]
        recent = [p for p in archive.problems(30) if p.source != "quarantine"]  # named above, while they are held
        checks += [("note", p.source, f"{p.subject}: {p.message}") for p in recent[:10]]
    except BarographError as error:
        asked = error.asked if what == "catalogue" else ""
        checks.append(("bad", what, ". ".join(filter(None, (asked, error.found, error.step)))))
    healthy = all(state != "bad" for state, _, _ in checks)
    if as_json:
        rows = [{"state": s, "what": w, "text": t} for s, w, t in checks]
        return json.dumps({"healthy": healthy, "checks": rows}, indent=1, ensure_ascii=False), healthy
    return "\n".join(f"{state:<5} {what:<12} {text}" for state, what, text in checks), healthy


def _without_words(gateway: str | None) -> str:
    """The gateway's address without a user's name and password."""
    return re.sub(r"//[^/@]*@", "//***@", gateway or "")


def run_compact(settings: Settings) -> str:
    """Merge small segments now; say how many became how many."""
    archive = _open(settings)
    before = archive.segment_count()
    archive.table()  # every segment is checked, also where there is nothing to merge
    if before < 2:
        return f"nothing to merge: {before} segment"
    with archive.writer(settings.clock) as writer:
        writer.compact(force=True)
    return f"{before} segments became {archive.segment_count()}; replaced ones are kept for their grace period"


def run_verify(settings: Settings, anchor: str | None) -> tuple[str, bool]:
    """Re-check everything, against an earlier page's head where one is given."""
    archive = _open(settings)
    problems = archive.verify(anchor)
    if problems:
        return "\n".join(f"{p.subject}: {p.message}" for p in problems), False
    return f"whole; ledger head {archive.head()}", True
