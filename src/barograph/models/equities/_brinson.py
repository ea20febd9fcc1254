"""Where an active return comes from: Brinson and Fachler's allocation, selection and interaction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Effects:
    """Per group, shape (..., n), in the unit of the returns; all of them together are the active return."""

    allocation: Floats
    selection: Floats
    interaction: Floats


def brinson_fachler(ours: Floats, theirs: Floats, returns: Floats, bench: Floats) -> Effects:
    """Allocation (w - v)(b_i - B), selection v (r_i - b_i), interaction (w - v)(r_i - b_i), B = sum v b.

    Brinson and Fachler (1985), Measuring non-US equity portfolio performance, Journal of Portfolio Management 11(3), doi
    10.3905/jpm.1985.409005.

    Parameters
    ----------
    ours, theirs
        Weights w and v, shape (..., n), each with the sum one over the last axis.
    returns, bench
        Returns r and b of the groups, shape (..., n). A group that one side does not hold takes the other side's return.
    """
    whole = (theirs * bench).sum(axis=-1, keepdims=True)
    tilt, gap = ours - theirs, returns - bench
    return Effects(tilt * (bench - whole), theirs * gap, tilt * gap)
