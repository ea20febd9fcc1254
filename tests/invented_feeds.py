"""Feeds for tests: INVENTED items in the documented shapes, requests as ingest plans them, and 300 poisoned feeds (P14)."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from barograph.archive.archive import Archive
from barograph.archive.commit import Fetch
from barograph.core.feed import Feed
from barograph.core.observation import NewsItem, Untrusted
from barograph.core.time import Clock
from barograph.sources import Job, Request
from barograph.sources.rss import SOURCE

BODIES = Path(__file__).parent / "bodies"
NOW = datetime(2025, 11, 5, 23, 0, tzinfo=UTC)
TODAY = date(2025, 11, 5)
ADDRESS = "https://www.example.org/feeds/press_all.xml"
PRESS, SPEECHES, ECB = "news.us.fed_press", "news.us.fed_speeches", "news.ea.ecb"


def feed(id_: str = "test.feed", agency: str = "", themes: tuple[str, ...] = (), code: str = ADDRESS) -> Feed:
    """A row of the catalogue."""
    return Feed(id_, f"Feed {id_}", "rss", code, "news", "public", "invented", agency, themes)


def request(address: str = ADDRESS, now: datetime = NOW) -> Request:
    """The request for one feed."""
    [made] = SOURCE.plan(Job((), (TODAY, TODAY), now, feeds=(feed(code=address),)))
    return made


def body(name: str) -> bytes:
    """A body in the documented shape: feed_rss.xml, feed_rdf.xml, feed_atom.xml."""
    return (BODIES / name).read_bytes()


def rss(*items: str, before: str = "") -> bytes:
    """An RSS 2.0 text of these items' inner XML."""
    inner = "".join(f"<item>{i}</item>" for i in items)
    return f'<?xml version="1.0"?>{before}<rss version="2.0"><channel><title>t</title>{inner}</channel></rss>'.encode()


def item(title: str, link: str = "https://www.example.org/a", at: str = "Wed, 05 Nov 2025 19:00:00 GMT") -> str:
    """The inner XML of an item; `title` and `link` are XML already."""
    return f"<title>{title}</title><link>{link}</link><pubDate>{at}</pubDate>"


# ---------------------------------------------------------------- into an archive


def news(at: datetime, title: str, feed_id: str = PRESS, url: str = "") -> NewsItem:
    """A headline."""
    return NewsItem(
        feed_id, url or f"https://www.example.org/{sha256(title.encode()).hexdigest()[:12]}", at, Untrusted(title)
    )


def take(
    archive: Archive,
    items: Iterable[NewsItem],
    at: datetime,
    feeds: Iterable[str] = (PRESS,),
    since: date | None = None,
) -> None:
    """Commit what a look at the feeds at `at` found, and note the look from `since` on."""
    every, looked = list(items), tuple(feeds)
    window = (since or at.date(), at.date())
    with archive.writer(Clock(at)) as writer:
        sha = writer.store_raw(repr(every).encode())
        writer.commit([Fetch("rss", f"test {at.isoformat()}", sha, window, looked, [], items=every)])
        writer.cover([(i, *window) for i in looked])


# ---------------------------------------------------------------- poison


@dataclass(frozen=True)
class Poison:
    """A feed that means harm: its kind, its bytes, and the raw words and addresses in it."""

    kind: str
    body: bytes
    words: str = ""
    link: str = ""


FILES = (
    "file:///etc/passwd",
    "file:///proc/self/environ",
    "/etc/hostname",
    "file://localhost/etc/group",
    "netdoc:/etc/passwd",
)
NETS = (
    "http://127.0.0.1:9/x",
    "http://169.254.169.254/latest/meta-data/",
    "ftp://127.0.0.1/x",
    "gopher://127.0.0.1:70/",
    "//127.0.0.1/x",
)
PAYLOADS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>", '"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>",
    "</title><script>alert(1)</script>", "</a><script>alert(1)</script>", "<iframe src=javascript:alert(1)></iframe>",
    "<a href=javascript:alert(1)>x</a>", "<body onload=alert(1)>", "<math><mi xlink:href=javascript:alert(1)>",
    "<details open ontoggle=alert(1)>", '" onmouseover="alert(1)', "' onfocus='alert(1)' autofocus='",
    "<style>@import'https://x.example'</style>", "<link rel=stylesheet href=https://x.example>",
    "<meta http-equiv=refresh content=0;url=javascript:alert(1)>", "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>", "<img src=x onerror=alert(1)//", "<<script>alert(1)//<</script>",
    "{{7*7}}{% import os %}", "![x](javascript:alert(1))",
    "[x](javascript:alert(1)) <https://x.example> www.x.example",
)  # fmt: skip
AT = "<pubDate>Wed, 05 Nov 2025 19:00:00 GMT</pubDate>"
PLACES = ("cdata", "escaped", "twice", "numeric", "category", "link", "guid", "atom")
SCHEMES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
    "java\nscript:alert(1)", "&#106;avascript:alert(1)", "javascript&colon;alert(1)", "\x01javascript:alert(1)",
    "vbscript:msgbox(1)", "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=",
    "file:///etc/passwd", "ftp://example.org/x", "mailto:a@example.org", "tel:1", "blob:https://example.org/1",
    "about:blank", "chrome://settings", "view-source:https://example.org", "intent://x#Intent;end",
    "ms-word:ofe|u|https://x.example", "https://user:pw@example.org/", "https://exa mple.org/",
    "https:\\\\example.org\\x", 'https://example.org/"onmouseover="alert(1)',
    "https://example.org/><script>alert(1)</script>", "https://example.org/a)](javascript:alert(1))",
    "https://[::1]/", "https://example.org:99999/", "https://",
)  # fmt: skip
UNSEEN = (
    "\u202egnp.exe", "\u202dabc", "\u2066x\u2069", "\u2067x", "\u2068x", "\u200bz\u200bw", "\u200cx", "\u200dx",
    "\u2060x", "\ufeffx", "\u00adsoft", "\u034fcgj", "\u061calm", "\u115ffill", "\u3164fill", "\uffa0fill",
    "\u180emong", "\ufe0fvs", "\U000e0041tag", "\u2028line", "\u2029par", "\u0430pple", "\u0440aypal",
    "\uff26\uff2f\uff2d\uff23", "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307algo", "\u2800blank",
    "\U000e0001tag", "\x85nel", "\u202a\u202b\u202cx", "\u17b4khmer",
)  # fmt: skip


