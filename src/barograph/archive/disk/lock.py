"""One writer at a time, by name: whoever comes second is told who holds the archive since when."""

from __future__ import annotations

import fcntl
import json
import os
from datetime import datetime
from pathlib import Path

from barograph.archive.disk.files import refused
from barograph.core.errors import LockedError


class WriterLock:
    """An exclusive lock on `<archive>/writer.lock`, released by the system when the process ends, however it ends."""

    def __init__(self, folder: Path, what: str, since: datetime) -> None:
        self.path = folder / "writer.lock"
        try:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise refused(self.path, error) from error
        try:
            # flock, not POSIX record locks: it also holds between two openings by one process.
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = self._holder()
            os.close(self._fd)
            raise LockedError(
                f"write to the archive {folder} ({what})",
                f"{holder} is writing to it",
                "reading is possible at any time",
                "Wait until it has ended, then run the command again.",
            ) from None
        text = json.dumps({"pid": os.getpid(), "since": since.isoformat(), "what": what})
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, text.encode(), 0)

    def now_ns(self) -> int:
        """The file system's own time, by which the age of files is told: the run's clock may be set to the past."""
        os.utime(self._fd)
        return os.fstat(self._fd).st_mtime_ns

    def _holder(self) -> str:
        try:
            holder = json.loads(os.pread(self._fd, 4096, 0))
            return f"process {holder['pid']} ({holder['what']}, since {holder['since']})"
        except (ValueError, KeyError, TypeError):
            return "another process"  # it has the lock and has not written its name yet

    def release(self) -> None:
        """Let the next writer in."""
        os.close(self._fd)
