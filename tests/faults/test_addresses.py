"""P16: an address in a catalogue row, a redirect or a name server's answer cannot reach the inside.

More than forty hostile addresses, each tried in four ways against `http_csv`, whose addresses users write: as it stands,
behind a redirect, as the second answer of a name server that changes its mind, and dressed as IPv6. Nothing may be
connected to but what is public. Every host of every provider must pass.
"""

from __future__ import annotations

import ipaddress
import itertools

import httpcore2
import httpx2
import pytest

import invented
from barograph.core.errors import SourceError
from barograph.sources import http_csv, sources
from barograph.sources._http import Client, Limits
from barograph.sources._ssrf import Guard
from barograph.sources._transport import NetworkTransport

PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"
#: This machine, its neighbours, and the addresses at which a cloud answers its machines.
ADDRESSES = [
    *("127.0.0.1", "127.0.0.53", "127.255.255.254", "0.0.0.0", "0.1.2.3"),
    *("10.0.0.1", "10.96.0.1", "10.255.255.254", "172.16.0.1", "172.17.0.1", "172.31.255.254"),
    *("192.168.0.1", "192.168.1.254", "192.168.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.254"),
    *("169.254.169.254", "169.254.170.2", "169.254.0.1", "168.63.129.16", "192.0.0.192", "192.0.0.1", "192.88.99.1"),
    *("198.18.0.1", "198.19.255.254", "192.0.2.1", "198.51.100.7", "203.0.113.5"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fe80::a9fe:a9fe", "fc00::1", "fd00:ec2::254", "fd12:3456:789a::1", "fec0::1"),
    *("ff02::1", "ff0e::1", "2001:db8::1", "2001::1", "64:ff9b:1::7f00:1", "100::1"),
]
#: Names and spellings that a parser or a resolver turns into one of them.
NAMES = [
    *("localhost", "localhost.", "LOCALHOST", "a.localhost", "metadata.google.internal", "printer.local"),
    *("2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.1", "0", "0x0"),
    *("127.0.0.1.", "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "::ffff:127.0.0.1%25eth0"),
]
FOUR = [a for a in ADDRESSES if ":" not in a]


def dressed(address: str) -> list[str]:
    """An IPv4 address as IPv6: mapped (in two spellings), compatible, translated, by 6to4, NAT64 and Teredo."""
    ip = int(ipaddress.IPv4Address(address))
    high, low = f"{ip >> 16:x}", f"{ip & 0xFFFF:x}"
    return [
        f"::ffff:{address}",
        f"::ffff:{high}:{low}",
        f"::{high}:{low}",
        f"::ffff:0:{high}:{low}",
        f"2002:{high}:{low}::",
        f"64:ff9b::{high}:{low}",
        f"2001:0:5ef5:79fb:0:0:{(ip ^ 0xFFFFFFFF) >> 16:x}:{(ip ^ 0xFFFFFFFF) & 0xFFFF:x}",
    ]


def host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


@pytest.fixture(autouse=True)
def one_ssl_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection gets as far as TLS; a context for each of some two thousand tries would be all that takes time."""
    made = httpx2.create_ssl_context(trust_env=False)
    monkeypatch.setattr(httpx2, "create_ssl_context", lambda **_: made)


class Recorder(httpcore2.NetworkBackend):
    """Notes where a connection would go, and lets none through."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.reached.append(host)
        raise httpcore2.ConnectError("recorded")


def as_written(name: str, port: int, timeout: float) -> list[str]:
    """What the system's resolver makes of a name, at its worst: every spelling of an address is that address."""
    try:
        return [str(ipaddress.ip_address(name.strip("[]")))]
    except ValueError:
        return ["127.0.0.1"]


def reached(url: str, guard: Guard, redirect_to: str = "", attempts: int = 1) -> list[str]:
    """Plan and ask for `url` as an update does; the addresses that were connected to."""
    (request,) = http_csv.SOURCE.plan(invented.job(invented.row("t.x", "http_csv", url)))
    backend = Recorder()
    network = NetworkTransport(Limits(), guard, None, backend)

    def first_redirect(sent: httpx2.Request) -> httpx2.Response:
        if redirect_to and sent.url.host == "data.example.org":
            return httpx2.Response(302, headers={"Location": redirect_to})
        return network.handle_request(sent)

    limits = Limits(attempts=attempts, backoff=0.0, backoff_max=0.0)
    transport = httpx2.MockTransport(first_redirect) if redirect_to else network
    with Client({}, transport=transport, guard=guard, limits=limits) as client, pytest.raises(SourceError):
        client.get(request)
    return backend.reached


def test_as_it_stands() -> None:
    guard = Guard(as_written)
    through = {h: r for h in [*map(host, ADDRESSES), *NAMES] if (r := reached(f"https://{h}/x.csv", guard))}
    assert not through
    through = {h: r for h in map(host, ADDRESSES) if (r := reached(f"https://{h}:8443/x.csv", guard))}
    assert not through


def test_behind_a_redirect() -> None:
    guard = Guard(as_written)
    start = "https://data.example.org/x.csv"
    for form in ("https://{}/x", "https://{}:6443/x", "//{}/x", "http://{}/x"):
        through = {h: r for h in [*map(host, ADDRESSES), *NAMES] if (r := reached(start, guard, form.format(h)))}
        assert not through, form


def test_a_name_that_points_inside() -> None:
    for address in [*ADDRESSES, *itertools.chain.from_iterable(map(dressed, FOUR))]:
        for answer in ([address], [PUBLIC, address], [PUBLIC_6, PUBLIC, address]):
            assert reached("https://public.example/x.csv", Guard(lambda *_, a=answer: a)) == [], answer


def test_a_name_server_that_changes_its_mind() -> None:
    """The address that was checked is the one that is connected to; the second answer is checked like the first."""
    for address in ADDRESSES:
        answers = itertools.chain([[PUBLIC]], itertools.repeat([address]))
        guard = Guard(lambda *_, a=answers: next(a))
        assert reached("https://public.example/x.csv", guard, attempts=3) == [PUBLIC], address


def test_dressed_as_ipv6() -> None:
    guard = Guard(as_written)
    hosts = [f"[{form}]" for address in FOUR for form in dressed(address)]
    through = {h: r for h in hosts if (r := reached(f"https://{h}/x.csv", guard))}
    assert not through
    start = "https://data.example.org/x.csv"
    through = {h: r for h in hosts if (r := reached(start, guard, f"https://{h}/x"))}
    assert not through


def test_there_are_more_than_forty_addresses() -> None:
    assert len({ipaddress.ip_address(a) for a in ADDRESSES}) >= 40 and len(set(NAMES)) >= 15


@pytest.mark.parametrize(
    "url", ["http://data.example.org/x", "ftp://data.example.org/x", "https://u:p@data.example.org/"]
)
def test_another_scheme_or_credentials_are_refused(url: str) -> None:
    assert reached(url, Guard(lambda *_: [PUBLIC])) == []


@pytest.mark.parametrize("source", [s for s in sources().values() if s.hosts], ids=lambda s: s.name)
def test_every_host_of_a_provider_passes(source) -> None:
    for name in source.hosts:
        for answer in ([PUBLIC], [PUBLIC_6, PUBLIC]):
            assert reached(f"https://{name}/x", Guard(lambda *_, a=answer: a)) == answer


def test_planted_a_guard_that_forgets_one_thing_is_found() -> None:
    """Each of the ways above must find a guard that lets its kind through."""

    class Blind(Guard):
        def check_url(self, url: httpx2.URL) -> None:
            """Anything goes."""

        def addresses(self, host: str, port: int, timeout: float) -> list[str]:
            return self._resolve(host, port, timeout)

    assert reached("https://10.0.0.1/x.csv", Blind(as_written)) == ["10.0.0.1"]
    assert reached("https://data.example.org/x", Blind(as_written), "https://10.0.0.1/x") == ["10.0.0.1"]
    flips = itertools.chain([[PUBLIC]], itertools.repeat(["10.0.0.1"]))
    assert reached("https://public.example/x", Blind(lambda *_: next(flips)), attempts=2) == [PUBLIC, "10.0.0.1"]
    assert reached("https://[::ffff:10.0.0.1]/x", Blind(as_written)) == ["::ffff:a00:1"]
