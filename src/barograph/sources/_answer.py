"""Reading an answer: its pieces as they come, its clock, how long it asks to wait, and why it refuses."""

from __future__ import annotations

import email.utils
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast

import httpcore2
import httpx2

from barograph.sources._decode import BadBody, Unpacker
from barograph.sources._limits import Deadline

#: Failures of the network, from the library and from what lies below it.
NETWORK = (httpx2.TransportError, httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError)


def pieces(answer: httpx2.Response) -> Iterable[bytes]:
    """The body as it comes from the network, still packed.

    In no fixed size: a size would wait until it is full, and the check of the deadline with it.
    """
    return cast("Iterable[bytes]", answer.stream)


def http_date(text: str | None) -> datetime | None:
    """An HTTP date as a UTC instant; None where it is none."""
    try:
        found = email.utils.parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError, OverflowError):
        return None
    return found.astimezone(UTC) if found and found.tzinfo else None


def retry_after(text: str | None, date: datetime | None) -> float | None:
    """Seconds that Retry-After asks for: a number, or an instant against the server's own clock."""
    text = (text or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until = http_date(text)
    return max(0.0, (until - date).total_seconds()) if until and date else None


def said(answer: httpx2.Response, deadline: Deadline) -> str:
    """What a refusal says in words, from the first kilobytes of its body; empty for a page of HTML."""
    try:
        unpacker = Unpacker(answer.headers.get("content-encoding", ""), 16 * 2**10)
        for piece in pieces(answer):
            deadline.left()
            unpacker.feed(piece)
        text = unpacker.close().decode("utf-8", "replace").strip()
    except (BadBody, *NETWORK):
        return ""
    if text.startswith("{"):
        try:
            return _message(json.loads(text)) or ""
        except (ValueError, RecursionError):
            return ""
    return "" if text.startswith("<") else text


def _message(data: Any, depth: int = 3) -> str | None:
    if not isinstance(data, dict):
        return None
    for name in ("error_message", "description", "message"):
        if isinstance(data.get(name), str):
            return str(data[name])
    found = (_message(value, depth - 1) for value in data.values()) if depth else iter(())
    return next((text for text in found if text), None)