def poisoned() -> list[Poison]:
    """XXE 20, DTD 10, entity 10, XSS 200, schemes 30, unseen and look-alike characters 30."""
    out = [*_declarations(), *_scripts()]
    for scheme in SCHEMES:
        raw = scheme.replace("&", "&amp;").replace("<", "&lt;") if not scheme.startswith("&#") else scheme
        out.append(Poison("scheme", rss(item("A title", raw)), "A title", html.unescape(scheme)))
    for words in UNSEEN:
        link = (
            "https://www.\u0435xample.org/"
            if words.startswith(("\u0430", "\u0440"))
            else f"https://www.example.org/{words}"
        )
        sent = link if words.startswith(("\u0430", "\u0440")) else "https://www.example.org/a"
        out.append(Poison("unseen", rss(item(f"Rate {words} cut", sent)), f"Rate {words} cut", link))
    return out


def _declarations() -> list[Poison]:
    out = []
    for target in (*FILES, *NETS):
        doc = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{target}">]>'
        out.append(Poison("xxe", rss(item("&x;"), before=doc)))
        doc = f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{target}"> %p;]>'
        made = rss(item("a"), before=doc)
        out.append(
            Poison(
                "xxe", made if len(out) % 4 else made.decode().replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16")
            )
        )
    for n, target in enumerate((*FILES, *NETS)):
        kind = f'PUBLIC "-//x//y" "{target}"' if n % 2 else f'SYSTEM "{target}"'
        out.append(Poison("dtd", rss(item("a"), before=f"<!DOCTYPE rss {kind}>")))
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bombs = [
        f'<!DOCTYPE rss [<!ENTITY l0 "lol">{laughs}]>', f'<!DOCTYPE rss [<!ENTITY l9 "{"A" * 50_000}">]>',
        '<!DOCTYPE rss [<!ENTITY l9 "&l8;"><!ENTITY l8 "&l9;">]>', "<!DOCTYPE rss [<!ENTITY l9 '<script>alert(1)</script>'>]>",
        "<!DOCTYPE rss [<!ATTLIST item onload CDATA 'alert(1)'>]>", "<!DOCTYPE rss [<!NOTATION n SYSTEM 'x'>]>",
        "<!DOCTYPE rss []>", "<!DOCTYPE rss>",
        "", '<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>',
    ]  # fmt: skip
    out += [Poison("entity", rss(item("&l9;" * (20 if n == 1 else 1)), before=b)) for n, b in enumerate(bombs)]
    return out


def _scripts() -> list[Poison]:
    out = []
    for payload in PAYLOADS:
        once = html.escape(payload)
        for place in PLACES:
            good = "https://www.example.org/a"
            made = {
                "cdata": lambda p=payload, g=good: rss(item(f"Rate cut <![CDATA[{p}]]>", g)),
                "escaped": lambda o=once, g=good: rss(item(f"Rate cut {o}", g)),
                "twice": lambda o=once, g=good: rss(item(f"Rate cuts {html.escape(o)}", g)),
                "numeric": lambda p=payload, g=good: rss(item("Rate cut " + "".join(f"&amp;#{ord(c)};" for c in p), g)),
                "category": lambda o=once, g=good: rss(item("Rate cut", g) + f"<category>{o}</category>"),
                "link": lambda o=once: rss(item("Rate cut", f"https://www.example.org/{o}")),
                "guid": lambda o=once: rss(f"<title>Rate cut</title><guid>https://x.example/{o}</guid>{AT}"),
                "atom": lambda o=once, g=good: (
                    f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">Rate cut {o}</title>'
                    f'<link href="{g}?{o}"/>'
                    "<published>2025-11-05T19:00:00Z</published></entry></feed>"
                ).encode(),
            }[place]()  # fmt: skip
            out.append(Poison("xss", made, f"Rate cut {payload}", f"https://www.example.org/{payload}"))
    return out


#: A moment inside the window of the page of TODAY.
INSIDE = NOW - timedelta(hours=4)
