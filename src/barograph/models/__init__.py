"""From what was known to what it says: each model reads one view and gives quantities, facts and explanations."""

from __future__ import annotations

import importlib
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from barograph.core.errors import CatalogError

if TYPE_CHECKING:
    from barograph.models._protocol import Composite, Model

__all__ = ["composites", "module_of", "registry", "settings"]


@cache
def _lines() -> dict[str, dict[str, Any]]:
    text = (files(__name__) / "registry.toml").read_text("utf-8")
    return cast(dict[str, dict[str, Any]], tomllib.loads(text))


def settings() -> dict[str, dict[str, Any]]:
    """What runs daily and with which settings, by model, in the order of registry.toml; no model is imported."""
    return {name: {k: v for k, v in line.items() if k != "folder"} for name, line in _lines().items()}


def module_of(name: str) -> str:
    """Where a model of the registry stands: one module of its name in the folder that the line names."""
    return ".".join((__name__, str(_lines()[name].get("folder", "")), name))


def registry() -> tuple[Model, ...]:
    """The models of registry.toml that read a view, in its order, each with its settings; their modules are imported here.

    Raises
    ------
    CatalogError
        A line without a module of that name, a module without MODEL, or a setting that the model does not have.
    """
    return tuple(cast("Model", m) for m in _made() if not isinstance(m, _composite()))


def composites() -> tuple[Composite, ...]:
    """The models of registry.toml that read other models' estimates, in its order; they run after the others."""
    return tuple(m for m in _made() if isinstance(m, _composite()))


def _composite() -> type[Composite]:
    from barograph.models._protocol import Composite

    return Composite


def _made() -> tuple[object, ...]:
    out: list[object] = []
    for name, line in settings().items():
        given = {key: tuple(value) if isinstance(value, list) else value for key, value in line.items()}
        try:
            out.append(importlib.import_module(module_of(name)).MODEL(name=name, **given))
        except (ImportError, AttributeError, TypeError) as error:
            raise CatalogError(
                f"the model {name!r} of models/registry.toml",
                str(error),
                "the folder that has a module of that name with MODEL, and the settings that MODEL has",
                "Correct the line, or the module's MODEL.",
            ) from error
    return tuple(out)
