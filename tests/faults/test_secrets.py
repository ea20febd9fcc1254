"""P17: the user's key leaves by no failure path, in no usual form.

Each path fails on purpose while everything that a user, a log or a bug report could show is collected: the error's
text, repr and arguments, its traceback (also with local variables), the chain of causes, all log records at DEBUG, the
client's repr, what is stored of the request, and what comes back of a body. Then the key is looked for in every form.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote, quote_plus, unquote

import httpx2
import pytest

import invented
from barograph.core.errors import SourceError
from barograph.core.estimate import Problem
from barograph.sources import sources
from barograph.sources._http import Client, Limits
from barograph.sources._protocol import Request
from barograph.sources._redact import MARK, LogFilter, Redactor
from hostile import MEAN, server

#: One of the shape that FRED gives, one with everything that quoting changes.
KEYS = {"plain": "canary0123456789abcdefghijklmnop", "awkward": "c4n4ry/KEY+with=odd&chars é%'\"7"}
LIMITS = Limits(connect=0.5, read=0.3, total=0.8, attempts=2, backoff=0.001)
REQUEST = Request(
    "fred",
    "https://api.stlouisfed.org/fred/series/observations",
    (("offset", "0"), ("realtime_end", "2025-11-05"), ("realtime_start", "2025-09-05"), ("series_id", "X")),
    ("t.vintage",),
    invented.WINDOW,
    key_param="api_key",
    note="observations",
)


# ------------------------------------------------------------------ looking for the key, not with the code under test
def occurrences(text: str, key: str) -> list[str]:
    """Forms of `key` in `text`: as it is, unquoted up to three times, in hexadecimal, in base64 at any offset."""
    found = []
    layer = text
    for depth in range(4):
        if key.lower() in layer.lower() or quote_plus(key).lower() in layer.lower():
            found.append(f"unquoted {depth} times")
        layer = unquote(layer)
    for token in re.findall(r"[A-Za-z0-9+/_-]{12,}", unquote(text)):
        packed = token.replace("-", "+").replace("_", "/")
        for start in range(4):
            piece = packed[start:]
            try:
                plain = base64.b64decode(piece[: len(piece) // 4 * 4])
            except ValueError:
                continue
            if key.encode()[:-3] in plain:  # its end may share a group with what follows
                found.append("base64")
    for token in re.findall(r"(?:[0-9a-fA-F]{2}){8,}", text):
        if key.encode() in bytes.fromhex(token):
            found.append("hexadecimal")
    if repr(key)[1:-1] in text:
        found.append("as in a repr")
    return found


def forms(key: str) -> list[str]:
    """Ways in which a key may stand in a text."""
    raw = key.encode()
    return [
        key,
        quote(key, safe=""),
        quote(quote(key, safe=""), safe=""),
        quote_plus(key),
        "".join(f"%{b:02X}" for b in raw),
        raw.hex(),
        *(base64.b64encode(b"user:"[:n] + raw + b":x").decode() for n in range(5)),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        repr({"api_key": key}),
        key.upper(),
    ]


@contextmanager
def everything_shown() -> Iterator[io.StringIO]:
    """All that is logged, from every logger at DEBUG, and all warnings, as text."""
    shown = io.StringIO()
    handler = logging.StreamHandler(shown)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    names = [None, *(n for n in logging.root.manager.loggerDict if n.startswith(("http", "barograph", "tenacity")))]
    before = {name: logging.getLogger(name).level for name in names}
    logging.getLogger().addHandler(handler)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield shown
        shown.write("".join(str(w.message) for w in warned))
    finally:
        logging.getLogger().removeHandler(handler)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def told_by(error: BaseException) -> str:
    """Everything an exception can show, its suppressed causes and the variables of its frames included."""
    parts: list[str] = []
    seen: set[int] = set()
    queue: list[BaseException | None] = [error]
    while queue:
        one = queue.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        parts += [str(one), repr(one), repr(one.args), repr(vars(one))]
        parts += traceback.TracebackException.from_exception(one, capture_locals=True).format()
        queue += [one.__cause__, one.__context__]
    return "\n".join(parts)


def fail(client: Client, request: Request = REQUEST) -> str:
    """Run one failing request through client and parser; returns everything that became visible."""
    with everything_shown() as shown:
        try:
            response = client.get(request)
            shown.write(
                repr(response) + response.body.decode("utf-8", "replace") + f"{response.etag}{response.last_modified}"
            )
            rows = {"t.vintage": invented.row("t.vintage", "fred", "X", revises=True)}
            sources()["fred"].parse(response.body, request, rows)
        except SourceError as error:
            shown.write(told_by(error))
            shown.write(repr(Problem("fred", "t.vintage", str(error), "error", error.step)))
        else:
            raise AssertionError("this path was meant to fail")
    return shown.getvalue() + repr(client) + str(vars(client)["_redactor"]) + repr(request) + request.describe()


# ------------------------------------------------------------------ the paths
Handler = Callable[[httpx2.Request], httpx2.Response]


def echo(status: int, header: str | None = None, form: Callable[[str], str] = str) -> Handler:
    """A server that repeats the request's address, in its body or in a header."""

    def handle(request: httpx2.Request) -> httpx2.Response:
        text = form(str(request.url))
        if header:
            return httpx2.Response(status, headers={header: text}, content=b"{}")
        return httpx2.Response(status, json={"error_message": f"no such thing as {text}"})

    return handle


