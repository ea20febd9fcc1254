"""One pattern of facts' ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pattern:
    """`text` holds placeholders: `<asset>` a prefix of the table of assets, `<slug>` its short name, `<sector>`,
    `<series>` the last part of a series' id, `<TICKER>`. `unit` only where no empty archive can say it."""

    text: str
    meaning: str
    unit: str = ""
