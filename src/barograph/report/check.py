"""The last look before a page is printed: every text of every section against the facts of that section."""

from __future__ import annotations

from collections.abc import Mapping

from barograph.core.errors import NarrativeError
from barograph.core.estimate import Fact
from barograph.report.blocks import Report
from barograph.report.narrative.checker import NarrativeFault
from barograph.report.narrative.in_section import check_section
from barograph.report.narrative.setting import Setting


def faults(report: Report, setting: Setting) -> list[tuple[str, NarrativeFault]]:
    """(section, fault) for everything a text says that the page's facts do not bear out."""
    facts: Mapping[str, Fact] = {f.id: f for f in report.facts}
    return [(s.slug, fault) for s in report.sections for fault in check_section(s, facts, setting)]


def check_report(report: Report, setting: Setting) -> None:
    """Raise NarrativeError on the first sentence that does not hold; a page with a false sentence is not printed."""
    found = faults(report, setting)
    if found:
        slug, fault = found[0]
        raise NarrativeError(
            f"the text of section {slug}",
            f"{fault.sentence!r}: {fault.token!r}, {fault.why}",
            f"{len(found)} such places" if len(found) > 1 else "",
            "Report this as a bug; the facts themselves are in `barograph facts`.",
        )
