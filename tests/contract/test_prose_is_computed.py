"""Contract 8: prose is computed. Change any fact a text rests on, and the checker finds the text out.

The texts are finished strings: the checker sees no Ref and no template. A mutation counts only when it makes the text
false (a figure that prints differently, an order or sign turned round, another date or label, another size of move).
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import invented_page
from barograph.core.estimate import Fact
from barograph.core.units import SECTORS
from barograph.findings import apply_rules
from barograph.findings._names import name_of
from barograph.findings._thresholds import move_size
from barograph.report.blocks import Ref, Text
from barograph.report.narrative import checker, claims, date_claims, orderings
from barograph.report.narrative.binding import Book
from barograph.report.narrative.checker import check, readings
from barograph.report.narrative.in_section import compose
from barograph.report.narrative.runs import finding_text
from barograph.report.narrative.sentences import Narrator
from barograph.report.narrative.setting import Setting, formatter

PRINT = formatter()
SESSIONS = (date(2025, 11, 5), date(2024, 2, 29), date(2022, 9, 26), date(2020, 3, 16), date(2025, 12, 26))
SINCE = ("curve", "credit", "attribution", "momentum", "regime")
TITLES = ("curve", "ig", "hy", "attribution", "momentum", "assets")


@dataclass(frozen=True)
class Written:
    """A finished text, the runs it was printed from, and what it was made from."""

    kind: str
    text: Text
    words: str
    facts: dict[str, Fact]
    setting: Setting


def written(facts: dict[str, Fact], setting: Setting) -> list[Written]:
    """Every text that the templates and the rules make of a page."""
    n = Narrator(facts, setting)
    texts: list[tuple[str, Text]] = [("headline", n.headline()), ("deck", n.deck())]
    texts += [("moved", n.moved_most()), ("ordinary", n.ordinary())]
    texts += [(f"since {s}", n.since(s)) for s in SINCE] + [(f"title {t}", n.title(t)) for t in TITLES]
    context = invented_page.context(setting.session)
    found, _, _ = apply_rules(facts, setting.previous, context)
    texts += [(f.id, finding_text(f)) for f in found]
    return [Written(k, t, compose(t, facts, setting, PRINT)[0], facts, setting) for k, t in texts if t]


def pages() -> list[Written]:
    out: list[Written] = []
    for k, session in enumerate(SESSIONS):
        previous = invented_page.page(invented_page.seeded(100 + k), invented_page.setting(session).previous_session)
        facts = invented_page.page(invented_page.seeded(k), session)
        out += written(facts, invented_page.setting(session, previous))
    golden = invented_page.golden()
    return out + written(golden, invented_page.setting(previous=invented_page.page(invented_page.seeded(50))))


# ------------------------------------------------------------------------------------------------------- mutations

Mutation = tuple[str, str, dict[str, Fact]]  # kind, fact id, facts after it


def mutations(w: Written, rng: random.Random) -> Iterator[Mutation]:
    """Every kind of change to the facts under a text that makes the text false."""
    refs = [r for r in w.text if isinstance(r, Ref)]
    for ref in refs:
        fact = w.facts[ref.fact]
        if ref.part == "period" and fact.period is not None:
            shift = rng.choice((-400, -31, 31, 366))
            yield "date", ref.fact, _with(w.facts, replace(fact, period=fact.period + timedelta(shift)))
        elif not isinstance(fact.value, str):
            yield from _figures(w, fact, rng)
    ids = list(dict.fromkeys(r.fact for r in refs if r.part == "value"))
    yield from _swaps(w, ids)
    yield from _labels(w, rng)
    yield from _hidden(w, ids)


def _with(facts: dict[str, Fact], *changed: Fact) -> dict[str, Fact]:
    return facts | {f.id: f for f in changed}


def _figures(w: Written, fact: Fact, rng: random.Random) -> Iterator[Mutation]:
    before = PRINT(fact, "value", w.setting.session)
    digits = re.search(r"\d[\d,]*(?:\.(\d+))?", before)
    assert digits is not None
    step = 10.0 ** -len(digits[1] or "")
    value = fact.number + rng.choice((-1, 1)) * step * rng.choice((1.0, 1.6, 3.0, 10.0, 250.0))
    for kind, changed in (
        ("figure", replace(fact, value=value)),
        ("sign", replace(fact, value=-fact.number)),
        ("unit", replace(fact, unit="pp" if fact.unit != "pp" else "bp")),
    ):
        if PRINT(changed, "value", w.setting.session) != before:
            yield kind, fact.id, _with(w.facts, changed)


def _swaps(w: Written, ids: list[str]) -> Iterator[Mutation]:
    for a, b in pairwise(ids):
        one, two = w.facts[a], w.facts[b]
        shown = {PRINT(f, "value", w.setting.session) for f in (one, two)}
        if a.rpartition(".")[2] == b.rpartition(".")[2] and len(shown) == 2:
            yield "swap", a, _with(w.facts, replace(one, value=two.value), replace(two, value=one.value))


def _labels(w: Written, rng: random.Random) -> Iterator[Mutation]:
    words = w.words.lower()
    for h in ("1d", "20d"):
        if not any(w in words for w in ("steepener", "flattener", "parallel", "shapeless", "unchanged curve")):
            continue
        if ("over 20" in words) != (h == "20d") and w.kind != "since curve":
            continue
        move = w.facts[f"curve.us.move_{h}"]
        others = ("bull_steepener", "bear_flattener", "twist_steepener", "unchanged", "bear_parallel")
        modest = w.facts[f"curve.us.move_{h}.modest"]
        # Without a shape only the side is said: steepener or flattener is then all the same.
        same = str(move.value).partition("_")[0] if modest.value == "yes" else str(move.value)
        other = rng.choice([o for o in others if not o.startswith(same)])
        yield "label", move.id, _with(w.facts, replace(move, value=other))
        if "eepener" in str(move.value) or "attener" in str(move.value):
            yield "label", modest.id, _with(w.facts, replace(modest, value="no" if modest.value == "yes" else "yes"))
        leg = w.facts[f"curve.us.move_{h}.leg"]
        if "end led" in words and (h == "1d") == (w.kind != "curve_move.20d"):
            yield "label", leg.id, _with(w.facts, replace(leg, value="both"))
    if re.search(r" in an? \w+", words):
        for asset, name in (
            ("spx", "s&p 500 in"),
            ("us10y", "10-year yield in"),
            ("gold", "gold fund in"),
            ("btc", "bitcoin in"),
        ):
            fact = w.facts[f"momentum.{asset}.state"]
            if name in words:
                other = rng.choice([s for s in invented_page.STATES if s != fact.value])
                yield "label", fact.id, _with(w.facts, replace(fact, value=other))


def _hidden(w: Written, ids: list[str]) -> Iterator[Mutation]:
    """Facts that the text does not print but rests on: rivals in an order, the z behind a verb, the average behind a
    side."""
    verbs = "(?:edged|rose|fell|widened|tightened|steepened|flattened)"
    for id_ in ids:
        prefix, _, last = id_.rpartition(".")
        z = w.facts.get(f"{prefix}.z_1d")
        name_says = re.search(rf"{re.escape(name_of(prefix))} {verbs}", w.words, re.IGNORECASE) is not None
        if last in ("return_1d", "change_1d") and z is not None and f"{prefix}.z_1d" not in ids and name_says:
            other = 0.2 if move_size(z.number) != "edged" else 2.6
            yield "size", z.id, _with(w.facts, replace(z, value=other))
    if w.kind in ("sectors.contribution_1d", "sectors.return_1d", "since attribution", "title attribution"):
        measure = "return_1d" if w.kind == "sectors.return_1d" else "contribution_1d"
        listed = {i for i in ids if i.endswith(measure)}
        for slug in SECTORS.values():
            rival = w.facts[f"equity.us.sector.{slug}.{measure}"]
            if rival.id not in listed:
                yield "rival", rival.id, _with(w.facts, replace(rival, value=99.0))
    if w.kind == "moved":
        rival = w.facts["vol.us.vix.z_1d"]
        if rival.id not in ids:
            yield "rival", rival.id, _with(w.facts, replace(rival, value=-40.0))
    if w.kind == "ordinary":
        for name, id_ in (
            ("gold fund", "commodity.gold.z_1d"),
            ("VIX", "vol.us.vix.z_1d"),
            ("IG OAS", "credit.us.ig.oas.z_1d"),
        ):
            if name.lower() in w.words.lower():
                yield "size", id_, _with(w.facts, replace(w.facts[id_], value=-1.5))
    for spread in ("ig", "hy"):
        mean, level = (w.facts[f"credit.us.{spread}.oas.{k}"] for k in ("avg_5y", "level"))
        named = f"{spread.upper()} OAS" in w.words and "its 5-year average" in w.words
        if named and (w.kind != "deck" or spread == "ig"):
            shorter = f"{w.setting.session - timedelta(1000)} to {w.setting.session}"
            yield "window", mean.id, _with(w.facts, replace(mean, window=shorter))
        if named and w.kind == "deck" and spread == "ig":
            yield "side", mean.id, _with(w.facts, replace(mean, value=2.0 * level.number - mean.number))


def harvest(texts: list[Written], rng: random.Random) -> list[tuple[Written, Mutation]]:
    return [(w, m) for w in texts for m in mutations(w, rng)]


def missed(cases: list[tuple[Written, Mutation]]) -> list[str]:
    """The mutations that the checker does not see."""
    return [f"{m[0]} of {m[1]} in {w.kind}: {w.words}" for w, m in cases if not check(w.words, m[2], w.setting)]


@pytest.fixture(scope="module")
def texts() -> list[Written]:
    return pages()


@pytest.fixture(scope="module")
def cases(texts: list[Written]) -> list[tuple[Written, Mutation]]:
    """One of each kind for every fact under every text; the same on every run."""
    rng = random.Random(20251105)
    return harvest(texts, rng)


def test_the_untouched_texts_pass_and_every_figure_is_read_as_the_fact_it_was_printed_from(
    texts: list[Written],
) -> None:
    assert len(texts) > 150
    for w in texts:
        closed = w.kind.split()[0] in ("headline", "deck", "since", "title", "moved", "ordinary")
        assert check(w.words, w.facts, w.setting, closed=closed) == [], w.words
        refs = [r.fact for r in w.text if isinstance(r, Ref) and r.part == "value"]
        assert [r.fact for r in readings(w.words, w.facts, w.setting)] == refs, w.words


def test_a_thousand_mutated_facts_are_all_found(cases: list[tuple[Written, Mutation]]) -> None:
    kinds = Counter(m[0] for _, m in cases)
    assert len(cases) >= 1000
    assert set(kinds) == {"figure", "sign", "unit", "swap", "date", "label", "size", "rival", "side", "window"}
    assert min(kinds.values()) >= 5, kinds
    assert missed(cases) == []


def test_a_wrong_day_before_is_found(texts: list[Written]) -> None:
    for w in texts:
        if w.kind.startswith("since "):
            other = replace(w.setting, previous_session=w.setting.previous_session - timedelta(1))
            assert check(w.words, w.facts, other) != [], w.words


def test_another_state_on_the_session_before_is_found(texts: list[Written]) -> None:
    told = [w for w in texts if "moved from" in w.words]
    assert told
    for w in told:
        previous = {i: replace(f, value="none") if i.endswith(".state") else f for i, f in w.setting.previous.items()}
        assert check(w.words, w.facts, replace(w.setting, previous=previous)) != []


# -------------------------------------------------------------------------------- planted bugs in the checker itself

Plant = Callable[[pytest.MonkeyPatch], None]


def _set(target: object, name: str, value: object) -> Plant:
    return lambda patch: patch.setattr(target, name, value)


PLANTED: dict[str, Plant] = {
    "figures are not compared": _set(Book, "wrong_figure", lambda *a, **k: None),
    "a figure may be any fact that prints like it": _set(
        Book,
        "resolve",
        lambda book, s, n: next(
            (
                i
                for i, f in book.facts.items()
                if isinstance(f.value, float) and book.printed(i).strip() == n.text.strip()
            ),
            None,
        ),
    ),
    "dates are not placed": _set(date_claims, "_misplaced", lambda *a: None),
    "orders are not recomputed": _set(orderings, "_ranked", lambda *a: None),
    "moved most is believed": _set(orderings, "_moved_most", lambda *a: None),
    "the size of a move is believed": _set(claims, "move_size", lambda z: "plain"),
    "labels are believed": _set(checker, "curve_labels", lambda *a: iter(())),
    "states are believed": _set(checker, "states", lambda *a: iter(())),
    "sides of the average are believed": _set(checker, "references", lambda *a: iter(())),
}


@pytest.mark.parametrize("bug", sorted(PLANTED))
def test_a_planted_bug_in_the_checker_is_noticed(
    bug: str, texts: list[Written], cases: list[tuple[Written, Mutation]], monkeypatch: pytest.MonkeyPatch
) -> None:
    PLANTED[bug](monkeypatch)
    blind = any(not check(w.words, m[2], w.setting) for w, m in cases)
    assert blind or any(check(w.words, w.facts, w.setting) for w in texts), bug


# -------------------------------------------------------------------------------------- no false alarm on drawn pages

VALUES = st.one_of(st.just(0.0), st.just(1.0), st.floats(0.0, 1.0, allow_nan=False))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.data(),
    seed=st.integers(0, 10**6),
    session=st.sampled_from(SESSIONS),
    edge=st.integers(0, 12),
    lost=st.sets(st.integers(0, 400), max_size=60),
)
def test_no_false_alarm_on_drawn_pages(
    data: st.DataObject, seed: int, session: date, edge: int, lost: set[int]
) -> None:
    """200 pages: hypothesis draws edge values (ends of the range, zero) for some facts and takes others away."""
    rng = random.Random(seed)
    edges = iter(data.draw(st.lists(VALUES, min_size=edge, max_size=edge)))

    def draw(low: float, high: float) -> float:
        share = next(edges, None) if rng.random() < 0.3 else None
        if share is None:
            return rng.uniform(low, high)
        return 0.0 if share == 0.0 and low <= 0.0 <= high else low + share * (high - low)

    facts = invented_page.page(draw, session)
    for k, id_ in enumerate(sorted(facts)):
        if k in lost:
            facts[id_] = replace(facts[id_], value=None, state="insufficient", reason="taken away")
    before = invented_page.setting(session).previous_session
    setting = invented_page.setting(session, invented_page.page(rng.uniform, before))
    texts = written(facts, setting)
    whole = " ".join(w.words + ("" if w.words.endswith(".") else ".") for w in texts)
    assert check(whole, facts, setting) == []
    for w in texts:
        if w.kind == "headline":
            assert len(w.words.replace("\u202f", "").split()) <= 14, w.words
        if w.kind == "deck":
            assert 3 <= len(re.findall(r"\.(?: |$)", w.words)) <= 5, w.words
            assert len(w.words.replace("\u202f", "").split()) <= 60, w.words
        if w.kind.startswith("title"):
            assert len(w.words.replace("\u202f", "").split()) <= 10, w.words
