"""One writer at a time: a lock that the system drops with the process that holds it, and a file that says who it is."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from barograph.archive.files import unwritable
from barograph.core.errors import LockedError
from barograph.core.time import Clock


@contextmanager
def locked(root: Path, clock: Clock | None = None) -> Iterator[None]:
    """Hold the writer's lock; the file says who holds it."""
    path = root / "lock"
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise unwritable(path, error) from error
            who = os.pread(fd, 400, 0).decode(errors="replace").strip() or "another process"
            raise LockedError(
                f"writing to {root}",
                f"it is being written by {who}",
                "reading is not blocked",
                "Wait until that run has ended, then try again.",
            ) from None
        try:
            os.ftruncate(fd, 0)
            since = f" since {clock.now:%Y-%m-%d %H:%M} UTC" if clock else ""
            os.pwrite(fd, f"process {os.getpid()}{since}".encode(), 0)
        except OSError as error:
            raise unwritable(path, error) from error
        try:
            yield
        finally:
            os.ftruncate(fd, 0)
    finally:
        os.close(fd)