def crash(kind: type[Exception]) -> Handler:
    """A network that fails with the address in the message."""

    def handle(request: httpx2.Request) -> httpx2.Response:
        raise kind(f"while asking {request.url} with {request.headers}")

    return handle


def chained(request: httpx2.Request) -> httpx2.Response:
    try:
        raise OSError(f"socket of {request.url}")
    except OSError as error:
        raise httpx2.ConnectError(f"cannot reach {request.url}") from error


def logged(request: httpx2.Request) -> httpx2.Response:
    logging.getLogger("httpx2").info('HTTP Request: GET %s "HTTP/1.1 500"', request.url)
    try:
        raise ValueError(str(request.url))
    except ValueError:
        logging.getLogger("httpcore2.http11").exception("send_request_headers.failed %r", request.url)
    return httpx2.Response(500)


def broken_later(request: httpx2.Request) -> httpx2.Response:
    class Stream(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"x"
            raise httpx2.ReadError(f"cut while reading {request.url}")

    return httpx2.Response(200, stream=Stream())


def key_of(url: str) -> str:
    return unquote(url.partition("api_key=")[2].partition("&")[0].replace("+", " "))


def as_base64(url: str) -> str:
    return base64.b64encode(url.encode()).decode()


HANDLERS: dict[str, Handler] = {
    **{f"status {s} repeats the address": echo(s) for s in (400, 401, 403, 404, 418, 429, 500, 502, 503, 504)},
    **{
        f"{kind.__name__} tells the address": crash(kind)
        for kind in (
            *(httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ReadTimeout, httpx2.ReadError, httpx2.WriteError),
            *(httpx2.RemoteProtocolError, httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, httpx2.ProxyError),
            *(httpx2.InvalidURL, OSError, ValueError, KeyError, RuntimeError),
        )
    },
    "a chain of causes": chained,
    "the library logs": logged,
    "cut while reading": broken_later,
    "base64 in an error": echo(400, form=as_base64),
    "base64url in an error": echo(400, form=lambda u: base64.urlsafe_b64encode(u.encode()).decode()),
    "quoted twice in an error": echo(400, form=lambda u: quote(u, safe="")),
    "hexadecimal in an error": echo(400, form=lambda u: key_of(u).encode().hex()),
    "upper case in an error": echo(400, form=str.upper),
    "an ETag that repeats the key": echo(200, "ETag"),
    "a Last-Modified that repeats the key": echo(200, "Last-Modified"),
    "a redirect that repeats the key": echo(302, "Location", lambda u: u.replace("api.stlouisfed.org", "evil.example")),
    "a redirect in a circle": echo(302, "Location"),
    "a redirect to plain http": echo(302, "Location", lambda u: u.replace("https:", "http:")),
    "a redirect inside": echo(302, "Location", lambda u: u.replace("api.stlouisfed.org", "127.0.0.1")),
    "an encoding that repeats the key": echo(200, "Content-Encoding", lambda u: key_of(u).encode().hex()),
    "a wait that repeats the key": echo(429, "Retry-After"),
    "a body that is no JSON": lambda r: httpx2.Response(200, content=f"<x>{r.url}".encode()),
    "an error with status 200": echo(200),
    "a row with the key": lambda r: httpx2.Response(
        200, json={"realtime_start": str(r.url), "realtime_end": key_of(str(r.url)), "observations": []}
    ),
    "a text body in base64": lambda r: httpx2.Response(200, content=as_base64(str(r.url)).encode()),
}


def mock_client(handle: Handler, key: str) -> Client:
    return Client({"fred": key}, limits=LIMITS, transport=httpx2.MockTransport(handle))


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
@pytest.mark.parametrize("path", HANDLERS)
def test_the_key_shows_on_no_failure_path(path: str, key: str) -> None:
    with mock_client(HANDLERS[path], key) as client:
        assert occurrences(fail(client), key) == []


@pytest.mark.parametrize(
    "what",
    ["reset", "truncated", "silence", "no HTTP", "broken gzip", "headers", "redirect loop", "closed at once"],
)
def test_nor_on_a_real_connection_with_every_log_on(what: str) -> None:
    talk = MEAN["a thousand headers" if what == "headers" else what][0]
    key = KEYS["plain"]
    with server(talk) as url, Client({"fred": key}, gateway=url, limits=LIMITS) as client:
        shown = fail(client)
    assert "httpcore2" in shown  # the logs were really on
    assert occurrences(shown, key) == []


def test_nor_while_another_client_with_another_key_is_open() -> None:
    with mock_client(logged, "another key, opened first"), mock_client(logged, KEYS["plain"]) as client:
        assert occurrences(fail(client), KEYS["plain"]) == []


def test_nor_when_the_client_is_used_wrongly() -> None:
    key = KEYS["plain"]
    bad = [
        Request("fred", "https://127.0.0.1/x", (), (), invented.WINDOW, key_param="api_key"),
        Request("fred", "ftp://api.stlouisfed.org/x", (), (), invented.WINDOW, key_param="api_key"),
        Request("fred", "https://[bad", (), (), invented.WINDOW, key_param="api_key"),
        Request("fred", "https://x.example/\x00", (), (), invented.WINDOW, key_param="api_key"),
        Request("fred", f"https://127.0.0.1/{key}", (("a", key),), (), invented.WINDOW),  # the caller's own mistake
    ]
    for request in bad:
        with mock_client(echo(404), key) as client:
            with pytest.raises(SourceError) as caught:
                client.get(request)
            assert occurrences(str(caught.value) + repr(caught.value), key) == []


def test_at_least_forty_paths() -> None:
    assert len(HANDLERS) + 8 >= 40


# ------------------------------------------------------------------ the redactor on its own
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
def test_every_form_is_replaced(key: str) -> None:
    redactor = Redactor([key])
    for form in forms(key):
        text = f"before {form} after"
        assert occurrences(text, key), form  # the search finds it before
        assert occurrences(redactor.text(text), key) == [], form
        assert occurrences(redactor.body(text.encode()).decode(), key) == [], form


def test_nothing_else_is_replaced() -> None:
    redactor = Redactor([KEYS["plain"], ""])
    text = "asked: fred: https://api.stlouisfed.org/fred/series?series_id=PAYEMS found: HTTP status 400 canary"
    assert redactor.text(text) == text and redactor.body(text.encode()) == text.encode()
    assert Redactor([]).text("x") == "x" and KEYS["plain"] not in repr(redactor)
    assert redactor.text(f"api_key={KEYS['plain']}&x=1") == f"api_key={MARK}&x=1"


def test_a_body_that_repeats_the_key_is_stored_without_it() -> None:
    key = KEYS["plain"]
    with mock_client(lambda r: httpx2.Response(200, content=f"self: {r.url}\n".encode()), key) as client:
        body = client.get(REQUEST).body
    assert body.startswith(b"self: https://api.stlouisfed.org/") and occurrences(body.decode(), key) == []


# ------------------------------------------------------------------ planted leaks that the search must find
def test_planted_without_redaction_most_paths_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Redactor, "text", lambda self, text: text)
    monkeypatch.setattr(Redactor, "body", lambda self, body: body)
    leaks = 0
    for handle in HANDLERS.values():
        with mock_client(handle, KEYS["plain"]) as client:
            leaks += bool(occurrences(fail(client), KEYS["plain"]))
    assert leaks >= 30


def test_planted_an_error_raised_inside_the_handler_leaks_by_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(self: Client, request: Request, etag: object = None, last_modified: object = None) -> None:
        try:
            self._transport.handle_request(httpx2.Request("GET", f"{request.url}?api_key={KEYS['plain']}"))
        except httpx2.TransportError:
            raise SourceError("asked", "found", "", "step") from None

    monkeypatch.setattr(Client, "get", careless)
    with mock_client(HANDLERS["ConnectError tells the address"], KEYS["plain"]) as client:
        assert occurrences(fail(client), KEYS["plain"])


def test_planted_logs_without_the_filter_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LogFilter, "filter", lambda self, record: True)
    with mock_client(logged, KEYS["plain"]) as client:
        assert occurrences(fail(client), KEYS["plain"])
