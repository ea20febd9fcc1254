"""Zero yields from par yields: the kernel by quadrature, bonds priced at their face, curves given back, days apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from barograph.models._kernels.discount import ALPHA, kernel, zero_from_par

YEARS = np.array([0.25, 0.5, 1.0, 2.0, 5.0, 7.0, 10.0, 20.0, 30.0])
AT = np.arange(1, 121) / 12.0


def par_of(zero, years: np.ndarray) -> np.ndarray:
    """Par yields, per cent, by their definition, of a curve of zero yields in per cent."""
    out = []
    for n in years:
        d = lambda t: np.exp(-zero(t) * t / 100.0)  # noqa: E731
        if n <= 0.5:
            out.append(100.0 * (1.0 / d(n) - 1.0) / n)
        else:
            out.append(200.0 * (1.0 - d(n)) / sum(d(k / 2.0) for k in range(1, round(2 * n) + 1)))
    return np.array(out)


def test_the_kernel_is_its_integral() -> None:
    # k(x, y) is h(x) of the function with h'' = -min(t, y) exp(-a t), h(0) = 0 and h' nought at infinity.
    t = np.linspace(0.0, 800.0, 800_001)
    for x, y in ((0.3, 4.0), (4.0, 0.3), (10.0, 10.0), (30.0, 2.0)):
        # h(x) = integral of min(x, t) min(y, t) exp(-a t).
        value = np.trapezoid(np.minimum(x, t) * np.minimum(y, t) * np.exp(-ALPHA * t), t)
        assert kernel(np.array([x]), np.array([y]))[0, 0] == pytest.approx(value, rel=1e-6)


def test_a_flat_curve_and_the_bonds_are_met() -> None:
    par = np.full((1, YEARS.size), 4.0)
    zero = zero_from_par(YEARS, par, np.arange(1, 61) / 2.0)

    def curve(t: float) -> float:
        return float(zero[0, round(2 * t) - 1])

    long = YEARS[YEARS >= 0.5]
    np.testing.assert_allclose(par_of(curve, long), 4.0, atol=1e-9)
    # Compounded twice a year at four per cent all along: the same rate continuously, but for what lies between.
    assert zero[0, 19] == pytest.approx(200.0 * np.log(1.02), abs=2e-3)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(1.0, 8.0), st.floats(-4.0, 4.0), st.floats(-4.0, 4.0), st.floats(0.8, 6.0),
)  # fmt: skip
def test_a_curve_is_given_back(level: float, slope: float, hump: float, decay: float) -> None:
    def curve(t: float) -> float:
        x = t / decay
        s = (1.0 - np.exp(-x)) / x
        return level + slope * s + hump * (s - np.exp(-x))

    made = zero_from_par(YEARS, par_of(curve, YEARS)[None, :], AT)[0]
    truth = np.array([curve(t) for t in AT])
    # Exact at no month in between; from three months on within five hundredths of a per cent of these curves.
    assert np.abs(made - truth)[2:].max() < 0.05


def test_days_do_not_know_of_each_other() -> None:
    rng = np.random.default_rng(0)
    par = 4.0 + np.cumsum(rng.normal(0.0, 0.1, (20, YEARS.size)), axis=1)
    par[3, 7] = par[5, 8] = np.nan
    par[7, 2:] = np.nan
    made = zero_from_par(YEARS, par, AT)
    for k in range(20):
        np.testing.assert_array_equal(np.isnan(made[k]), k == 7)
        if k != 7:
            np.testing.assert_allclose(made[k], zero_from_par(YEARS, par[k : k + 1], AT)[0], rtol=0, atol=1e-12)
