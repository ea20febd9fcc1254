"""The frozen thresholds behind words. A change here is a decision: docs/decisions/007-words-and-thresholds.md."""

from __future__ import annotations

#: |z| of a one-session change below which a move is ordinary: the verb is "edged".
EDGED_BELOW = 1.0
#: |z| from which on the verb takes "sharply".
SHARPLY_FROM = 2.0
#: Percentiles at or beyond which a level is called extreme.
EXTREME_LOW, EXTREME_HIGH = 5.0, 95.0
#: Position between the trailing tight (0) and wide (1): up to NEAR it is "near" that end, within MIDDLE of one half
#: it is "just above" or "just below the middle", beyond a third it is in the lower or upper third.
NEAR, MIDDLE, THIRD = 0.10, 0.10, 1.0 / 3.0
#: How many facts the summary shows as moved most, and how many sectors are named on each side.
MOVED_MOST, SECTORS_NAMED = 5, 3
#: Two printed forms of one quantity may differ by rounding noise only.
CLOSURE = 1e-9
#: Trailing standard deviations between a level and the threshold that would cancel its reading.
CANCEL_SDS = 2.0
#: Per cent that a quadrant must exceed for a label: the setting `above` of the model `regime`.
LABEL_ABOVE = 60.0
#: z of the 0.9 quantile of the normal distribution: turns an 80 % range into a standard deviation.
Z90 = 1.2815515655446004


def move_size(z: float) -> str:
    """`edged`, `plain` or `sharply` by |z|.

    >>> move_size(-0.99), move_size(1.0), move_size(2.0)
    ('edged', 'plain', 'sharply')
    """
    size = abs(z)
    return "edged" if size < EDGED_BELOW else "sharply" if size >= SHARPLY_FROM else "plain"


def band_words(position: float) -> str:
    """Where a level stands between the tight (0) and the wide (1) end of its window, in words.

    >>> band_words(0.56), band_words(0.05), band_words(0.35), band_words(0.5)
    ('just above the middle', 'near the tight end', 'in the lower half', 'at the middle')
    """
    if position <= NEAR:
        return "near the tight end"
    if position >= 1.0 - NEAR:
        return "near the wide end"
    if position == 0.5:
        return "at the middle"
    if abs(position - 0.5) <= MIDDLE:
        return "just above the middle" if position > 0.5 else "just below the middle"
    if position < 0.5:
        return "in the lower third" if position < THIRD else "in the lower half"
    return "in the upper third" if position > 1.0 - THIRD else "in the upper half"


def band_claims(position: float) -> frozenset[str]:
    """Every phrase of this kind that is true at `position`, the one `band_words` chooses among them.

    >>> "in the lower half" in band_claims(0.56)
    False
    """
    true = {band_words(position)}
    if position < 0.5:
        true.add("in the lower half")
    if position > 0.5:
        true.add("in the upper half")
    if position < THIRD:
        true.add("in the lower third")
    if position > 1.0 - THIRD:
        true.add("in the upper third")
    return frozenset(true)
