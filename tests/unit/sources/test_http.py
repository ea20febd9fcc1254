"""The client: what it sends, when it asks again, how long it waits, and what it hands back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import httpx2
import pytest

import invented
from barograph.core.errors import SourceError
from barograph.sources._http import USER_AGENT, Client, Limits
from barograph.sources._protocol import Request

KEY = "0123456789abcdef0123456789abcdef"
PLAIN = Request("cboe", "https://cdn.cboe.com/a/VIX_History.csv", (), ("t",), invented.WINDOW)
KEYED = Request("fred", "https://api.stlouisfed.org/fred/x", (("a", "1 2"),), (), invented.WINDOW, key_param="api_key")
Answer = httpx2.Response | Exception


class Clock:
    """A monotonic clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 1_000.0, []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def client_for(
    answers: list[Answer] | Callable[[httpx2.Request], httpx2.Response], clock: Clock | None = None, **more
) -> tuple[Client, list[httpx2.Request]]:
    """A client whose network gives `answers` in turn; and the list of what was sent."""
    sent: list[httpx2.Request] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        if callable(answers):
            return answers(request)
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    clock = clock or Clock()
    keys = more.pop("keys", {"fred": KEY})
    return Client(keys, transport=httpx2.MockTransport(handle), sleep=clock.sleep, monotonic=clock, **more), sent


def test_what_is_sent_and_what_comes_back() -> None:
    headers = {
        "ETag": '"v1"',
        "Last-Modified": "Wed, 05 Nov 2025 22:00:00 GMT",
        "Date": "Wed, 05 Nov 2025 23:00:00 GMT",
    }
    client, sent = client_for([httpx2.Response(200, content=b"body", headers=headers)])
    got = client.get(PLAIN)
    assert (got.status, got.body, got.etag, got.not_modified, got.attempts) == (200, b"body", '"v1"', False, 1)
    assert got.date == datetime(2025, 11, 5, 23, 0, tzinfo=UTC)
    assert str(sent[0].url) == PLAIN.url
    assert sent[0].headers["user-agent"] == USER_AGENT
    assert sent[0].headers["accept-encoding"] == "gzip, deflate"


def test_the_key_is_added_when_the_request_is_sent_and_only_then() -> None:
    client, sent = client_for([httpx2.Response(200, content=b"x")])
    client.get(KEYED)
    assert str(sent[0].url) == f"https://api.stlouisfed.org/fred/x?a=1%202&api_key={KEY}"
    assert KEY not in KEYED.describe() and KEY not in repr(client)


def test_without_a_key_nothing_is_sent() -> None:
    client, sent = client_for([], keys={})
    with pytest.raises(SourceError, match="no key for fred"):
        client.get(KEYED)
    assert sent == []


def test_through_the_gateway() -> None:
    client, sent = client_for([httpx2.Response(200, content=b"x")] * 2, gateway="http://127.0.0.1:8080/")
    client.get(KEYED)
    client.get(Request("prices", "https://query1.finance.yahoo.com/v8/%5EGSPC", (), ("t",), invented.WINDOW))
    assert str(sent[0].url) == f"http://127.0.0.1:8080/api.stlouisfed.org/fred/x?a=1%202&api_key={KEY}"
    assert sent[1].url.raw_path == b"/query1.finance.yahoo.com/v8/%5EGSPC"


def test_ask_only_for_what_changed() -> None:
    client, sent = client_for([httpx2.Response(304, headers={"ETag": '"v1"'})])
    got = client.get(PLAIN, etag='"v1"', last_modified="Wed, 05 Nov 2025 22:00:00 GMT")
    assert got.not_modified and got.body == b"" and got.status == 304
    assert sent[0].headers["if-none-match"] == '"v1"'
    assert sent[0].headers["if-modified-since"] == "Wed, 05 Nov 2025 22:00:00 GMT"


def test_not_modified_without_having_asked_is_an_error() -> None:
    client, _ = client_for([httpx2.Response(304)])
    with pytest.raises(SourceError, match="304"):
        client.get(PLAIN)


