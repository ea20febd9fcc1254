"""Servers that misbehave below HTTP: plain sockets, which a client reaches as its gateway."""

from __future__ import annotations

import gzip
import os
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

MIB = 2**20
Talk = Callable[[socket.socket], None]


@contextmanager
def server(talk: Talk) -> Iterator[str]:
    """A server that reads a request's head, then does as `talk` says; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    ended = threading.Event()

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(65536)
                if not piece:
                    return
                head += piece
            talk(connection)

    def accept() -> None:
        while not ended.is_set():
            with suppress(TimeoutError):
                threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        thread.join()
        listener.close()


def head(*lines: str, status: str = "200 OK") -> bytes:
    return ("\r\n".join([f"HTTP/1.1 {status}", *lines]) + "\r\n\r\n").encode()


def whole(body: bytes, *lines: str) -> Talk:
    return lambda s: s.sendall(head(f"Content-Length: {len(body)}", *lines) + body)


def drip(start: bytes, piece: bytes, wait: float) -> Talk:
    def talk(s: socket.socket) -> None:
        s.sendall(start)
        for _ in range(600):
            s.sendall(piece)
            time.sleep(wait)

    return talk


def endless(start: bytes, piece: bytes) -> Talk:
    def talk(s: socket.socket) -> None:
        s.sendall(start)
        while True:
            s.sendall(piece)

    return talk


def reset(s: socket.socket) -> None:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def zeros(size: int, wbits: int) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, wbits)
    piece = bytes(MIB)
    return b"".join([*(packer.compress(piece) for _ in range(size // MIB)), packer.flush()])


BOMB = zeros(256 * MIB, 31)
GZIP, CHUNKED = "Content-Encoding: gzip", "Transfer-Encoding: chunked"
CHUNK = b"%x\r\n%s\r\n" % (65536, bytes(65536))

#: What happens, and a word that the error must hold; written for a time limit of 1 s and a cap of 8 MB.
MEAN: dict[str, tuple[Talk, str]] = {
    "slow body": (drip(head("Content-Length: 1000000"), b"x", 0.1), "not done within 1 s"),
    "slow headers": (drip(b"HTTP/1.1 200 OK\r\nX-A: ", b"x", 0.1), "not done within 1 s"),
    "slow status line": (drip(b"", b"H", 0.1), ""),
    "slow chunks": (drip(head(CHUNKED), b"1\r\nx\r\n", 0.1), "not done within 1 s"),
    "slow interim answers": (drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.1), "not done within 1 s"),
    "silence": (lambda s: time.sleep(3), "ReadTimeout"),
    "endless body": (endless(head(), bytes(65536)), "more than 8,388,608 bytes"),
    "endless chunks": (endless(head(CHUNKED), CHUNK), "more than 8,388,608 bytes"),
    "endless headers": (endless(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"x" * 1000 + b"\r\n"), "RemoteProtocolError"),
    "endless header": (endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"x" * 65536), "RemoteProtocolError"),
    "endless interim answers": (endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100), "not done within 1 s"),
    "a million headers": (
        lambda s: s.sendall(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1_000_000 + b"\r\n"),
        "RemoteProtocolError",
    ),
    "a thousand headers": (whole(b"x", *[f"X-{i}: b" for i in range(1_000)]), "headers beyond the bounds"),
    "gzip bomb": (whole(BOMB, GZIP), "unpacks to more than 8,388,608 bytes"),
    "deflate bomb": (whole(zeros(64 * MIB, 15), "Content-Encoding: deflate"), "unpacks to more"),
    "raw deflate bomb": (whole(zeros(64 * MIB, -15), "Content-Encoding: deflate"), "unpacks to more"),
    "bomb of many members": (whole(gzip.compress(bytes(MIB)) * 64, GZIP), "unpacks to more"),
    "gzip in gzip": (whole(gzip.compress(BOMB), "Content-Encoding: gzip, gzip"), "not asked for"),
    "brotli": (whole(b"\x0b\x02\x80abc\x03", "Content-Encoding: br"), "not asked for"),
    "zstd": (whole(b"\x28\xb5\x2f\xfd", "Content-Encoding: zstd"), "not asked for"),
    "announced large": (lambda s: s.sendall(head("Content-Length: 99999999999") + b"x"), ""),
    "truncated": (lambda s: s.sendall(head("Content-Length: 1000") + b"x" * 500), "RemoteProtocolError"),
    "truncated chunks": (lambda s: s.sendall(head(CHUNKED) + b"5\r\nab"), "RemoteProtocolError"),
    "truncated gzip": (whole(gzip.compress(os.urandom(5000))[:-30], GZIP), "cut short"),
    "broken gzip": (whole(gzip.compress(b"x" * 50)[:15] + b"\0broken\0", GZIP), "broken gzip"),
    "gzip and more": (whole(gzip.compress(b"x") + b"<script>", GZIP), "after the end"),
    "no gzip at all": (whole(b"plain", GZIP), "broken gzip"),
    "reset": (reset, "Error"),
    "reset midway": (lambda s: (s.sendall(head("Content-Length: 1000") + b"x"), reset(s)), "Error"),
    "closed at once": (lambda s: None, "RemoteProtocolError"),
    "no HTTP": (lambda s: s.sendall(b"220 mail.example ESMTP\r\n"), "RemoteProtocolError"),
    "bad chunk size": (lambda s: s.sendall(head(CHUNKED) + b"zz\r\n"), "RemoteProtocolError"),
    "redirect loop": (
        lambda s: s.sendall(head("Location: /again", "Content-Length: 0", status="302 Found")),
        "more than 5 redirects",
    ),
    "redirect with an endless body": (
        endless(head("Location: /again", CHUNKED, status="302 Found"), CHUNK),
        "more than 5 redirects",
    ),
    "refusal with an endless body": (endless(head(CHUNKED, status="404 Not Found"), CHUNK), "status 404"),
    "refusal with a slow body": (drip(head("Content-Length: 9999", status="403 Forbidden"), b"x", 0.1), ""),
    "failure with an endless body": (endless(head(CHUNKED, status="503 Busy"), CHUNK), "status 503"),
}
