"""Intervals: for shares of successes, and the width of the normal one."""

from __future__ import annotations

import math
from statistics import NormalDist

#: Half-width of a 90 per cent interval in standard errors of the normal distribution.
Z90 = NormalDist().inv_cdf(0.95)


def wilson(hits: int, n: int, level: float = 0.90) -> tuple[float, float]:
    """Score interval of a binomial share, both ends in 0..1.

    (p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n), p = hits/n, z the (1 + level)/2 quantile of the
    normal distribution.
    Wilson (1927), doi 10.1080/01621459.1927.10502953.

    >>> [round(end, 4) for end in wilson(40, 50, 0.95)]
    [0.6696, 0.8876]
    """
    if n < 1 or not 0 <= hits <= n or not 0.0 < level < 1.0:
        raise ValueError(f"{hits} hits of {n} at level {level}")
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    share, spread = hits / n, z * z / n
    middle = (share + spread / 2.0) / (1.0 + spread)
    half = z * math.sqrt(share * (1.0 - share) / n + spread / (4.0 * n)) / (1.0 + spread)
    # At the ends of the scale the formula is exact and only rounding can leave it.
    return max(0.0, middle - half), min(1.0, middle + half)


def student(level: float, freedom: int) -> float:
    """Half-width of an interval of Student's t with so many degrees of freedom, in standard errors.

    >>> round(student(0.90, 21), 3)
    1.721
    """
    from scipy.special import stdtrit  # scipy.stats takes half a second to import

    return float(stdtrit(freedom, 0.5 + level / 2.0))
