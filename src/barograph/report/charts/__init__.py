"""Charts as SVG: each is drawn twice, 704 and 344 units wide, with 12 px text at 1:1; never one drawing scaled."""

from __future__ import annotations

from typing import Literal

Width = Literal[704, 344]
WIDE: Width = 704
NARROW: Width = 344
