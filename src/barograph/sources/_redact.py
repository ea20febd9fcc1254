"""Keys never leave: every form in which one could show up in a text, a log record or a body is replaced."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MARK = "[key]"
#: Loggers of the HTTP libraries that write addresses, headers or exceptions.
LOGGERS = (
    "httpx2",
    "httpcore2",
    "httpcore2.connection",
    "httpcore2.http11",
    "httpcore2.http2",
    "httpcore2.proxy",
    "httpcore2.socks",
)


def _forms(key: str) -> set[str]:
    raw = key.encode()
    percent = "".join(f"%{b:02x}" for b in raw)
    escaped = {repr(key)[1:-1], json.dumps(key)[1:-1], json.dumps(key, ensure_ascii=False)[1:-1]}
    once = {key, quote(key, safe=""), quote_plus(key), percent, raw.hex(), *escaped}
    out = once | {quote(form, safe="") for form in once}
    for ahead in range(3):
        # Inside a longer base64 text the key starts at any of three offsets; bits shared with neighbours are cut off.
        shifted = base64.b64encode(b"\0" * ahead + raw).decode().rstrip("=")
        core = shifted[(0, 2, 3)[ahead] : len(shifted) - (1 if (ahead + len(raw)) % 3 else 0)]
        out |= {core, core.replace("+", "-").replace("/", "_"), quote(core, safe="")}
    return {form for form in out if len(form) >= 4} | {key}


class Redactor:
    """Replaces keys, in whatever usual form, by `[key]`.

    The forms: as it is, URL-encoded once and twice, percent-encoded throughout, base64 and base64url at any offset,
    hexadecimal, escaped as in a repr or in JSON; upper or lower case alike.

    >>> Redactor(["s3cret/key"]).text("GET /x?api_key=s3cret%2Fkey HTTP/1.1")
    'GET /x?api_key=[key] HTTP/1.1'
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._forms = sorted({f for key in keys if key for f in _forms(key)}, key=len, reverse=True)
        pattern = "|".join(re.escape(form) for form in self._forms)
        self._pattern = re.compile(pattern, re.IGNORECASE) if pattern else None
        # In bytes, ignoring case stops at ASCII: hence both cases by name.
        self._probes = sorted(
            {v.encode() for f in self._forms for v in (f, f.upper(), f.lower())}, key=len, reverse=True
        )
        self._bytes = re.compile(b"|".join(map(re.escape, self._probes)), re.IGNORECASE) if pattern else None

    def __repr__(self) -> str:
        return "Redactor()"

    def text(self, text: str) -> str:
        """`text` without keys."""
        return self._pattern.sub(MARK, text) if self._pattern else text

    def body(self, body: bytes) -> bytes:
        """`body` without keys; looked through form by form, since a body may be large and rarely holds one."""
        if self._bytes is None or not any(probe in body for probe in self._probes):
            return body
        return self._bytes.sub(MARK.encode(), body)


class LogFilter(logging.Filter):
    """Redacts the records of the HTTP libraries, with their arguments and exceptions."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace what the record would print; the record itself stays."""
        record.msg, record.args = self._redactor.text(record.getMessage()), ()
        if record.exc_info:
            record.exc_text, record.exc_info = logging.Formatter().formatException(record.exc_info), None
        if record.exc_text:  # possibly written by the filter of another client, which knows other keys
            record.exc_text = self._redactor.text(record.exc_text)
        if record.stack_info:
            record.stack_info = self._redactor.text(record.stack_info)
        return True


def guard_logs(redactor: Redactor) -> LogFilter:
    """Put a LogFilter on every logger of the HTTP libraries; `release_logs` takes it off."""
    guard = LogFilter(redactor)
    for name in LOGGERS:
        # A filter acts on the logger it hangs on only, not on records that come up from below: hence each by name.
        logging.getLogger(name).addFilter(guard)
    return guard


def release_logs(guard: LogFilter) -> None:
    """Take `guard` off again."""
    for name in LOGGERS:
        logging.getLogger(name).removeFilter(guard)
