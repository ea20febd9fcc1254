"""The readers that a catalogue row names are the models that ask for it: no more, no fewer."""

from __future__ import annotations

from dataclasses import replace

from barograph.catalog.catalog import Catalog
from barograph.catalog.check import READERS
from barograph.catalog.load import load
from barograph.core.series import family_of
from barograph.models import registry

#: The sources section and the explorer show every row.
EVERY = {"sources", "explorer"}
MODELS = tuple(r for r in READERS if r not in EVERY)


def needs() -> dict[str, set[str]]:
    """What each model asks for, families for members."""
    return {name: {family_of(i) for i in model.needs()} for name, model in ((m.name, m) for m in registry())}


def wrong_readers(catalog: Catalog) -> list[str]:
    """Rows whose readers and whose models differ."""
    asked = needs()
    return [s.id for s in catalog if {n for n in MODELS if s.id in asked[n]} != set(s.readers) - EVERY]


def test_every_model_may_be_named() -> None:
    assert set(needs()) == set(MODELS)


def test_rows_name_the_models_that_read_them() -> None:
    assert wrong_readers(load()) == []


def test_models_ask_for_nothing_that_is_not_in_the_catalogue() -> None:
    # What a user may bring is in no packaged row.
    catalog = load()
    assert [i for ids in needs().values() for i in ids if i not in catalog and not i.startswith("user.")] == []


def test_a_planted_reader_is_found() -> None:
    rows = {s.id: s for s in load()}
    rows["us.vol.vix"] = replace(rows["us.vol.vix"], readers=("levels", "credit"))
    rows["us.rates.par_10y"] = replace(rows["us.rates.par_10y"], readers=("levels",))
    assert wrong_readers(Catalog(rows, ())) == ["us.rates.par_10y", "us.vol.vix"]
