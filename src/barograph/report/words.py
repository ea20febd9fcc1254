"""Text into words, HTML or Markdown: the plain runs escaped, every number put in by the one formatter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from html import escape

from barograph.core.errors import NarrativeError
from barograph.core.estimate import Fact
from barograph.report.blocks import Ref, Text
from barograph.report.dates import Style
from barograph.report.format import printed

Facts = Mapping[str, Fact]

_LEAD_IN = re.compile(r"(Since [^.;:]{1,40}|Ordinary today)[.:](\s|$)")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~$])")
_LINK = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?::\d{1,5})?[/?#][A-Za-z0-9/%:@!$&,;=+~._?#-]*")
_COMMAND = re.compile(r"`([^`\n]{1,120})`")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def fact_for(ref: Ref, facts: Facts) -> Fact:
    """The fact that a reference names; a name that is no fact of this page raises with the nearest one."""
    fact = facts.get(ref.fact)
    if fact is None:
        near = get_close_matches(ref.fact, facts, 1)
        raise NarrativeError(
            f"a reference to {ref.fact}", "no such fact on this page", near[0] if near else "", "Refer to a fact."
        )
    return fact


def words(text: Text, facts: Facts, session: date, *, style: Style = "prose") -> str:
    """The text as a reader sees it, without marks: for alt texts, titles and the checker."""
    return "".join(
        clean(run) if isinstance(run, str) else printed(fact_for(run, facts), run.part, session=session, style=style)
        for run in text
    )


def markup(text: Text, facts: Facts, session: date, *, style: Style = "prose", lead_in: bool = False) -> str:
    """The text as HTML: words escaped, numbers in `<span data-fact=ID>`; their full values stand in the page's table.

    With `lead_in` an opening "Since 4 Nov." is set in bold.
    """
    out = [_html_run(run, facts, session, style) for run in text]
    if lead_in and out:
        return _bold_opening(text, out)
    return "".join(out)


def marked(text: Text, facts: Facts, session: date, *, style: Style = "prose") -> str:
    """The text as Markdown: words escaped, numbers as printed."""
    return "".join(
        escape_markdown(run)
        if isinstance(run, str)
        else escape_markdown(printed(fact_for(run, facts), run.part, session=session, style=style))
        for run in text
    )


def data_element(ref: Ref, facts: Facts, session: date, style: Style = "prose") -> str:
    """One number as an element that gives the fact back to a parser."""
    return f"<span{fact_attributes(ref)}>{number_text(ref, facts, session, style)}</span>"


def fact_attributes(ref: Ref) -> str:
    """The attributes by which an element names its fact, with the blank before them."""
    part = "" if ref.part == "value" else f' data-part="{ref.part}"'
    return f' data-fact="{escape(ref.fact)}"{part}'


def number_text(ref: Ref, facts: Facts, session: date, style: Style = "prose") -> str:
    """One number as HTML without an element of its own."""
    return escape(printed(fact_for(ref, facts), ref.part, session=session, style=style))


def clean(text: str) -> str:
    """Untrusted words without control and direction marks; U+202F, which the formatter prints, stays."""
    return _CONTROL.sub(lambda m: m[0] if m[0] == "\u202f" else "", text)


def lawful_link(url: str) -> str:
    """The address if it is http or https and of the characters of an address, else nothing: what is shown then is no link.

    >>> lawful_link("https://example.org/a?b=1"), lawful_link("javascript:alert(1)"), lawful_link('https://a/"x')
    ('https://example.org/a?b=1', '', '')
    """
    return url if _LINK.fullmatch(url) else ""


def escape_markdown(text: str) -> str:
    """Words that stay words in Markdown, also inside a table cell.

    >>> escape_markdown("a|b <script> *x*")
    'a\\\\|b \\\\<script\\\\> \\\\*x\\\\*'
    """
    return _MARKDOWN.sub(r"\\\1", clean(text)).replace("\n", " ")


def prose(text: str) -> str:
    """Untrusted words as HTML; what stands in backticks, a command to type, is set as code.

    >>> prose("run `barograph update` & wait")
    'run <code>barograph update</code> &amp; wait'
    """
    return _COMMAND.sub(r"<code>\1</code>", escape(clean(text)))


def unescape_markdown(text: str) -> str:
    """The reverse of `escape_markdown`."""
    return re.sub(r"\\([\\`*_\[\]<>|#~$])", r"\1", text)


def _html_run(run: str | Ref, facts: Facts, session: date, style: Style) -> str:
    return prose(run) if isinstance(run, str) else data_element(run, facts, session, style)


def _bold_opening(text: Text, out: list[str]) -> str:
    """Set the opening up to its first full stop in bold; the stop may stand after a reference."""
    plain = ""
    for i, run in enumerate(text):
        piece = run if isinstance(run, str) else "0"
        found = _LEAD_IN.match(plain + piece)
        if found and isinstance(run, str):
            cut = found.end(1) + 1 - len(plain)
            opening = "".join(out[:i]) + prose(run[:cut])
            return f"<b>{opening}</b>{prose(run[cut:])}" + "".join(out[i + 1 :])
        plain += piece
    return "".join(out)
