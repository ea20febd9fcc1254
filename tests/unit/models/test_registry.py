"""The registry, and what holds for every model in it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from dataclasses import fields

import pytest

import barograph.models as room
from barograph.core.errors import CatalogError
from barograph.core.units import UNITS
from barograph.models import composites, module_of, registry, settings
from barograph.models.assets import ASSETS, assets_of
from models_view import catalog, small_view

NAMES = [
    *("levels", "curve", "credit", "credit_band", "attribution", "momentum", "prints", "ranges", "positioning"),
    *("growth", "inflation", "activity", "gdp_nowcast", "inflation_nowcast", "liquidity", "recession"),
    *("market_regime", "market_hmm", "gdp_switching", "shocks"),
    *("attribution_windows", "tilt", "megacaps", "universes", "equity_premium", "term_premium", "expected_record"),
    *("sensitivity", "fan_record", "announcements", "curve_fit", "policy_path", "path_record"),
]
TOGETHER = ["regime"]


def test_order_names_and_versions() -> None:
    assert [m.name for m in registry()] == NAMES
    assert [c.name for c in composites()] == TOGETHER
    assert [*NAMES, *TOGETHER] == list(settings())
    assert all(m.version == settings()[m.name]["version"] for m in (*registry(), *composites()))


@pytest.mark.parametrize("name", [*NAMES, *TOGETHER])
def test_every_setting_is_written_in_the_registry(name: str) -> None:
    model = importlib.import_module(module_of(name)).MODEL()
    written = {k: tuple(v) if isinstance(v, list) else v for k, v in settings()[name].items()}
    # How a model is run is no setting of it.
    own = [f.name for f in fields(model) if f.name not in ("monthly", "after", "recalls")]
    assert {n: getattr(model, n) for n in own} == {"name": name, **written}


def test_models_are_imported_when_asked_for_only() -> None:
    code = "import sys, barograph.models; sys.exit('barograph.models.markets.momentum' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "line",
    [
        {"none": {"folder": "markets"}},
        {"levels": {"folder": "rates"}},
        {"levels": {}},
        {"ewmac": {"folder": "markets"}},
        {"levels": {"folder": "markets", "wnidow": 3}},
    ],
)
def test_a_wrong_line_is_an_error_in_four_parts(line: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_lines", lambda: line)
    with pytest.raises(CatalogError, match=r"registry\.toml"):
        registry()


def test_needs_are_in_the_catalogue_and_name_their_reader() -> None:
    for model in registry():
        for series_id in model.needs():
            if not series_id.startswith("user."):  # what a user may bring is in no packaged row
                assert model.name in catalog()[series_id].readers, (model.name, series_id)


def test_recession_dates_are_read_by_no_model() -> None:
    for model in registry():
        assert not [s for s in model.needs() if "nber" in s.lower() or "usrec" in s.lower()]


def test_every_fact_is_well_formed() -> None:
    view, seen = small_view(1), {}
    for model in registry():
        state = model.fit(view)  # type: ignore[arg-type]
        after, estimate = model.step(state, view)  # type: ignore[arg-type]
        assert after == state and estimate.as_of == view.known_at and estimate.model == model.name
        for fact in model.facts(estimate):
            assert fact.id not in seen, f"{fact.id} is made by {seen.get(fact.id)} and {model.name}"
            seen[fact.id] = model.name
            assert fact.unit in UNITS
            assert fact.state != "insufficient" or fact.reason, fact.id
            assert fact.state != "degraded" or fact.reason, fact.id
            if fact.value is not None:
                assert fact.lineage and fact.known_at is not None and fact.period is not None, fact.id
                assert fact.known_at <= view.known_at
                assert isinstance(fact.value, str) == (fact.unit == "label")
                assert isinstance(fact.value, (float, str)) and type(fact.value) in (float, str)
    assert len(seen) > 900


def test_assets_have_one_prefix_each() -> None:
    assert len({a.prefix for a in ASSETS}) == len({a.slug for a in ASSETS}) == len(ASSETS)
    assert [a.slug for a in assets_of(catalog())] == [a.slug for a in ASSETS]


def test_a_sample_catalogue_adds_shares_and_exchange_rates() -> None:
    from barograph.catalog.load import load

    added = {a.slug: a for a in assets_of(load(sample=True)) if a not in ASSETS}
    assert added["usd_per_eur"].prefix == "fx.usd_per_eur"
    assert added["jpm"].prefix == "equity.us.jpm"
    assert "spy" not in added and {a.kind for a in added.values()} == {"price"}
