"""How long, how much and how often: the bounds of every request, and the gates that keep to a host's pace."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the HTTP client. Times in seconds, sizes in bytes.

    `connect` and `read` bound one wait for the network, `total` everything that one `get` does after its turn has
    come: redirects, retries and the waits between them. `body` bounds what is received and what it unpacks to.
    `retry_after_max` is the longest wait that a server may ask for; a longer one ends the request at once. `hosts`
    gives requests under way at once by host (others: `per_host`), `per_minute` how many a host takes in a minute.
    """

    connect: float = 5.0
    read: float = 10.0
    total: float = 60.0
    body: int = 64 * 2**20
    header_count: int = 200
    header_bytes: int = 64 * 2**10
    redirects: int = 5
    attempts: int = 3
    backoff: float = 0.5
    backoff_max: float = 8.0
    retry_after_max: float = 30.0
    per_host: int = 4
    hosts: Mapping[str, int] = field(default_factory=dict)
    # FRED counts 120 a minute and key, and answers 429 beyond.
    per_minute: Mapping[str, int] = field(default_factory=lambda: {"api.stlouisfed.org": 110})


class Overtime(Exception):
    """The time for a request is up."""


class Deadline:
    """The instant by which a request must be done, on a monotonic clock."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._seconds = seconds
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds left; raises Overtime when there are none."""
        left = self._end - self._monotonic()
        if left <= 0:
            raise Overtime(self.words)
        return left

    @property
    def words(self) -> str:
        """What to say when the time is up."""
        return f"not done within {self._seconds:g} s"

    def extend(self, seconds: float) -> None:
        """Move the end: time spent in a queue does not count."""
        self._end += seconds

    def room_for(self, wait: float) -> bool:
        """Whether `wait` seconds of sleep still leave time to ask again."""
        return self._monotonic() + wait < self._end


class Gates:
    """One gate per host: so many at once, and so many a minute."""

    def __init__(self, limits: Limits, sleep: Callable[[float], None], monotonic: Callable[[], float]) -> None:
        self._limits, self._sleep, self._monotonic = limits, sleep, monotonic
        self._lock = threading.Lock()
        self._at_once: dict[str, threading.Semaphore] = {}
        self._sent: dict[str, deque[float]] = {}

    def enter(self, host: str) -> AbstractContextManager[object]:
        """A context in which one request to `host` may be under way."""
        with self._lock:
            if host not in self._at_once:
                self._at_once[host] = threading.Semaphore(max(1, self._limits.hosts.get(host, self._limits.per_host)))
            return self._at_once[host]

    def wait_turn(self, host: str) -> float:
        """Return once one more request to `host` keeps within its number a minute; says how long that took."""
        allowed, waited = self._limits.per_minute.get(host), 0.0
        while allowed:
            with self._lock:
                sent, now = self._sent.setdefault(host, deque()), self._monotonic()
                while sent and sent[0] <= now - 60.0:
                    sent.popleft()
                if len(sent) < allowed:
                    sent.append(now)
                    break
                wait = sent[0] + 60.0 - now
            self._sleep(wait)
            waited += wait
        return waited
