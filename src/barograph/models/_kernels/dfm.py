"""A mixed-frequency dynamic factor model with arbitrary missing data.

x_it = lambda_i' f_t + e_it with one factor a block, f_bt = A_b1 f_b,t-1 + ... + N(0, q_b), e_it = rho_i e_i,t-1 +
N(0, sigma2_i) by the series' own periods. A quarterly series, in its quarter's third month, loads on the Mariano-Murasawa mean
of the factors of five months. Standardising is the caller's.

Giannone, Reichlin and Small (2008), doi 10.1016/j.jmoneco.2008.05.010; Banbura and Modugno (2014), doi 10.1002/jae.2306;
Mariano and Murasawa (2003), doi 10.1002/jae.695.
"""

from __future__ import annotations

from barograph.models._kernels.dfm_estimate import Trace, estimate
from barograph.models._kernels.dfm_news import News, NewsRow, news
from barograph.models._kernels.dfm_smooth import Smoothed, smooth
from barograph.models._kernels.dfm_system import DfmParams, DfmShape

__all__ = ["DfmParams", "DfmShape", "News", "NewsRow", "Smoothed", "Trace", "estimate", "news", "smooth"]
