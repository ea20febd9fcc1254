"""Widths of chart text in the widest font that a reader's system may fall back to (DejaVu Sans, 2,048 units per em).

Labels laid out with these widths fit in every narrower font; Segoe UI and San Francisco are about 15 % narrower.
"""

from __future__ import annotations

EM = 2048
SIZE = 12.0
ASCENT = 1901 / EM
DESCENT = 483 / EM

_CHARS = "".join(map(chr, range(32, 127))) + "\u00a0\u202f−–—’“”±×·σΔ≤≥…→↑≈éüöä"
# fmt: off
_REGULAR = (
    651, 821, 942, 1716, 1303, 1946, 1597, 563, 799, 799, 1024, 1716, 651, 739, 651, 690, 1303, 1303, 1303, 1303, 1303,
    1303, 1303, 1303, 1303, 1303, 690, 690, 1716, 1716, 1716, 1087, 2048, 1401, 1405, 1430, 1577, 1294, 1178, 1587,
    1540, 604, 604, 1343, 1141, 1767, 1532, 1612, 1235, 1612, 1423, 1300, 1251, 1499, 1401, 2025, 1403, 1251, 1403, 799,
    690, 799, 1716, 1024, 1024, 1255, 1300, 1126, 1300, 1260, 721, 1300, 1298, 569, 569, 1186, 569, 1995, 1298, 1253,
    1300, 1300, 842, 1067, 803, 1298, 1212, 1675, 1212, 1212, 1075, 1303, 690, 1303, 1716, 651, 409, 1716, 1024, 2048,
    651, 1061, 1061, 1716, 1716, 651, 1298, 1401, 1716, 1716, 2048, 1716, 1716, 1716, 1260, 1298, 1253, 1255,
)
_BOLD = (
    713, 934, 1067, 1716, 1425, 2052, 1786, 627, 936, 936, 1071, 1716, 778, 850, 778, 748, 1425, 1425, 1425, 1425, 1425,
    1425, 1425, 1425, 1425, 1425, 819, 819, 1716, 1716, 1716, 1188, 2048, 1585, 1561, 1503, 1700, 1399, 1399, 1681,
    1714, 762, 762, 1587, 1305, 2038, 1714, 1741, 1501, 1741, 1577, 1475, 1397, 1663, 1585, 2259, 1579, 1483, 1485, 936,
    748, 936, 1716, 1024, 1024, 1382, 1466, 1214, 1466, 1389, 891, 1466, 1458, 702, 702, 1362, 702, 2134, 1458, 1407,
    1466, 1466, 1010, 1219, 979, 1458, 1335, 1892, 1321, 1335, 1192, 1458, 748, 1458, 1716, 713, 409, 1716, 1024, 2048,
    778, 1346, 1346, 1716, 1716, 778, 1595, 1585, 1716, 1716, 2048, 1716, 1716, 1716, 1389, 1458, 1407, 1382,
)
# fmt: on
_WIDTHS = {False: dict(zip(_CHARS, _REGULAR, strict=True)), True: dict(zip(_CHARS, _BOLD, strict=True))}


def text_width(text: str, *, bold: bool = False, size: float = SIZE) -> float:
    """Width of `text` in px; a character that is not in the table counts as one em, which no letter exceeds by much.

    >>> round(text_width("10y"), 1), round(text_width("10y", bold=True), 1)
    (22.4, 24.5)
    """
    table = _WIDTHS[bold]
    return sum(table.get(c, EM) for c in text) * size / EM


def fitted(text: str, room: float, *, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than `room` px.

    >>> fitted("inflation", 200.0), fitted("inflation", 40.0)
    ('inflation', 'infla…')
    """
    if text_width(text, bold=bold) <= room:
        return text
    end = len(text)
    while end and text_width(text[:end].rstrip() + "…", bold=bold) > room:
        end -= 1
    return text[:end].rstrip() + "…" if end else ""
