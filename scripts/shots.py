"""Pictures of a page for the README: desktop light and dark, phone, and the printed page.

Usage: python scripts/shots.py PAGE.html OUT_FOLDER [--top PIXELS]

`--top` cuts each picture after that many pixels, so that it shows the summary only.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from chromium import Tab, chromium

SHOTS = (("desktop_light", 1200, False), ("desktop_dark", 1200, True), ("phone", 390, False))


def main() -> int:
    """Write the pictures and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--top", type=int, default=0, help="cut after that many pixels (0: the whole page)")
    options = parser.parse_args()
    if not options.page.is_file():
        parser.error(f"{options.page} is no file; `make report` makes one in out/")
    options.out.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, width, dark in SHOTS:
            tab = Tab(browser, width, height=options.top or 900, dark=dark)
            tab.open(options.page)
            path = options.out / f"{name}.png"
            path.write_bytes(tab.picture(full=not options.top))
            print(path)
            tab.close()
        tab = Tab(browser, 1200)
        tab.open(options.page)
        path = options.out / "print.pdf"
        path.write_bytes(tab.pdf())
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
