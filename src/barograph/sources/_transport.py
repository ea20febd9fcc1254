"""The network below the client: connects to checked addresses only, and no single read outlives the deadline."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore2
import httpx2

from barograph.sources._limits import Deadline, Limits
from barograph.sources._ssrf import Guard

SocketOption = Any


class _TimedStream(httpcore2.NetworkStream):
    """A connection whose reads and writes end with the deadline of the request under way.

    A timeout on each read alone lets a server send a byte every few seconds for ever, headers included.
    """

    def __init__(self, inner: httpcore2.NetworkStream, left: Callable[[float | None], float]) -> None:
        self._inner, self._left = inner, left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, self._left(timeout)), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class CheckedBackend(httpcore2.NetworkBackend):
    """Opens connections: to `exempt` (the configured gateway) directly, else to addresses that `guard` has checked."""

    def __init__(
        self,
        guard: Guard,
        exempt: tuple[str, int] | None,
        left: Callable[[float | None], float],
        inner: httpcore2.NetworkBackend | None = None,
    ) -> None:
        self._guard, self._exempt, self._left = guard, exempt, left
        self._inner = inner or httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first of the checked addresses that answers."""
        if (host, port) == self._exempt:
            addresses = [host]
        else:
            try:
                addresses = self._guard.addresses(host, port, self._left(timeout))
            except OSError as error:
                raise httpcore2.ConnectError(f"{host[:80]}: {error}") from None
        failure: Exception = httpcore2.ConnectError("no address")
        for address in addresses[:4]:
            try:
                stream = self._inner.connect_tcp(address, port, self._left(timeout), local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._left)
        raise failure


class _Body(httpx2.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


class NetworkTransport(httpx2.BaseTransport):
    """HTTP/1.1 over a pool of checked connections. Reads no environment: no proxy but the configured gateway.

    Parameters
    ----------
    limits
        Bounds; `connect` and `read` are used here.
    guard
        What may be reached.
    exempt
        Host and port of the gateway, which is not checked.
    backend
        How connections are opened underneath (tests).
    """

    def __init__(
        self,
        limits: Limits,
        guard: Guard,
        exempt: tuple[str, int] | None,
        backend: httpcore2.NetworkBackend | None = None,
    ) -> None:
        self._current = threading.local()
        self._timeout = {"connect": limits.connect, "read": limits.read, "write": limits.read, "pool": limits.read}
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=32,
            keepalive_expiry=30.0,
            network_backend=CheckedBackend(guard, exempt, self._left, backend),
        )

    def set_deadline(self, deadline: Deadline) -> None:
        """The deadline of what this thread asks for from now on."""
        self._current.deadline = deadline

    def _left(self, timeout: float | None) -> float:
        deadline: Deadline | None = getattr(self._current, "deadline", None)
        left = deadline.left() if deadline else self._timeout["read"]
        return left if timeout is None else min(timeout, left)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; the body is left in the network until it is read."""
        url = httpcore2.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        timeout = {name: self._left(seconds) for name, seconds in self._timeout.items()}
        sent = httpcore2.Request("GET", url, headers=request.headers.raw, extensions={"timeout": timeout})
        answer = self._pool.handle_request(sent)
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream))

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()
