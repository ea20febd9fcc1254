"""Errors in four parts: what was asked, what was found, the nearest valid thing, the next step."""

from __future__ import annotations


class BarographError(Exception):
    """A failure that a user can act on.

    Parameters
    ----------
    asked
        What the caller asked for.
    found
        What is there instead.
    nearest
        The nearest valid thing, or an empty string when there is none.
    step
        What to do next.
    """

    def __init__(self, asked: str, found: str, nearest: str = "", step: str = "") -> None:
        self.asked, self.found, self.nearest, self.step = asked, found, nearest, step
        super().__init__(self.__str__())

    def __str__(self) -> str:
        rows = (("asked", self.asked), ("found", self.found), ("nearest", self.nearest), ("next", self.step))
        return "\n".join(f"{name + ':':<9}{text}" for name, text in rows if text)


class UnknownSeries(BarographError):
    """No catalogue row carries the id."""


class CoverageError(BarographError):
    """The archive has not looked at the dates asked for."""


class CatalogError(BarographError):
    """A catalogue file does not hold what it must."""


class ArchiveError(BarographError):
    """The archive cannot be read or written as asked."""


class DamageError(ArchiveError):
    """Bytes on disk are not the bytes that were committed."""


class LockedError(ArchiveError):
    """Another process is writing to the archive."""


class SourceError(BarographError):
    """A provider's answer could not be used; nothing of it was stored as an observation."""


class InputError(BarographError):
    """A file, date or option given by the user does not fit."""


class NarrativeError(BarographError):
    """A sentence says what the facts do not bear."""
