"""Settings from the environment; the only place that reads it, and the only place that asks the machine for the time."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from barograph.core.errors import InputError
from barograph.core.time import Clock


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run needs to know of the world. `keys` never appears in a repr, a log or the archive."""

    archive: Path
    clock: Clock
    gateway: str | None = None
    disabled: frozenset[str] = frozenset()
    catalogue: Path | None = None
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)


def default_archive(env: Mapping[str, str]) -> Path:
    """`BAROGRAPH_ARCHIVE`, else the user's data folder."""
    if env.get("BAROGRAPH_ARCHIVE"):
        return Path(env["BAROGRAPH_ARCHIVE"])
    base = env.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "barograph"


def read_clock(env: Mapping[str, str]) -> Clock:
    """`BAROGRAPH_NOW` (ISO timestamp with offset, or a date: 18:00 New York) if set, else the system's clock."""
    text = env.get("BAROGRAPH_NOW", "").strip()
    if not text:
        return Clock(datetime.now(UTC))
    from datetime import date

    from barograph.core.time import DAY_END, new_york

    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            in_utc = new_york(day, DAY_END) if 1900 <= day.year <= 2200 else None
        else:
            instant = datetime.fromisoformat(text)
            in_utc = instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        in_utc = None
    if in_utc is None or not 1900 <= in_utc.year <= 2200:
        raise InputError(
            f"BAROGRAPH_NOW={text}",
            "neither a date nor an ISO timestamp with offset, between 1900 and 2200",
            "2025-11-05T18:00:00-05:00 or 2025-11-05",
            "Correct the variable or unset it: the system's clock is used then.",
        )
    return Clock(in_utc)


def read_settings(archive: Path | None = None, env: Mapping[str, str] | None = None) -> Settings:
    """Settings of this run; an explicit `archive` wins over the environment."""
    env = os.environ if env is None else env
    gateway = env.get("BAROGRAPH_GATEWAY", "").strip().rstrip("/") or None
    if gateway and not gateway.startswith(("http://", "https://")):
        raise InputError(
            "BAROGRAPH_GATEWAY", "not an http(s) address", "http://127.0.0.1:8080", "Give the address with its scheme."
        )
    keys = {name: key for name, read in (("fred", _fred_key), ("bls", _bls_key)) if (key := read(env))}
    return Settings(
        archive=archive or default_archive(env),
        clock=read_clock(env),
        gateway=gateway,
        disabled=frozenset(s.strip() for s in env.get("BAROGRAPH_DISABLE", "").split(",") if s.strip()),
        catalogue=Path(env["BAROGRAPH_CATALOGUE"]) if env.get("BAROGRAPH_CATALOGUE") else None,
        keys=keys,
    )


def _fred_key(env: Mapping[str, str]) -> str:
    key = env.get("BAROGRAPH_FRED_API_KEY", "").strip()
    if key and not (len(key) == 32 and key.isalnum() and key == key.lower()):
        raise InputError(
            "BAROGRAPH_FRED_API_KEY",
            f"{len(key)} characters; the key itself is not shown",
            "32 lower-case letters and digits",
            "Copy the key from your FRED account, or unset the variable: without a key there are no vintages.",
        )
    return key


def _bls_key(env: Mapping[str, str]) -> str:
    # The Bureau does not say what its keys look like; those seen are 32 hexadecimal digits.
    key = env.get("BAROGRAPH_BLS_API_KEY", "").strip()
    if key and not re.fullmatch(r"[A-Za-z0-9-]{16,64}", key):
        raise InputError(
            "BAROGRAPH_BLS_API_KEY",
            f"{len(key)} characters; the key itself is not shown",
            "16 to 64 letters, digits and hyphens",
            "Copy the key from the Bureau's mail, or unset the variable: without a key fewer requests are answered.",
        )
    return key
