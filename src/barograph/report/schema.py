"""Check a page's JSON against report/schema.json, with the part of JSON Schema (2020-12) that the file uses.

The tests run the same documents through a full validator and compare the verdicts.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache
from importlib.resources import files
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
#: What this checker understands; a word outside the list would be a rule that nobody enforces.
_WORDS = frozenset(
    {"$schema", "title", "description", "$defs", "$ref", "type", "enum", "const", "anyOf", "properties", "required"}
    | {"additionalProperties", "items", "prefixItems", "minItems", "maxItems", "pattern", "minimum", "maximum"}
    | {"exclusiveMinimum"}
)


@cache
def schema() -> dict[str, Any]:
    """The schema as a dict."""
    raw: dict[str, Any] = json.loads(files("barograph.report").joinpath("schema.json").read_text("utf-8"))
    return raw


def check(document: Any) -> list[str]:
    """Faults of a document, each as `place: what is wrong`; an empty list means valid.

    >>> check({"format": "barograph.report"})[0]
    "$: 'format_version' is missing"
    """
    faults: list[str] = []
    _check(document, schema(), "$", faults)
    return faults


def _check(value: Any, rule: dict[str, Any], at: str, faults: list[str]) -> None:
    if "$ref" in rule:
        rule = schema()["$defs"][rule["$ref"].rpartition("/")[2]]
    unknown = rule.keys() - _WORDS
    if unknown:
        raise ValueError(f"schema.json uses {sorted(unknown)}, which this checker does not know")
    if "anyOf" in rule:
        _check_any(value, rule["anyOf"], at, faults)
        return
    if "const" in rule and value != rule["const"]:
        faults.append(f"{at}: {value!r} instead of {rule['const']!r}")
    if "enum" in rule and value not in rule["enum"]:
        faults.append(f"{at}: {value!r} is none of {rule['enum']}")
    if "type" in rule and not _is(value, rule["type"]):
        faults.append(f"{at}: {type(value).__name__} instead of {rule['type']}")
        return
    if isinstance(value, dict):
        _check_object(value, rule, at, faults)
    elif isinstance(value, list):
        _check_array(value, rule, at, faults)
    elif isinstance(value, str):
        if "pattern" in rule and not re.search(rule["pattern"], value):
            faults.append(f"{at}: {value!r} has not the form {rule['pattern']}")
    elif isinstance(value, (int, float)):
        if not math.isfinite(value):
            faults.append(f"{at}: {value} is no number of JSON")
        if value < rule.get("minimum", -math.inf) or value > rule.get("maximum", math.inf):
            faults.append(f"{at}: {value} is out of range")
        if value <= rule.get("exclusiveMinimum", -math.inf):
            faults.append(f"{at}: {value} is out of range")


def _is(value: Any, types: str | list[str]) -> bool:
    for name in [types] if isinstance(types, str) else types:
        # True is an int in Python and none in JSON; 3.0 is an integer in JSON Schema.
        if isinstance(value, bool):
            if name == "boolean":
                return True
        elif isinstance(value, _TYPES[name]) or (name == "integer" and isinstance(value, float) and value.is_integer()):
            return True
    return False


def _check_any(value: Any, rules: list[dict[str, Any]], at: str, faults: list[str]) -> None:
    closest: list[str] | None = None
    for rule in rules:
        found: list[str] = []
        _check(value, rule, at, found)
        if not found:
            return
        # The faults of the branch that is meant: the one whose `kind` fits, else the one with fewest.
        meant = not any(f.startswith(f"{at}.kind:") for f in found)
        if closest is None or (meant and len(found) < len(closest)):
            closest = found
    faults.extend(closest or [])


def _check_object(value: dict[str, Any], rule: dict[str, Any], at: str, faults: list[str]) -> None:
    inner: dict[str, Any] = rule.get("properties", {})
    faults.extend(f"{at}: {name!r} is missing" for name in rule.get("required", []) if name not in value)
    if rule.get("additionalProperties") is False:
        faults.extend(f"{at}: {name!r} is not known" for name in value if name not in inner)
    for name, child in value.items():
        if name in inner:
            _check(child, inner[name], f"{at}.{name}", faults)


def _check_array(value: list[Any], rule: dict[str, Any], at: str, faults: list[str]) -> None:
    if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", math.inf):
        faults.append(f"{at}: {len(value)} items")
    first = rule.get("prefixItems", [])
    for i, child in enumerate(value):
        if i < len(first):
            _check(child, first[i], f"{at}[{i}]", faults)
        elif "items" in rule:
            _check(child, rule["items"], f"{at}[{i}]", faults)
