"""Bodies in pieces: unpacked as they come, and never beyond the cap."""

from __future__ import annotations

import zlib

#: What is unpacked in one step; the memory that a bomb can claim above the cap.
STEP = 2**20
#: Encodings that are asked for and understood; any other answer is refused.
ACCEPT = "gzip, deflate"


class BadBody(Exception):
    """A body that is too large, cut short or not what its encoding says."""


class Unpacker:
    """Collects a body of at most `cap` bytes, received and unpacked.

    Parameters
    ----------
    encoding
        Content-Encoding of the answer: empty, `identity`, `gzip`, `x-gzip` or `deflate`.
    cap
        Bytes allowed, before and after unpacking.
    """

    def __init__(self, encoding: str, cap: int) -> None:
        self._encoding = encoding.strip().lower().removeprefix("x-")
        if self._encoding not in ("", "identity", "gzip", "deflate"):
            raise BadBody(f"the encoding {encoding[:40]!r} was not asked for")
        self._cap, self._received = cap, 0
        self._body = bytearray()
        self._zip = self._new() if self._encoding in ("gzip", "deflate") else None

    def _new(self, raw: bool = False) -> zlib._Decompress:
        return zlib.decompressobj(31 if self._encoding == "gzip" else -15 if raw else 15)

    def feed(self, piece: bytes) -> None:
        """Take the next piece from the network.

        Raises
        ------
        BadBody
            The cap is passed or the piece does not unpack.
        """
        self._received += len(piece)
        if self._received > self._cap:
            raise BadBody(f"more than {self._cap:,} bytes")
        if self._zip is None:
            self._body += piece
            return
        if self._encoding == "deflate" and self._received == len(piece) and piece and not _zlib_header(piece):
            self._zip = self._new(raw=True)  # some servers send deflate without its envelope
        while True:
            if self._zip.eof and piece:
                if self._encoding != "gzip" or not piece.startswith(b"\x1f"):
                    raise BadBody("bytes after the end of the packed body")
                self._zip = self._new()
            try:
                out = self._zip.decompress(piece, STEP)
            except zlib.error as error:
                raise BadBody(f"a broken {self._encoding} stream: {error}") from None
            self._body += out
            if len(self._body) > self._cap:
                raise BadBody(f"unpacks to more than {self._cap:,} bytes")
            piece = self._zip.unconsumed_tail or self._zip.unused_data
            # A full step may leave output behind although all input is taken: ask once more.
            if not piece and (len(out) < STEP or self._zip.eof):
                return

    def close(self) -> bytes:
        """The whole body.

        Raises
        ------
        BadBody
            The packed body was cut short.
        """
        if self._zip is not None and self._received and not self._zip.eof:
            raise BadBody(f"a {self._encoding} stream that is cut short")
        return bytes(self._body)


def _zlib_header(piece: bytes) -> bool:
    return piece[0] & 0x0F == 8 and (len(piece) < 2 or (piece[0] * 256 + piece[1]) % 31 == 0)
