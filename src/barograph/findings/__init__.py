"""Rules over facts: what moved, what is extreme, what contradicts itself, what would prove a reading wrong.

Each module of this folder that does not begin with an underscore is a rule and exports exactly one RULE; the exceptions
are `condition`, the language of invalidation lines, and `headlines` and `catalysts`, over what is no fact. Adding a rule is
adding a file.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import cast

from barograph.core.errors import CatalogError
from barograph.core.estimate import Fact, Finding, Problem, Statement
from barograph.findings._protocol import Context, Facts, Outcome, Rule

__all__ = ["Context", "Facts", "Outcome", "Rule", "apply_rules", "rules"]

#: Modules of this folder that are no rules.
NOT_RULES = frozenset({"catalysts", "condition", "headlines"})


def rules() -> dict[str, Rule]:
    """All rules by name, in the order of their file names.

    Raises
    ------
    CatalogError
        A module without RULE, or a name used twice.
    """
    out: dict[str, Rule] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        if info.name.startswith("_") or info.name in NOT_RULES:
            continue
        module = importlib.import_module(f"{__name__}.{info.name}")
        rule = getattr(module, "RULE", None)
        if rule is None or rule.name in out:
            found = "no RULE" if rule is None else f"the name {rule.name!r}, which another rule carries"
            raise CatalogError(
                f"the finding rule in findings/{info.name}.py",
                found,
                "one `RULE = ...` per module, its name unique",
                "Export RULE, or begin the file's name with an underscore if it is no rule.",
            )
        out[rule.name] = cast(Rule, rule)
    return out


def apply_rules(
    facts: Mapping[str, Fact], previous: Mapping[str, Fact], context: Context
) -> tuple[tuple[Finding, ...], tuple[Problem, ...], tuple[Statement, ...]]:
    """Run every rule; findings come out by rank, largest first, ties by id, so that equal facts give an equal page."""
    outcomes: list[Outcome] = [o for rule in rules().values() for o in rule.apply(facts, previous, context)]
    findings = sorted((o for o in outcomes if isinstance(o, Finding)), key=lambda f: (-f.rank, f.id))
    problems = [o for o in outcomes if isinstance(o, Problem)]
    statements = sorted((o for o in outcomes if isinstance(o, Statement)), key=lambda s: s.id)
    return tuple(findings), tuple(problems), tuple(statements)