@pytest.mark.parametrize("failure", [429, 500, 502, 503, 504, httpx2.ReadError("x"), httpx2.ConnectTimeout("x")])
def test_asked_again_with_growing_waits(failure: int | Exception) -> None:
    def bad() -> Answer:
        return httpx2.Response(failure) if isinstance(failure, int) else failure

    clock = Clock()
    client, sent = client_for([bad(), bad(), httpx2.Response(200, content=b"x")], clock)
    assert client.get(PLAIN).attempts == len(sent) == 3
    assert 0.25 <= clock.slept[0] <= 0.75 and 0.5 <= clock.slept[1] <= 1.5
    client, sent = client_for([bad(), bad(), bad()])
    with pytest.raises(SourceError, match="3 attempts"):
        client.get(PLAIN)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 204, 206, 501])
def test_never_asked_again(status: int) -> None:
    client, sent = client_for([httpx2.Response(status, content=b"Variable series_id is not set.")])
    with pytest.raises(SourceError, match=str(status)):
        client.get(PLAIN)
    assert len(sent) == 1


def test_a_refusal_tells_what_the_provider_says() -> None:
    said = {"chart": {"result": None, "error": {"code": "Not Found", "description": "No data found"}}}
    for body, words in (
        (httpx2.Response(404, json=said), "No data found"),
        (httpx2.Response(400, json={"error_code": 400, "error_message": "Bad Request."}), "Bad Request"),
        (httpx2.Response(403, content=b"<html><h1>secret dungeon</h1>"), "status 403$"),
        (httpx2.Response(400, content=b'{"a":' * 5_000), "status 400$"),
        (httpx2.Response(400, content=b"x" * 1_000_000), "status 400$"),
    ):
        client, _ = client_for([body])
        with pytest.raises(SourceError) as error:
            client.get(PLAIN)
        assert __import__("re").search(words, error.value.found)


@pytest.mark.parametrize(
    ("retry_after", "date_header", "low", "high"),
    [
        ("3", None, 3.0, 3.2),
        ("0", None, 0.0, 0.2),
        ("Wed, 05 Nov 2025 23:00:07 GMT", "Wed, 05 Nov 2025 23:00:00 GMT", 7.0, 7.2),
        ("Wed, 05 Nov 2025 22:00:00 GMT", "Wed, 05 Nov 2025 23:00:00 GMT", 0.0, 0.2),
        ("Wed, 05 Nov 2025 23:00:07 GMT", None, 0.25, 0.75),  # no server clock to compare with: our own pace
        ("soon", None, 0.25, 0.75),
    ],
)
def test_retry_after_is_honoured(retry_after: str, date_header: str | None, low: float, high: float) -> None:
    headers = {"Retry-After": retry_after, **({"Date": date_header} if date_header else {})}
    clock = Clock()
    client, _ = client_for([httpx2.Response(429, headers=headers), httpx2.Response(200, content=b"x")], clock)
    client.get(PLAIN)
    assert low <= clock.slept[0] <= high


def test_a_longer_wait_than_allowed_ends_the_request() -> None:
    clock = Clock()
    client, sent = client_for([httpx2.Response(429, headers={"Retry-After": "86400"})], clock)
    with pytest.raises(SourceError, match="asks to wait 86400 s"):
        client.get(PLAIN)
    assert clock.slept == [] and len(sent) == 1


def test_no_wait_beyond_the_deadline() -> None:
    clock = Clock()
    limits = Limits(total=5.0, attempts=10)
    answers: list[Answer] = [httpx2.Response(503, headers={"Retry-After": "3"}) for _ in range(10)]
    client, sent = client_for(answers, clock, limits=limits)
    with pytest.raises(SourceError, match="503"):
        client.get(PLAIN)
    assert clock.now - 1_000 <= 5.0 and len(sent) == 2


