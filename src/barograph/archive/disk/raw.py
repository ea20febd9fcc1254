"""Raw bodies as received, gzip'd, under the sha256 of the uncompressed bytes: `raw/ab/ab12....gz`."""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

from barograph.archive.disk.files import damaged, make_folder, write_whole
from barograph.core.errors import DamageError


#: gzip header without name, time and system: equal bodies are equal files, and any other header is damage.
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def pack(body: bytes) -> bytes:
    """One gzip member."""
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    trailer = struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return _HEADER + squeeze.compress(body) + squeeze.flush() + trailer


def unpack(data: bytes, asked: str) -> bytes:
    """The one gzip member in `data`, which must end where the data end."""
    stream = zlib.decompressobj(31)
    try:
        body = stream.decompress(data) if data.startswith(_HEADER) else b""
    except zlib.error as error:
        raise damaged(asked, f"no gzip stream: {error}") from None
    if not stream.eof or stream.unused_data:
        raise damaged(asked, "not a gzip stream as written, or one that is cut short or goes on after its end")
    return body


class RawBodies:
    """The folder of bodies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where a body lies."""
        return self.folder / sha256[:2] / f"{sha256}.gz"

    def store(self, body: bytes) -> str:
        """Keep a body for good and return its sha256; a body that is there whole is not written again."""
        sha256 = hashlib.sha256(body).hexdigest()
        path = self.path(sha256)
        if path.exists():
            try:
                self.read(sha256)
                return sha256
            except DamageError:
                pass  # the body is at hand: write it anew below
        make_folder(path.parent)
        write_whole(path, pack(body))
        return sha256

    def read(self, sha256: str) -> bytes:
        """A body by its sha256.

        Raises
        ------
        DamageError
            It is not there, or its bytes are not those that were stored.
        """
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise damaged(f"read {path}", error.strerror or str(error)) from None
        body = unpack(data, f"read {path}")
        if hashlib.sha256(body).hexdigest() != sha256:
            raise damaged(f"read {path}", "its bytes are not those its name stands for")
        return body
