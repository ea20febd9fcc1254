"""The only way out to the network: one bounded, polite, key-keeping GET.

Every failure is a SourceError without a key in it: not in its text, not in a chained exception, not in a variable of a
frame that its traceback keeps. That is why failures travel as values until the last frame raises.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

import httpcore2
import httpx2
import tenacity

from barograph.core.errors import SourceError
from barograph.core.version import __version__
from barograph.sources._answer import NETWORK, http_date, pieces, retry_after, said
from barograph.sources._decode import ACCEPT, BadBody, Unpacker
from barograph.sources._limits import Deadline, Gates, Limits, Overtime
from barograph.sources._protocol import Request
from barograph.sources._redact import Redactor, guard_logs, release_logs
from barograph.sources._ssrf import Guard, Refused
from barograph.sources._transport import NetworkTransport

__all__ = ["Client", "Limits", "Response"]

USER_AGENT = f"barograph/{__version__} (a personal record of public macro data; one run a day)"
#: What no second attempt can change.
_OURS = (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, httpcore2.LocalProtocolError)
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_RETRIED = frozenset((429, 500, 502, 503, 504))
_STEPS = {
    400: "Check the request and, where the provider needs one, the key.",
    401: "Check the key; the provider does not accept it.",
    403: "The provider refuses; check the key, or turn the provider off.",
    404: "The provider does not know this name; check the code in the catalogue.",
    429: "The provider's limit is reached. Wait, then run the update again.",
}
_LATER = "Run the update again later; everything else of the run is unaffected."


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: `body` unpacked, `date` the server's clock (UTC), `attempts` how often it was asked.

    `not_modified` is True where the server says that nothing changed since `etag` or `last_modified`; `body` is empty
    then.
    """

    status: int
    body: bytes = field(repr=False)
    etag: str | None
    last_modified: str | None
    date: datetime | None
    not_modified: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why an attempt failed, without keys; `wait` is what the server asked for, `again` whether to try once more."""

    found: str
    again: bool = False
    wait: float | None = None
    step: str = _LATER


class Client:
    """GET for providers' requests; safe to share between threads.

    Parameters
    ----------
    keys
        Source name -> the user's key. A key is added when the request is sent, to its first address only.
    gateway
        Address through which every request goes, as `<gateway>/<host>/<path>?<query>`; None: directly.
    limits
        Bounds of time, size and pace.
    sleep, monotonic
        How to wait, and the clock of waits and deadlines (tests).
    transport
        Takes the place of the network (tests).
    guard
        What may be reached; the gateway is not checked.
    """

    def __init__(
        self,
        keys: Mapping[str, str],
        gateway: str | None = None,
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        transport: httpx2.BaseTransport | None = None,
        guard: Guard | None = None,
    ) -> None:
        self._keys = dict(keys)
        self._limits = limits or Limits()
        self._sleep, self._monotonic = sleep, monotonic
        self._gateway = gateway.rstrip("/") if gateway else None
        self._guard = guard or Guard()
        self._gates = Gates(self._limits, sleep, monotonic)
        self._redactor = Redactor(self._keys.values())
        if transport is None:
            exempt = None
            if self._gateway:
                url = httpx2.URL(self._gateway)
                exempt = (url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80))
            transport = NetworkTransport(self._limits, self._guard, exempt)
        self._transport = transport
        self._log_guard = guard_logs(self._redactor)

    def __repr__(self) -> str:
        return f"Client(gateway={self._gateway!r}, keys for {', '.join(sorted(self._keys)) or 'nobody'})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()
        release_logs(self._log_guard)

    def redact(self, text: str) -> str:
        """`text` without the user's keys, for whoever prints what a provider said."""
        return self._redactor.text(text)

    def get(self, request: Request, etag: str | None = None, last_modified: str | None = None) -> Response:
        """Ask, with retries on 429, 5xx and network failures, and return the answer.

        Parameters
        ----------
        request
            A planned request; it carries no key.
        etag, last_modified
            From the last answer to the same request: ask for a body only if it changed.

        Raises
        ------
        SourceError
            Refused address, no key where one is needed, network failure, a status other than 200 (or 304 where asked),
            a body beyond the bounds or broken, too many redirects, or out of time.
        """
        result = self._result(request, etag, last_modified)
        if isinstance(result, Response):
            return result
        raise SourceError(self._clean(f"{request.source}: {request.describe()}"), result.found, "", result.step)

    def _result(self, request: Request, etag: str | None, last_modified: str | None) -> Response | _Failure:
        """An answer, or a failure whose words hold no key: this frame is gone when `get` raises."""
        try:
            result = self._ask(request, etag, last_modified)
        except Exception as error:  # also what nobody thought of must not carry an address with a key in it
            result = _Failure(f"{type(error).__name__}: {error}")
        return result if isinstance(result, Response) else _Failure(self._clean(result.found), step=result.step)

    def _clean(self, text: str) -> str:
        return "".join(c if c.isprintable() else "?" for c in self._redactor.text(text))[:400]

    def _ask(self, request: Request, etag: str | None, last_modified: str | None) -> Response | _Failure:
        key = self._keys.get(request.source, "")
        if request.key_param and not key:
            return _Failure(
                f"no key for {request.source}",
                step="Get a free key from the provider and set it; without it the series without vintages still work.",
            )
        query = [*request.params, *([(request.key_param, key)] if request.key_param else [])]
        headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": ACCEPT}
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers |= {name: value for name, value in conditions.items() if value}
        try:
            url = httpx2.URL(f"{request.url}?{urlencode(query, quote_via=quote)}" if query else request.url)
            self._guard.check_url(url)
        except (httpx2.InvalidURL, ValueError):
            return _Failure("not an address", step="Correct the address.")
        except Refused as error:
            return _Failure(f"an address that may not be reached: {error}", step="Give a public https address.")
        with self._gates.enter(url.host):
            deadline = Deadline(self._limits.total, self._monotonic)
            return self._retry(url, headers, deadline)

    def _retry(self, url: httpx2.URL, headers: dict[str, str], deadline: Deadline) -> Response | _Failure:
        attempts = 0

        def once() -> Response | _Failure:
            nonlocal attempts
            attempts += 1
            return self._attempt(url, headers, deadline, attempts)

        def wait(state: tenacity.RetryCallState) -> float:
            result = state.outcome.result() if state.outcome else None
            backoff = min(self._limits.backoff * 2.0 ** (state.attempt_number - 1), self._limits.backoff_max)
            backoff *= 0.5 + random.random()  # many users' runs start on the full hour
            asked = result.wait if isinstance(result, _Failure) else None
            return backoff if asked is None else asked + backoff / 8

        retrying = tenacity.Retrying(
            sleep=self._sleep,
            wait=wait,
            stop=lambda state: (
                state.attempt_number >= self._limits.attempts or not deadline.room_for(state.upcoming_sleep)
            ),
            retry=tenacity.retry_if_result(lambda result: isinstance(result, _Failure) and result.again),
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        result: Response | _Failure = retrying(once)
        if isinstance(result, _Failure) and attempts > 1:
            return _Failure(f"{result.found} ({attempts} attempts)", step=result.step)
        return result

    def _attempt(
        self, url: httpx2.URL, headers: dict[str, str], deadline: Deadline, attempt: int
    ) -> Response | _Failure:
        try:
            for _ in range(self._limits.redirects + 1):
                deadline.extend(self._gates.wait_turn(url.host))
                if isinstance(self._transport, NetworkTransport):
                    self._transport.set_deadline(deadline)
                sent = httpx2.Request("GET", self._address(url), headers=headers)
                with closing(self._transport.handle_request(sent)) as answer:
                    if answer.status_code not in _REDIRECTS:
                        return self._read(answer, headers, deadline, attempt)
                    url = self._redirected(url, answer.headers.get("location", ""))
            return _Failure(f"more than {self._limits.redirects} redirects")
        except _OURS as error:
            return _Failure(f"a request that cannot be sent: {type(error).__name__}")
        except NETWORK as error:
            # The last read of a slow body times out at the deadline: then it is the deadline that ended it.
            if not deadline.room_for(0.0):
                return _Failure(deadline.words)
            return _Failure(f"{type(error).__name__}: {error}", again=True)
        except Overtime as error:
            return _Failure(str(error))
        except (BadBody, Refused) as error:
            return _Failure(str(error))

    def _address(self, url: httpx2.URL) -> httpx2.URL:
        if self._gateway is None:
            return url
        port = f":{url.port}" if url.port else ""
        return httpx2.URL(f"{self._gateway}/{url.host}{port}{url.raw_path.decode('ascii')}")

    def _redirected(self, url: httpx2.URL, location: str) -> httpx2.URL:
        try:
            target = url.join(location) if location else None
        except (httpx2.InvalidURL, ValueError):
            target = None
        if target is None:
            raise Refused("a redirect to no address")
        self._guard.check_url(target)
        if target.host != url.host and self._redactor.text(str(target)) != str(target):
            raise Refused(f"a redirect that would hand the key to {target.host[:60]!r}")
        return target.copy_with(fragment=None)

    def _read(
        self, answer: httpx2.Response, headers: dict[str, str], deadline: Deadline, attempt: int
    ) -> Response | _Failure:
        raw = answer.headers.raw
        if len(raw) > self._limits.header_count or sum(len(a) + len(b) for a, b in raw) > self._limits.header_bytes:
            return _Failure("headers beyond the bounds")
        status, date = answer.status_code, http_date(answer.headers.get("date"))
        tags = self._tag(answer, "etag"), self._tag(answer, "last-modified")
        if status == 304 and not headers.keys().isdisjoint(("If-None-Match", "If-Modified-Since")):
            return Response(304, b"", *tags, date, True, attempt)
        if status != 200:
            return self._refusal(answer, status, date, deadline)
        unpacker = Unpacker(answer.headers.get("content-encoding", ""), self._limits.body)
        for piece in pieces(answer):
            deadline.left()
            unpacker.feed(piece)
        body = self._redactor.body(unpacker.close())
        return Response(200, body, *tags, date, False, attempt)

    def _tag(self, answer: httpx2.Response, name: str) -> str | None:
        """A header that will be sent back one day: short, printable, and without a key in it."""
        text: str | None = answer.headers.get(name)
        if not text or len(text) > 256 or not (text.isascii() and text.isprintable()):
            return None
        return text if self._redactor.text(text) == text else None

    def _refusal(self, answer: httpx2.Response, status: int, date: datetime | None, deadline: Deadline) -> _Failure:
        again = status in _RETRIED
        words = "" if again else said(answer, deadline)
        found = f"HTTP status {status}" + (f": {words}" if words else "")
        wait = retry_after(answer.headers.get("retry-after"), date) if again else None
        if wait is not None and wait > self._limits.retry_after_max:
            return _Failure(f"{found}; asks to wait {wait:.0f} s", step=_STEPS[429])
        return _Failure(found, again, wait, _STEPS.get(status, _LATER))
