"""Words into HTML and Markdown: untrusted text stays text, numbers come from facts only."""

from __future__ import annotations

import re
from datetime import date

import pytest

import report_fixture as fx
from barograph.core.errors import NarrativeError
from barograph.report.blocks import Ref
from barograph.report.words import clean, escape_markdown, markup, unescape_markdown, words

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "[click](javascript:alert(1))",
    "**bold** _x_ `code` | cell",
    "a\u202eb\u200bc\x00d\u2066",
    "line\nbreak",
    "&lt;b&gt; &amp;",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_untrusted_words_stay_words(text: str) -> None:
    html = re.sub(r"</?code>", "", markup((text,), {}, fx.SESSION))
    assert "<" not in html
    assert '"' not in html
    markdown = escape_markdown(text)
    assert "\n" not in markdown
    assert unescape_markdown(markdown) == clean(text).replace("\n", " ")
    for mark in "<>[]*_`|":
        assert all(markdown[i - 1] == "\\" for i, c in enumerate(markdown) if c == mark)


def test_direction_and_zero_width_marks_go_and_the_thin_space_stays() -> None:
    assert clean("a\u202eb\u200b\u2066c\u202fd") == "abc\u202fd"


def test_a_number_is_an_element_that_gives_the_fact_back() -> None:
    text = ("now ", Ref("curve.us.10y.level"), " of ", Ref("curve.us.10y.level", "period"))
    assert markup(text, fx.facts(), fx.SESSION, style="table") == (
        'now <span data-fact="curve.us.10y.level">4.27%</span> of '
        '<span data-fact="curve.us.10y.level" data-part="period">2031-03-12</span>'
    )
    assert words(text, fx.facts(), fx.SESSION).startswith("now 4.27% of Wed")


def test_a_missing_value_is_a_dash() -> None:
    assert '">–</span>' in markup((Ref("us.cot.spx.net"),), fx.facts(), fx.SESSION)


def test_a_reference_to_no_fact_is_refused_with_the_nearest() -> None:
    with pytest.raises(NarrativeError, match=r"curve\.us\.10y\.level"):
        words((Ref("curve.us.10y.lvl"),), fx.facts(), date(2031, 3, 12))


def test_the_opening_of_a_since_line_is_bold() -> None:
    facts = fx.facts()
    assert markup(("Since 4 Nov. All quiet.",), facts, fx.SESSION, lead_in=True) == "<b>Since 4 Nov.</b> All quiet."
    bound = markup(("Since ", Ref("curve.us.10y.level", "period"), ". Quiet."), facts, fx.SESSION, lead_in=True)
    assert bound.startswith("<b>Since <span ")
    assert bound.endswith(".</b> Quiet.")
    assert markup(("Since 4\u202fNov: all quiet.",), facts, fx.SESSION, lead_in=True).startswith(
        "<b>Since 4\u202fNov:</b> all"
    )
    assert markup(("Nothing since 4 Nov. Quiet.",), facts, fx.SESSION, lead_in=True).count("<b>") == 0
