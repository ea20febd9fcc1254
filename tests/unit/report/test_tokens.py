"""Colours, recomputed from the style itself: contrast on every ground, distance for every kind of eye."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import combinations, pairwise

import pytest

CSS = files("barograph.report.render").joinpath("assets", "tokens.css").read_text("utf-8")
PAGE = files("barograph.report.render").joinpath("assets", "page.css").read_text("utf-8")
TEXT = ("ink", "ink2", "ink3", "link", "growth", "infl", "liq", "r1", "r3", "r4", "okfg")
MARKS = ("axis", "unc", "r1", "r3", "r4", "growth", "infl", "liq")
PAIRS = ("degraded", "insufficient", "fired", *(f"heat-{s}{k}" for s in "mp" for k in (1, 2, 3)))
#: Machado, Oliveira, Fernandes 2009 (doi 10.1109/TVCG.2009.113), severity 1, on linear RGB.
EYES = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
GROUPS = {
    "regimes": ("r1", "r2", "r3", "r4"),
    "drivers": ("growth", "infl", "liq"),
    "sign": ("growth", "infl"),
    "kinds of news": ("growth", "ink2", "infl", "unc"),
}


def tokens(css: str, start: str) -> dict[str, str]:
    body = css[css.index(start) :]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", body[: body.index("}")]))


LIGHT = tokens(CSS, ":root {")
DARK = tokens(CSS, ":root:not([data-theme=light])")
THEMES = {"light": LIGHT, "dark": DARK}


def linear(colour: str) -> tuple[float, ...]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)


def contrast(a: str, b: str) -> float:
    light, dark = sorted((0.2126 * r + 0.7152 * g + 0.0722 * v for r, g, v in (linear(a), linear(b))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def oklab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    """Ottosson 2020, from linear sRGB."""
    r, g, b = (max(0.0, min(1.0, v)) for v in rgb)
    lms = (
        0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b,
        0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b,
        0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b,
    )
    x, y, z = (v ** (1 / 3) for v in lms)
    return (
        0.2104542553 * x + 0.7936177850 * y - 0.0040720468 * z,
        1.9779984951 * x - 2.4285922050 * y + 0.4505937099 * z,
        0.0259040371 * x + 0.7827717662 * y - 0.8086757660 * z,
    )


def distance(a: str, b: str, eye: str) -> float:
    seen = [oklab(tuple(sum(m * v for m, v in zip(row, linear(c), strict=True)) for row in EYES[eye])) for c in (a, b)]
    return 100 * sum((p - q) ** 2 for p, q in zip(*seen, strict=True)) ** 0.5


def faint(theme: dict[str, str]) -> list[str]:
    """Tokens below their threshold on the grounds they may stand on."""
    grounds = ("paper", "sunken")
    out = [f"{t} on {g}" for t in TEXT for g in grounds if contrast(theme[t], theme[g]) < 4.5]
    out += [f"{t} on {g}" for t in MARKS for g in grounds if contrast(theme[t], theme[g]) < 3.0]
    out += [f"r2 on {g}" for g in ("paper", "surface") if contrast(theme["r2"], theme[g]) < 2.995]
    out += [p for p in PAIRS if contrast(theme[f"{p}-fg"], theme[f"{p}-bg"]) < 4.5]
    out += ["seg on r1"] if contrast(theme["seg"], theme["r1"]) < 4.5 else []
    out += ["fired-fg on paper"] if contrast(theme["fired-fg"], theme["paper"]) < 4.5 else []
    return out


@pytest.mark.parametrize("name", THEMES)
def test_contrast(name: str) -> None:
    assert faint(THEMES[name]) == []


def test_the_contrast_test_finds_a_faint_grey() -> None:
    assert "ink3 on paper" in faint({**LIGHT, "ink3": "#9aa1ab"})


#: A few ratios of the design's own table.
@pytest.mark.parametrize(
    ("theme", "fg", "bg", "expected"),
    [
        ("light", "ink", "paper", 16.89),
        ("light", "ink3", "sunken", 4.90),
        ("light", "axis", "paper", 3.41),
        ("light", "okfg", "paper", 5.85),
        ("dark", "ink3", "paper", 6.97),
        ("dark", "link", "sunken", 8.87),
        ("dark", "seg", "r1", 6.88),
    ],
)
def test_ratios_of_the_design(theme: str, fg: str, bg: str, expected: float) -> None:
    assert contrast(THEMES[theme][fg], THEMES[theme][bg]) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("name", THEMES)
def test_colours_are_told_apart(name: str, group: str, eye: str) -> None:
    theme = THEMES[name]
    least = min(distance(theme[a], theme[b], eye) for a, b in combinations(GROUPS[group], 2))
    assert least >= 10.0


def test_the_distance_test_finds_teal_and_plum() -> None:
    """The first choice for sign looked right and failed: a deuteranope sees one colour."""
    assert distance("#0f766e", "#8a4b7d", "normal") > 15.0
    assert distance("#0f766e", "#8a4b7d", "deutan") < 10.0


def test_dark_is_dark_on_screens_only() -> None:
    dark = CSS.index(":root:not([data-theme=light])")
    assert CSS.rindex("@media", 0, dark) == CSS.index("@media screen and (prefers-color-scheme: dark)")
    toggled = CSS.index(":root[data-theme=dark]")
    assert CSS[CSS.rindex("@media", 0, toggled) :].startswith("@media screen {")
    assert tokens(CSS, ":root[data-theme=dark]") == DARK
    assert set(DARK) == set(LIGHT)


def test_no_colour_stands_outside_the_tokens() -> None:
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", PAGE)) <= {"#ffffff"}
    used = set(re.findall(r"var\(--([\w-]+)\)", PAGE)) - {"l0", "l1", "w0", "w1"}
    assert used <= set(LIGHT)


def mixed(colour: str, ground: str, share: float) -> str:
    parts = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in (colour, ground)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in zip(*parts, strict=True))


#: The class of each regime, its colour, and the words that stand on it.
REGIMES = (("gu_id", "r1", "seg"), ("gu_iu", "r2", "on-r2"), ("gd_iu", "r3", "seg"), ("gd_id", "r4", "seg"))


@pytest.mark.parametrize("name", THEMES)
def test_words_on_a_regime_can_be_read(name: str) -> None:
    theme = THEMES[name]
    for cls, token, words in REGIMES:
        rule = re.search(rf"\.{cls} {{[^}}]*color-mix\(in srgb, var\(--{token}\) (\d+)%, var\(--paper\)\)", PAGE)
        assert rule is not None
        painted = mixed(theme[token], theme["paper"], int(rule[1]) / 100)
        assert contrast(theme[words], painted) >= 4.5
        assert contrast(theme[words], theme[token]) >= 4.5
        assert f"svg text.on-{cls}" in PAGE and f"fill: var(--{words})" in PAGE
        tint = mixed(theme[token], theme["paper"], 0.10)
        assert contrast(theme["ink"], tint) >= 4.5 and contrast(theme["ink2"], tint) >= 4.5
        # Beside the area its own colour carries its words, but gold, which must not, leaves them to the ink.
        assert (f"svg text.t-{cls} {{" in PAGE) == (token != "r2")
        assert token == "r2" or contrast(theme[token], theme["paper"]) >= 4.5


def test_white_on_blue_would_be_found_in_the_dark() -> None:
    assert contrast("#ffffff", mixed(DARK["r1"], DARK["paper"], 0.95)) < 4.5


@pytest.mark.parametrize("name", THEMES)
def test_neighbouring_tones_of_the_strip_differ(name: str) -> None:
    theme = THEMES[name]
    shares = [float(v) for v in re.findall(r"\.tone\d { fill-opacity: ([\d.]+); }", PAGE)]
    first = re.search(r"\.tone4 { fill: var\(--ink2\); fill-opacity: ([\d.]+);", PAGE)
    assert first is not None
    tones = [mixed(theme["ink2"], theme["paper"], v) for v in (float(first[1]), *shares)]
    assert len(tones) == 5
    for eye in EYES:
        assert all(distance(a, b, eye) >= 8.0 for a, b in pairwise(tones))
