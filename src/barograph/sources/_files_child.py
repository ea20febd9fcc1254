"""Reads one foreign table in a process of its own, under limits of memory and time; `files` starts it.

In on stdin: one line of JSON (format, columns, delimiter, sheet, skip, most_rows, memory, seconds), then the file's bytes.
Out on stdout: JSON with the columns asked for as text, or what was found instead. A file that makes a decoder fail,
allocate without end or abort takes this process with it and nothing else.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import sys
from typing import Any


def limit(memory: int, seconds: int) -> None:
    """Set the limits before anything that decodes is imported: address space, CPU time, no files, no core."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(spec: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The columns asked for: {"rows", "head", "columns": {name: {"type", "cells"}}}, or {"found", "nearest"}."""
    import polars as pl

    if spec["format"] == "csv":
        body = body.rstrip(b"\r\n") + b"\n"  # empty lines at the end are no rows
        for _ in range(spec["skip"]):
            body = body.partition(b"\n")[2]
    stream = io.BytesIO(body)
    if spec["format"] == "parquet":
        lazy = pl.scan_parquet(stream)
        rows = int(lazy.select(pl.len()).collect().item())  # from the footer: nothing is decoded yet
        if rows > spec["most_rows"]:
            return {"found": f"{rows} rows", "nearest": f"{spec['most_rows']} rows"}
        head = lazy.collect_schema().names()
        missing = [c for c in spec["columns"] if c not in head]
        frame = pl.DataFrame() if missing else lazy.select(spec["columns"]).collect()
    elif spec["format"] == "excel":
        options: dict[str, Any] = {"sheet_name": spec["sheet"]} if spec["sheet"] else {"sheet_id": 1}
        options["read_options"] = {"header_row": spec["skip"]}
        frame = pl.read_excel(stream, drop_empty_rows=False, drop_empty_cols=False, raise_if_empty=False, **options)
        head = frame.columns
    else:
        if not body.strip():
            return {"found": "an empty file", "nearest": ""}
        try:
            frame = pl.read_csv(stream, infer_schema=False, separator=spec["delimiter"], n_rows=spec["most_rows"] + 1)
        except pl.exceptions.ComputeError as error:
            return {"found": f"rows that do not fit the head ({_first_line(error)})", "nearest": _delimiter(spec, body)}
        head = frame.columns
        short = _short_row(spec, body, head) if frame.height else ""
        if short:
            return {"found": short, "nearest": "an empty cell has its delimiter"}
    missing = [c for c in spec["columns"] if c not in head]
    if missing:
        return {"found": f"no column {missing[0]!r} among {', '.join(head[:12])}", "nearest": _near(missing[0], head)}
    twice = [c for c in spec["columns"] if f"{c}_duplicated_0" in head]
    if twice:
        return {"found": f"the column {twice[0]!r} twice", "nearest": ""}
    if frame.height > spec["most_rows"]:
        return {"found": f"more than {spec['most_rows']} rows", "nearest": f"{spec['most_rows']} rows"}
    return {"rows": frame.height, "head": head, "columns": {c: _cells(frame[c]) for c in spec["columns"]}}


def _short_row(spec: dict[str, Any], body: bytes, head: list[str]) -> str:
    """The first row that ends before a column that is wanted: a file cut off, which the decoder would fill with gaps."""
    need = max((head.index(c) + 1 for c in spec["columns"] if c in head), default=0)
    rows = csv.reader(io.StringIO(body.decode("utf-8"), newline=""), delimiter=spec["delimiter"])
    for number, cells in enumerate(rows, 1):
        if len(cells) < need:
            return f"row {number + spec['skip']}: {len(cells)} cell{'' if len(cells) == 1 else 's'} of {len(head)}"
    return ""


def _delimiter(spec: dict[str, Any], body: bytes) -> str:
    """Another delimiter, where the head is full of it."""
    head = body.split(b"\n", 1)[0].decode("utf-8", "replace")
    other = max(";\t|,", key=head.count)
    return f"delimiter = {json.dumps(other)} in the map" if head.count(other) > head.count(spec["delimiter"]) else ""


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0][:200] if str(error) else "no reason"


def _near(word: str, words: list[str]) -> str:
    from difflib import get_close_matches

    return ", ".join(get_close_matches(word, words, 2, 0.4)) or ", ".join(words[:6])


def _cells(column: Any) -> dict[str, Any]:
    import polars as pl

    kind = column.dtype
    if kind == pl.Date:
        return {"type": "day", "cells": [None if v is None else v.isoformat() for v in column.to_list()]}
    if isinstance(kind, pl.Datetime):
        return {"type": "instant", "cells": [None if v is None else v.isoformat() for v in column.to_list()]}
    if kind.is_numeric():
        return {
            "type": "number",
            "cells": [None if v is None else repr(v) if kind.is_float() else str(v) for v in column.to_list()],
        }
    if kind == pl.Null:
        return {"type": "text", "cells": [None] * column.len()}
    if kind in (pl.String, pl.Categorical, pl.Enum):
        return {"type": "text", "cells": column.cast(pl.String).to_list()}
    return {"type": str(kind), "cells": []}


def main() -> int:
    """Read, answer in JSON; any failure of a decoder becomes a sentence."""
    spec = json.loads(sys.stdin.buffer.readline())
    limit(spec["memory"], spec["seconds"])
    try:
        answer = read(spec, sys.stdin.buffer.read())
    except MemoryError:
        return 1  # the limit of `limit`: the parent says so
    except BaseException as error:  # decoders of foreign bytes also raise panics, which are no Exception
        answer = {"found": f"{type(error).__name__}: {_first_line(error)}"}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
