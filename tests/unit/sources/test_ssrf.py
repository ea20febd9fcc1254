"""P16: addresses given by users, feeds and redirects cannot reach the inside; the catalogue's hosts all pass."""

from __future__ import annotations

import ipaddress

import httpcore2
import httpx2
import pytest

import invented
from barograph.core.errors import SourceError
from barograph.sources import sources
from barograph.sources._http import Client, Limits
from barograph.sources._protocol import Request
from barograph.sources._ssrf import Guard, Refused, forbidden, system_resolve
from barograph.sources._transport import NetworkTransport

PUBLIC = "93.184.216.34"
#: Literals that a resolver or a parser may take for something else.
LITERALS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.255.255.254",
    "0.0.0.0",
    "0",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.0.1",
    "100.64.0.1",
    "192.0.0.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.5",
    "192.0.2.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::127.0.0.1]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[2002:a00:1::]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a00:1]",
    "[2001::1]",
    "[fec0::1]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "foo.localhost",
    "metadata.google.internal",
    "printer.local",
]


def offline(host: str, port: int, timeout: float) -> list[str]:
    """Literals as the system reads them (no network needed), names as a hostile name server would answer."""
    try:
        return system_resolve(host, port, timeout)
    except OSError:
        return ["127.0.0.1"]


class Recorder(httpcore2.NetworkBackend):
    """Notes where a connection would go, and answers with a small body."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.reached.append(host)
        return httpcore2.MockStream([b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\ninside"])


def attempt(url: str, guard: Guard, redirect_to: str | None = None) -> list[str]:
    """Ask for `url`; returns the addresses that were connected to, whatever came of it."""
    backend = Recorder()
    transport: httpx2.BaseTransport = NetworkTransport(Limits(), guard, None, backend)
    if redirect_to is not None:
        network = transport

        def first_redirect(request: httpx2.Request) -> httpx2.Response:
            if request.url.host == "example.org":
                return httpx2.Response(302, headers={"Location": redirect_to})
            return network.handle_request(request)

        transport = httpx2.MockTransport(first_redirect)
    client = Client({}, transport=transport, guard=guard, limits=Limits(attempts=1))
    with pytest.raises(SourceError):
        client.get(Request("rss", url, (), (), invented.WINDOW))
    return backend.reached


@pytest.mark.parametrize("host", LITERALS)
def test_hostile_addresses_are_not_reached(host: str) -> None:
    guard = Guard(offline)
    assert attempt(f"https://{host}/x", guard) == []
    assert attempt(f"https://{host}:8443/x", guard) == []
    assert attempt("https://example.org/", guard, redirect_to=f"https://{host}/x") == []


def test_there_are_more_than_forty_of_them() -> None:
    assert len(set(LITERALS)) >= 40


@pytest.mark.parametrize("answers", [["10.0.0.1"], [PUBLIC, "127.0.0.1"], ["::ffff:192.168.0.1"], ["fe80::1%2"], ["x"]])
def test_a_name_with_one_inner_address_is_refused(answers: list[str]) -> None:
    assert attempt("https://public.example/x", Guard(lambda host, port, timeout: answers)) == []


def test_the_connection_goes_to_the_checked_address_even_if_the_name_server_changes_its_mind() -> None:
    asked = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    guard, backend = Guard(lambda host, port, timeout: next(asked)), Recorder()
    transport = NetworkTransport(Limits(), guard, None, backend)
    transport._pool._ssl_context = None  # the recorder speaks plain text below
    answer = transport.handle_request(httpx2.Request("GET", "http://public.example/x"))
    assert b"".join(answer.iter_raw()) == b"inside"
    assert backend.reached == [PUBLIC]


def test_planted_a_guard_that_looks_only_at_the_text_lets_a_flipping_name_through() -> None:
    class Naive(Guard):
        def addresses(self, host: str, port: int, timeout: float) -> list[str]:
            return ["127.0.0.1"]  # checked earlier, resolved again by the socket

    backend = Recorder()
    transport = NetworkTransport(Limits(), Naive(), None, backend)
    answer = transport.handle_request(httpx2.Request("GET", "http://public.example/x"))
    answer.close()
    assert backend.reached == ["127.0.0.1"]


@pytest.mark.parametrize(
    "url", ["http://example.org/", "ftp://example.org/", "file:///etc/passwd", "https://u:p@x.org/"]
)
def test_only_https_without_credentials(url: str) -> None:
    assert attempt(url, Guard(lambda host, port, timeout: [PUBLIC])) == []


def test_every_host_of_the_providers_passes() -> None:
    guard = Guard(lambda host, port, timeout: [PUBLIC, "2606:2800:220:1:248:1893:25c8:1946"])
    hosts = [host for source in sources().values() for host in source.hosts]
    assert len(hosts) >= 6
    for host in hosts:
        guard.check_url(httpx2.URL(f"https://{host}/x"))
        assert guard.addresses(host, 443, 1.0)[0] == PUBLIC


def test_the_configured_gateway_is_not_checked_but_nothing_else_on_its_host_is_free() -> None:
    backend = Recorder()
    transport = NetworkTransport(Limits(), Guard(offline), ("127.0.0.1", 8080), backend)
    transport.handle_request(httpx2.Request("GET", "http://127.0.0.1:8080/cdn.cboe.com/x")).close()
    assert backend.reached == ["127.0.0.1"]
    with pytest.raises(Refused):
        transport.handle_request(httpx2.Request("GET", "http://127.0.0.1:8081/"))


def test_public_addresses_pass() -> None:
    for address in (PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"):
        assert forbidden(address) == "", address


def test_no_private_network_of_the_standard_library_passes() -> None:
    for net in ipaddress._IPv4Constants._private_networks + ipaddress._IPv6Constants._private_networks:  # type: ignore[attr-defined]
        for address in (net[0], net[-1]):
            assert forbidden(str(address)), address
