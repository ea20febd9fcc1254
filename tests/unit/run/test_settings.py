"""Settings: what the environment may say, and that no key shows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from barograph.core.errors import InputError
from barograph.run.settings import default_archive, read_settings

KEY = "abcdefghij0123456789abcdefghij01"
BLS_KEY = "0123456789ABCDEF0123456789ABCDEF"


def test_everything_from_the_environment() -> None:
    env = {
        "BAROGRAPH_ARCHIVE": "/data/b",
        "BAROGRAPH_GATEWAY": "http://127.0.0.1:9/",
        "BAROGRAPH_NOW": "2025-11-05",
        "BAROGRAPH_DISABLE": "prices, cboe",
        "BAROGRAPH_FRED_API_KEY": KEY,
        "BAROGRAPH_BLS_API_KEY": BLS_KEY,
    }
    settings = read_settings(env=env)
    assert settings.archive == Path("/data/b")
    assert settings.gateway == "http://127.0.0.1:9"
    assert settings.clock.now == datetime(2025, 11, 5, 23, tzinfo=UTC)
    assert settings.disabled == {"prices", "cboe"}
    assert settings.keys == {"fred": KEY, "bls": BLS_KEY}
    assert KEY not in repr(settings) and BLS_KEY not in repr(settings)


@pytest.mark.parametrize("key", ["0123456789ABCDEF0123456789abcdef", "a-b-c-d-e-f-0-1-2", "A" * 64])
def test_a_key_of_the_bureau_has_no_fixed_form(key: str) -> None:
    assert read_settings(env={"BAROGRAPH_BLS_API_KEY": f" {key}\n"}).keys == {"bls": key}


def test_an_explicit_archive_wins() -> None:
    assert read_settings(Path("here"), {"BAROGRAPH_ARCHIVE": "there"}).archive == Path("here")


def test_the_data_folder_is_the_default() -> None:
    assert default_archive({"XDG_DATA_HOME": "/x"}) == Path("/x/barograph")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BAROGRAPH_NOW", "2025-11-05T10:00:00"),
        ("BAROGRAPH_NOW", "5 November"),
        ("BAROGRAPH_NOW", "2025-13-05"),
        ("BAROGRAPH_GATEWAY", "ftp://x"),
        ("BAROGRAPH_FRED_API_KEY", "SHORT" + KEY[:10]),
        ("BAROGRAPH_BLS_API_KEY", "SHORT" + KEY[:10]),
        ("BAROGRAPH_BLS_API_KEY", KEY + "?x=" + KEY[:5]),
        ("BAROGRAPH_BLS_API_KEY", "A" * 65),
    ],
)
def test_what_does_not_fit_is_refused_without_showing_a_key(name: str, value: str) -> None:
    with pytest.raises(InputError) as caught:
        read_settings(env={name: value})
    assert "asked:" in str(caught.value) and "next:" in str(caught.value)
    if "KEY" in name:
        assert value not in str(caught.value)
