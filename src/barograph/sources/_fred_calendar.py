"""FRED's calendar of releases: the days on which the agencies mean to publish, a day each and no time.

The code of the feed is `releases/dates:` and the numbers of the releases wanted, `10,50,53`; what else FRED follows is
left out. One page holds what a month and a half brings; where it does not, nothing is struck.
"""

from __future__ import annotations

from datetime import date, timedelta

from barograph.core.feed import Feed
from barograph.core.observation import CalendarItem, Untrusted
from barograph.sources._fred_pages import page_of, param
from barograph.sources._protocol import Partial, Request, Whole
from barograph.sources._wire import iso_date, refuse

URL = "https://api.stlouisfed.org/fred/releases/dates"
MAX_RELEASES = 1_000
#: How far ahead is asked for.
AHEAD = timedelta(45)


def dates_request(feed: Feed, today: date) -> Request:
    """Ask for the release dates from `today` on; dates without data yet are the ones wanted."""
    begin, end = today.isoformat(), (today + AHEAD).isoformat()
    params = {
        "file_type": "json",
        "include_release_dates_with_no_data": "true",
        "limit": str(MAX_RELEASES),
        "offset": "0",
        "order_by": "release_date",
        "realtime_end": end,
        "realtime_start": begin,
        "sort_order": "asc",
    }
    wanted = feed.code.partition(":")[2]
    return Request("fred", URL, tuple(sorted(params.items())), (feed.id,), (today, today), "api_key", f"dates {wanted}")


def dates_in(body: bytes, request: Request) -> Partial:
    """The coming releases that the feed's code names.

    Raises
    ------
    SourceError
        No page of release dates, or an entry without number, name or day.
    """
    rows, more = page_of(body, request, "release_dates")
    wanted = set(request.note.partition(" ")[2].split(","))
    begin, end = (date.fromisoformat(param(request, f"realtime_{x}")) for x in ("start", "end"))
    out: dict[str, CalendarItem] = {}
    for row in rows:
        if not isinstance(row, dict) or not {"release_id", "release_name", "date"} <= row.keys():
            refuse(request, "an entry without release_id, release_name or date", "release_id, release_name, date")
        number, name, day = row["release_id"], row["release_name"], iso_date(row["date"], request)
        if type(number) is not int or not isinstance(name, str):
            refuse(request, f"the release {str(number)[:20]!r}", "a number and a name")
        if str(number) in wanted and begin <= day <= end:
            uid = f"{number} {day}"
            item = CalendarItem(request.series[0], uid, day, None, Untrusted(name[:300]), "release", f"fred:{number}")
            out[uid] = item
    items = sorted(out.values(), key=lambda i: (i.day, i.uid))
    return Partial(items, "only the first page of release dates") if more else Whole(items, (begin, end))
