"""Texts as runs: joining, tidying, counting words, and turning a finding's placeholders into Refs."""

from __future__ import annotations

import re

from barograph.core.estimate import Finding
from barograph.report.blocks import Ref, Run, Text

_PLACEHOLDER = re.compile(r"\{([^{}|]+)(?:\|(value|period|low|high|n|age))?\}")


def word_count(text: Text) -> int:
    """Words as a reader counts them: a figure with its unit is one, a dash or bracket none."""
    flat = "".join(run.replace("\u202f", "") if isinstance(run, str) else "x" for run in text)
    return sum(any(c.isalnum() for c in w) for w in flat.split())


def join(items: list[Text]) -> Text:
    """`a, b and c` as runs."""
    out: list[Run] = []
    for k, item in enumerate(items):
        out.append("" if k == 0 else " and " if k == len(items) - 1 else ", ")
        out.extend(item)
    return tidy(tuple(out))


def tidy(text: Text) -> Text:
    """Neighbouring words merged, empty runs dropped, the first letter a capital where it is a plain word's."""
    out: list[Run] = []
    for run in text:
        if isinstance(run, str) and out and isinstance(out[-1], str):
            out[-1] += run
        elif run != "":
            out.append(run)
    return tuple(out)


def capital(text: Text) -> Text:
    """The text with a capital first letter."""
    text = tidy(text)
    if text and isinstance(text[0], str) and text[0]:
        return (text[0][0].upper() + text[0][1:], *text[1:])
    return text


def finding_text(finding: Finding) -> Text:
    """A finding's text with its placeholders turned into Refs: `{id}` or `{id|period}`."""
    out: list[Run] = []
    at = 0
    for found in _PLACEHOLDER.finditer(finding.text):
        out.append(finding.text[at : found.start()])
        out.append(Ref(found[1], found[2] or "value"))  # type: ignore[arg-type]
        at = found.end()
    out.append(finding.text[at:])
    return capital(tuple(out))
