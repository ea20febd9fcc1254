"""What models have estimated, kept beside the archive under a digest of everything that it depends on.

They are no part of the record: each can be computed again from it, so they are not chained, need no lock, and a file that
is damaged, absent or cannot be written only costs the time of another estimation.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from barograph.archive.files import make_folder, sha256, write_durable
from barograph.core.errors import ArchiveError


class States:
    """A folder of JSON bodies by digest.

    Parameters
    ----------
    root
        The archive's folder; the bodies lie in `states/` below it.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / "states"

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / f"{digest}.json"

    def get(self, digest: str) -> Any | None:
        """The body kept under a digest; None where there is none, or not the one that was written."""
        try:
            head, _, text = self._path(digest).read_text("utf-8").partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        if head != sha256(text.encode()):
            return None
        return json.loads(text)

    def put(self, digest: str, body: Any) -> bool:
        """Keep a body of JSON values; False where nothing can be written there.

        Two processes that write the same digest write the same bytes: the last one stands.
        """
        text = json.dumps(body, allow_nan=False, sort_keys=True, separators=(",", ":"))
        path = self._path(digest)
        with suppress(ArchiveError, OSError):
            make_folder(path.parent)
            write_durable(path, f"{sha256(text.encode())}\n{text}".encode())
            return True
        return False
