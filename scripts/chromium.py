"""Drive an installed Chromium over its debugging pipe: load a file, look at it, print it. Standard library only."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
    "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip

# The browser reads commands on descriptor 3 and answers on 4; a shell would not pass on descriptors above 9.
_EXEC = (
    "import fcntl, os, sys; i, o = (fcntl.fcntl(int(a), fcntl.F_DUPFD, 10) for a in sys.argv[1:3]);"
    " os.dup2(i, 3); os.dup2(o, 4); os.execv(sys.argv[3], sys.argv[3:])"
)


def installed() -> str | None:
    """The path of a Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """A running Chromium; commands go down one pipe and answers and events come back on another."""

    def __init__(self, process: subprocess.Popen[bytes], down: int, up: int) -> None:
        self._process, self._down, self._up = process, down, up
        self._next, self._buffer = 0, b""
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, params: dict[str, Any] | None = None, session: str = "", wait: float = 30.0) -> Any:
        """Send a command and return its result; events that come meanwhile are kept."""
        self._next += 1
        message = {"id": self._next, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        os.write(self._down, json.dumps(message).encode() + b"\0")
        number, until = self._next, time.monotonic() + wait
        while True:
            answer = self._read(until)
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, event: str, wait: float = 30.0) -> None:
        """Read on until `event` has come since the list of events was last cleared."""
        until = time.monotonic() + wait
        while not any(e.get("method") == event for e in self.events):
            self.events.append(self._read(until))

    def _read(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._up], [], [], max(0.0, until - time.monotonic()))
            piece = os.read(self._up, 1 << 20) if ready else b""
            if not piece:
                raise RuntimeError("the browser does not answer" if not ready else "the browser has ended")
            self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found


class Tab:
    """One page, `width` px wide, light or dark."""

    def __init__(self, browser: Browser, width: int, *, height: int = 900, dark: bool = False, media: str = "") -> None:
        self._browser = browser
        target = browser.send("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = browser.send("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self._target = target
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        self.size(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})

    def send(self, method: str, params: dict[str, Any] | None = None) -> Any:
        """A command for this page."""
        return self._browser.send(method, params, self._session)

    def size(self, width: int, height: int = 900) -> None:
        """Set the viewport."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )

    def open(self, path: Path) -> None:
        """Load a file and wait until it is laid out."""
        self.send("Page.bringToFront")
        self._browser.events.clear()
        self.send("Page.navigate", {"url": path.resolve().as_uri()})
        self._browser.wait_for("Page.loadEventFired")

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self.send("Runtime.evaluate", {"expression": script, "returnByValue": True, "awaitPromise": True})
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"].get("exception", answer["exceptionDetails"])))
        return answer["result"].get("value")

    def complaints(self) -> list[str]:
        """Errors and warnings of the console, exceptions, and requests for anything but the file itself."""
        self.run("0")
        out = []
        for event in self._browser.events:
            method, p = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                out.append(f"exception: {p['exceptionDetails'].get('text')}")
            elif method == "Log.entryAdded" and p["entry"]["level"] in ("error", "warning"):
                out.append(f"console: {p['entry']['text']}")
            elif method == "Runtime.consoleAPICalled" and p["type"] in ("error", "warning", "assert"):
                out.append(f"console: {p['args']}")
            elif method == "Network.requestWillBeSent" and not p["request"]["url"].startswith(("file:", "data:")):
                out.append(f"request: {p['request']['url']}")
        return out

    def picture(self, *, full: bool = True) -> bytes:
        """A PNG of the whole page, or of the viewport."""
        params: dict[str, Any] = {"format": "png"}
        if full:
            box = self.send("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": box["width"], "height": box["height"], "scale": 1}
            params |= {"captureBeyondViewport": True, "clip": clip}
        return base64.b64decode(self.send("Page.captureScreenshot", params)["data"])

    def pdf(self) -> bytes:
        """The page as it prints, with the paper size and margins of its own style."""
        params = {"printBackground": True, "preferCSSPageSize": True}
        return base64.b64decode(self.send("Page.printToPDF", params)["data"])

    def close(self) -> None:
        """Close the page."""
        self._browser.send("Target.closeTarget", {"targetId": self._target})


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a Chromium with an empty profile and end it."""
    path = installed()
    if path is None:
        raise RuntimeError(f"none of {', '.join(NAMES)} is installed")
    child_in, down = os.pipe()
    up, child_out = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [sys.executable, "-c", _EXEC, str(child_in), str(child_out), path, *FLAGS, f"--user-data-dir={profile}"],
            pass_fds=(child_in, child_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(child_in)
        os.close(child_out)
        browser = Browser(process, down, up)
        try:
            yield browser
            browser.send("Browser.close", wait=10.0)
        finally:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(down)
            os.close(up)
