"""What tests of users' files share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from barograph.sources import files
from barograph.sources._files_map import map_of
from own_files import CATALOG, MAP, NOW, Answer


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Answer]:
    def run(body: bytes | str, content: dict[str, object] = MAP, name: str = "own.csv", now: datetime = NOW) -> Answer:
        path = tmp_path / name
        path.write_bytes(body.encode() if isinstance(body, str) else body)
        return files.read(path, map_of(content, "MAP.toml"), CATALOG, now)

    return run
