"""Addresses that a request may not reach: this machine, the networks around it, and whatever is not on the internet.

A name is resolved, all its addresses are checked, and the connection goes to a checked address, so that a second answer
of the name server cannot change the target.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable

import httpx2

Resolve = Callable[[str, int, float], list[str]]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: What the standard library's table takes, in some version, for public: addresses kept for protocols (a cloud answers
#: its machines at 192.0.0.192), the wire server of another cloud, relays that lead elsewhere, local translation.
_INSIDE = tuple(
    ipaddress.ip_network(net)
    for net in ("192.0.0.0/24", "168.63.129.16/32", "192.88.99.0/24", "64:ff9b:1::/48", "100::/64", "5f00::/16")
)


class Refused(Exception):
    """The address is not allowed; nothing was sent."""


def forbidden(address: str) -> str:
    """Why `address` (a literal) may not be reached; empty where it may.

    >>> forbidden("127.0.0.1"), forbidden("::ffff:10.0.0.1"), forbidden("8.8.8.8")
    ('not a public address', 'not a public address', '')
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "not an address"
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return forbidden(str(inner))
        if ip.teredo is not None or ip.is_site_local or ip.scope_id:
            return "not a public address"
    if any(ip in net for net in _INSIDE):
        return "not a public address"
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local:
        return "not a public address"
    return ""


def system_resolve(host: str, port: int, timeout: float) -> list[str]:
    """All addresses of `host` by the system's resolver, waited for `timeout` seconds at most.

    Raises
    ------
    OSError
        The name has no address, or the resolver did not answer in time.
    """
    found: list[list[str] | OSError] = []

    def look_up() -> None:
        try:
            found.append([str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])
        except (OSError, UnicodeError) as error:
            found.append(error if isinstance(error, OSError) else OSError("not a host name"))

    # The system's call cannot be interrupted; a thread that is left behind can.
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(timeout)
    if not found:
        raise OSError("the name server did not answer in time")
    if isinstance(found[0], OSError):
        raise found[0]
    return list(dict.fromkeys(found[0]))


class Guard:
    """Checks addresses before anything is sent to them.

    Parameters
    ----------
    resolve
        `(host, port, timeout) -> addresses`.
    """

    def __init__(self, resolve: Resolve = system_resolve) -> None:
        self._resolve = resolve

    def check_url(self, url: httpx2.URL) -> None:
        """Refuse what shows at once: another scheme, credentials, a literal address that is not public."""
        if url.scheme != "https":
            raise Refused(f"the scheme {url.scheme[:12]!r}; only https is followed")
        if url.userinfo:
            raise Refused("credentials in the address")
        host = url.host.rstrip(".").lower()
        if not host or host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
            raise Refused(f"the host {host[:60]!r} is not on the internet")
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return
        if reason := forbidden(host):
            raise Refused(f"{host} is {reason}")

    def addresses(self, host: str, port: int, timeout: float) -> list[str]:
        """The addresses of `host`, all of them checked.

        Raises
        ------
        Refused
            One of them may not be reached.
        OSError
            The name cannot be resolved.
        """
        found = self._resolve(host, port, timeout)
        if not found:
            raise OSError("the name has no address")
        for address in found:
            if reason := forbidden(address):
                raise Refused(f"{host[:60]} points to {address}, {reason}")
        return found
