"""Bytes on disk: the few functions through which every file of the archive is written, read and removed.

A file appears whole or not at all: temporary file, write, fsync, rename, fsync of the folder. An error of any of these
is final: after a failed fsync the kernel may have dropped the pages and a second call would report success (the
"fsyncgate" of 2018), so nothing here is retried.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from barograph.core.errors import ArchiveError, DamageError

TEMPORARY = ".tmp"


def sync_file(fd: int) -> None:
    """Force a file's bytes to the disk."""
    os.fsync(fd)


def sync_folder(path: Path) -> None:
    """Force a folder's entries to the disk: without it a renamed file may be gone after power loss."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_bytes(fd: int, data: bytes) -> None:
    """Write all of `data`; the system may take it in pieces."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def rename(source: Path, target: Path) -> None:
    """Give a file its final name, replacing what bears it."""
    os.replace(source, target)


def remove(path: Path) -> None:
    """Remove a file; its absence is as good."""
    path.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` under `path` so that it is there whole and for good when this returns.

    Raises
    ------
    ArchiveError
        The disk refused; the message names the path and the space left. Nothing bears the name `path` that did not
        before.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            write_bytes(fd, data)
            sync_file(fd)
        finally:
            os.close(fd)
        rename(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):  # best effort: the sweep removes what is left
            remove(temporary)
        raise refused(path, error) from error


def adopt(draft: Path, path: Path) -> None:
    """Give a finished file, written by other means, its name for good."""
    try:
        fd = os.open(draft, os.O_RDONLY)
        try:
            sync_file(fd)
        finally:
            os.close(fd)
        rename(draft, path)
        sync_folder(path.parent)
    except OSError as error:
        raise refused(path, error) from error


def make_folder(path: Path) -> None:
    """Make a folder, and its parents, for good."""
    if path.is_dir():
        return
    make_folder(path.parent)
    try:
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise refused(path, error) from error


def read_whole(path: Path, sha256: str) -> bytes:
    """The bytes of a file whose sha256 is on record.

    Raises
    ------
    DamageError
        The file is not there, cannot be read, or holds other bytes.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise damaged(f"read {path}", "the file is gone, though the manifest lists it") from None
    except OSError as error:
        raise damaged(f"read {path}", f"the disk says: {error.strerror or error}") from error
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise damaged(f"read {path}", f"{len(data):,} bytes with sha256 {found[:12]}, committed as {sha256[:12]}")
    return data


def refused(path: Path, error: OSError) -> ArchiveError:
    """The error for a write that the disk refused, with the space left."""
    return ArchiveError(
        f"write {path}",
        f"the disk says: {error.strerror or error}; {free_space(path)}",
        "everything acknowledged so far is kept",
        "Free space or mend the disk, then run the command again: a failed write is not retried.",
    )


def free_space(path: Path) -> str:
    """`12.3 GB free` on the disk that holds `path`."""
    for folder in (path, *path.parents):
        try:
            stat = os.statvfs(folder)
        except OSError:
            continue
        return f"{stat.f_bavail * stat.f_frsize / 1e9:.1f} GB free"
    return "free space unknown"


def damaged(asked: str, found: str) -> DamageError:
    """The error for bytes that are not the bytes that were committed."""
    return DamageError(
        asked,
        found,
        "a backup of the archive",
        "Restore the file from a backup, or fill a new archive; `barograph verify` lists all damage.",
    )
