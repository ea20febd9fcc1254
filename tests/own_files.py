"""A map of one series and a file for it: what tests of users' files start from."""

from __future__ import annotations

from datetime import UTC, date, datetime

from barograph.catalog.load import load
from barograph.core.observation import Reading
from barograph.core.series import Series

NOW = datetime(2025, 11, 5, 23, 0, tzinfo=UTC)
CATALOG = load()
SERIES = {
    "id": "user.cdx_ig",
    "column": "spread",
    "title": "CDX investment grade",
    "unit": "bp",
    "frequency": "D",
    "release": "day 18:00",
    "rights": "personal",
}
MAP = {"date": "Date", "series": [SERIES]}
GOOD = "Date,spread\n2025-11-03,51.2\n2025-11-04,52.0\n2025-11-05,52.75\n"
Answer = tuple[bytes, list[Series], list[Reading], tuple[date, date]]
