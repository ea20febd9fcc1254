"""A model that meets what nobody foresaw costs its own facts; the page is made and says so."""

from __future__ import annotations

from typing import Any

import pytest

from barograph.core.errors import InputError
from barograph.models.markets.momentum import MODEL as Momentum
from barograph.models.rates.curve import MODEL as Curve
from barograph.run.daily import model_facts
from models_view import NOW, archive_of, small_view


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return archive_of(tmp_path_factory.mktemp("failing"), small_view(years=2).rows, NOW).as_of(NOW)


@pytest.mark.parametrize("error", [ZeroDivisionError("division by zero"), IndexError("7"), ValueError("no such axis")])
def test_an_error_that_nobody_foresaw_is_a_problem(
    view: Any, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise error

    whole, before = model_facts(view)
    monkeypatch.setattr(Momentum, "step", fail)
    facts, problems = model_facts(view)
    [problem] = [p for p in problems if p not in before]
    assert (problem.source, problem.subject, problem.severity) == ("models", "momentum", "error")
    assert problem.message.startswith(f"{type(error).__name__}: ") and "test_failing_model.py:" in problem.message
    assert "Report this as a bug" in problem.step
    gone = whole.keys() - facts.keys()
    assert gone and {i: f for i, f in whole.items() if i not in gone} == facts


def test_an_error_of_our_own_keeps_its_words(view: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise InputError("the curve", "two tens", "one ten", "Take one away.")

    monkeypatch.setattr(Curve, "step", fail)
    _, problems = model_facts(view)
    assert [(p.message, p.step) for p in problems if p.subject == "curve"] == [("two tens", "Take one away.")]


def test_a_programmers_error_stays_loud(view: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise AssertionError("this cannot be")

    monkeypatch.setattr(Momentum, "step", fail)
    with pytest.raises(AssertionError):
        model_facts(view)
