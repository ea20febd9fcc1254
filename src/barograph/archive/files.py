"""Bytes onto the disk so that they are there after a power loss, and off it only if they are still the same bytes."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
from contextlib import suppress
from pathlib import Path

from barograph.core.errors import ArchiveError, DamageError


def sha256(data: bytes) -> str:
    """Hex digest of `data`."""
    return hashlib.sha256(data).hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, each durable in its own parent."""
    missing = []
    here = folder
    while not here.is_dir():
        missing.append(here)
        here = here.parent
    for path in reversed(missing):
        try:
            path.mkdir()
            sync_folder(path.parent)
        except FileExistsError:
            continue
        except OSError as error:
            raise unwritable(path, error) from error


def write_durable(path: Path, data: bytes) -> None:
    """Write `data` under `path`: temporary file, fsync, rename, fsync of the folder; whole or not at all.

    A failing fsync is final: what the disk holds then is unknown, so nothing is retried.

    Raises
    ------
    ArchiveError
        The disk is full, read-only or failing; the message names the path and the free space.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        try:
            at = memoryview(data)
            while at:
                at = at[os.write(fd, at) :]
            os.fsync(fd)
        finally:
            os.close(fd)
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> ArchiveError:
    """The four-part error of a write that failed."""
    try:
        stat = os.statvfs(path.parent)
        free = f"{stat.f_bavail * stat.f_frsize / 1e6:,.0f} MB free there"
    except OSError:
        free = "the folder cannot be examined"
    step = "Make room or grant write permission, then run the command again."
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        step = "A part of the path is a file: give another folder."
    return ArchiveError(
        f"writing {path}", f"{error.strerror or error}; {free}", "the archive is as it was before", step
    )


def read_checked(path: Path, digest: str) -> bytes:
    """The bytes of a file, if they have the digest with which they were committed.

    Raises
    ------
    DamageError
        The file is gone, cannot be read, or holds other bytes.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DamageError(
            f"reading {path.name}", f"cannot be read: {error.strerror}", "", "Restore it from a backup of the archive."
        ) from error
    if sha256(data) != digest:
        raise DamageError(
            f"reading {path.name}",
            "its bytes are not those that were committed; nothing of it was read",
            "",
            "Restore it from a backup; `barograph verify` lists all that is damaged.",
        )
    return data


def raw_path(root: Path, digest: str) -> Path:
    """Where a raw body lies."""
    return root / "raw" / digest[:2] / f"{digest}.gz"


def store_raw(root: Path, body: bytes) -> str:
    """Store a provider's body under its sha256 and return that; a body that is there already is not written again."""
    digest = sha256(body)
    path = raw_path(root, digest)
    if not path.is_file():
        make_folder(path.parent)
        write_durable(path, gzip.compress(body, 6, mtime=0))
    return digest


def read_raw(root: Path, digest: str) -> bytes:
    """The raw body of a digest.

    Raises
    ------
    DamageError
        It is gone or not what came.
    """
    path = raw_path(root, digest)
    try:
        body = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, ValueError) as error:
        raise DamageError(
            f"raw body {digest[:16]}", f"cannot be read: {error}", "", "Restore it from a backup of the archive."
        ) from error
    except Exception as error:  # zlib.error is no OSError and not exported under one name
        raise DamageError(f"raw body {digest[:16]}", f"damaged: {error}", "", "Restore it from a backup.") from error
    if sha256(body) != digest:
        raise DamageError(f"raw body {digest[:16]}", "not the bytes that came", "", "Restore it from a backup.")
    return body