# ------------------------------------------------------------------ redirects
def redirect(location: str, status: int = 302) -> httpx2.Response:
    return httpx2.Response(status, headers={"Location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_on_public_https(status: int) -> None:
    answers: list[Answer] = [redirect("/b", status), redirect("https://www.cboe.com/c", status)]
    client, sent = client_for([*answers, httpx2.Response(200, content=b"x")])
    assert client.get(PLAIN).body == b"x"
    assert [str(r.url) for r in sent[1:]] == ["https://cdn.cboe.com/b", "https://www.cboe.com/c"]


def test_a_redirect_goes_through_the_gateway_too() -> None:
    answers: list[Answer] = [redirect("https://www.cboe.com/c?d=1"), httpx2.Response(200, content=b"x")]
    client, sent = client_for(answers, gateway="http://127.0.0.1:9")
    client.get(PLAIN)
    assert str(sent[1].url) == "http://127.0.0.1:9/www.cboe.com/c?d=1"


def test_five_redirects_are_followed_and_no_sixth() -> None:
    client, sent = client_for([*[redirect(f"/{i}") for i in range(5)], httpx2.Response(200, content=b"x")])
    assert client.get(PLAIN).body == b"x" and len(sent) == 6
    client, sent = client_for(lambda request: redirect(str(request.url)))
    with pytest.raises(SourceError, match="more than 5 redirects"):
        client.get(PLAIN)
    assert len(sent) == 6


@pytest.mark.parametrize(
    "location",
    [
        "http://cdn.cboe.com/x",
        "https://127.0.0.1/",
        "https://[::1]/",
        "file:///etc/passwd",
        "//localhost/x",
        "",
        "https://user:pass@cdn.cboe.com/",
        "https://169.254.169.254/latest/",
        "gopher://x/",
        "https://a.internal/",
    ],
)
def test_redirects_elsewhere_are_refused(location: str) -> None:
    client, sent = client_for([redirect(location), httpx2.Response(200, content=b"inside")])
    with pytest.raises(SourceError):
        client.get(PLAIN)
    assert len(sent) == 1


def test_a_redirect_never_carries_the_key_to_another_host() -> None:
    client, sent = client_for([redirect(f"https://evil.example/x?api_key={KEY}"), httpx2.Response(200)])
    with pytest.raises(SourceError, match="hand the key"):
        client.get(KEYED)
    assert len(sent) == 1
    client, sent = client_for([redirect("https://other.example/x"), httpx2.Response(200, content=b"x")])
    client.get(KEYED)
    assert KEY not in str(sent[1].url)


# ------------------------------------------------------------------ pace
def test_no_more_requests_at_once_than_the_host_takes() -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def handle(request: httpx2.Request) -> httpx2.Response:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.01)
        with lock:
            under_way -= 1
        return httpx2.Response(200, content=b"x")

    def run(limits: Limits) -> int:
        nonlocal most
        most = 0
        client = Client({}, limits=limits, transport=httpx2.MockTransport(handle))
        threads = [threading.Thread(target=client.get, args=(PLAIN,)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return most

    assert run(Limits(hosts={"cdn.cboe.com": 2})) == 2
    assert run(Limits(hosts={"cdn.cboe.com": 16})) > 2  # planted: without the gate the check sees more


def test_no_more_requests_a_minute_than_the_host_takes() -> None:
    clock = Clock()
    limits = Limits(per_minute={"api.stlouisfed.org": 5})
    client, _sent = client_for(lambda request: httpx2.Response(200, content=b"x"), clock, limits=limits)
    at = []
    for _ in range(12):
        client.get(KEYED)
        at.append(clock.now - 1_000)
    assert at == [0.0] * 5 + [60.0] * 5 + [120.0] * 2


@pytest.fixture
def hostile() -> Iterator[str]:
    yield 'x"\r\nX-Injected: 1'


def test_a_stored_tag_cannot_bend_the_next_request(hostile: str) -> None:
    client, _ = client_for([httpx2.Response(200, content=b"x", headers=[(b"etag", b"a" * 300)])])
    assert client.get(PLAIN).etag is None
    client, _ = client_for([httpx2.Response(200, content=b"x", headers=[(b"etag", "ü".encode())])])
    assert client.get(PLAIN).etag is None


def test_what_nobody_thought_of_is_an_error_like_any_other() -> None:
    client, _ = client_for([ZeroDivisionError(f"division in {KEY}")])
    with pytest.raises(SourceError, match="ZeroDivisionError") as error:
        client.get(KEYED)
    assert KEY not in str(error.value) and error.value.__context__ is None


def test_a_window_of_requests_shows_no_day_of_this_machine() -> None:
    """The server's clock is handed back as it says, never mixed with ours."""
    client, _ = client_for([httpx2.Response(200, content=b"x", headers={"Date": "Tue, 01 Jan 2030 00:00:00 GMT"})])
    got = client.get(PLAIN).date
    assert got is not None and got.date() == date(2030, 1, 1)
    client, _ = client_for([httpx2.Response(200, content=b"x", headers={"Date": "yesterday"})])
    assert client.get(PLAIN).date is None
