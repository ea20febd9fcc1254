"""The patterns of facts' ids of equities: attribution, mega caps, universes, sensitivities."""

from __future__ import annotations

from pattern import Pattern

GROUPS: dict[str, tuple[Pattern, ...]] = {
    "attribution": (
        Pattern("equity.us.sector.<sector>.weight", "weight in the index at the close before"),
        Pattern("equity.us.sector.<sector>.return_1d", "return of the sector's members"),
        Pattern("equity.us.sector.<sector>.contribution_1d", "weight times return"),
        Pattern("equity.us.attribution.total", "sum of the contributions"),
        Pattern("equity.us.attribution.residual", "index return less that sum"),
        Pattern("equity.us.attribution.method", "constituents or sector_etfs"),
        Pattern("equity.us.breadth.advancing", "share of members that rose"),
        Pattern("equity.us.breadth.members", "members with both closes"),
        Pattern("equity.us.equal_weight.return_1d", "mean return of the members"),
        Pattern("equity.us.equal_minus_cap", "that less the index return"),
        Pattern("equity.us.dispersion", "weighted deviation of member returns from the whole"),
        Pattern("equity.us.member.<TICKER>.contribution_1d", "of the five largest and five smallest", "pp"),
    ),
    "attribution_windows": (
        Pattern(
            "equity.us.sector.<sector>.contribution_<linked>", "what the sector gave to the index, sessions linked"
        ),
        Pattern("equity.us.attribution.index_<linked>", "return of the index"),
        Pattern("equity.us.attribution.proxied_<span>", "sessions that rest on sector funds"),
        Pattern("equity.us.attribution.total_<linked>", "sum of the linked contributions"),
        Pattern("equity.us.attribution.residual_<linked>", "index less that sum"),
        Pattern("equity.us.brinson.allocation_<span>", "equal weight's other sector weights, Brinson and Fachler"),
        Pattern("equity.us.brinson.selection_<span>", "its other returns within sectors, at cap weights"),
        Pattern("equity.us.brinson.interaction_<span>", "the product of both"),
        Pattern("equity.us.brinson.within_<span>", "selection and interaction together"),
        Pattern("equity.us.brinson.active_<span>", "equal-weighted index less the cap-weighted members"),
        Pattern(
            "equity.us.weights.age", "sessions from the newest holdings to the close before; `period` is their day"
        ),
    ),
    "tilt": (
        Pattern("equity.us.cyclicals_minus_defensives.return_<span>", "mean return of four sector funds less of three"),
        Pattern("equity.us.tilt.explained_<span>", "what real yield and high-yield spread account for of that gap"),
        Pattern("equity.us.tilt.rates_<span>", "the real yield's part"),
        Pattern("equity.us.tilt.credit_<span>", "the spread's part"),
        Pattern("equity.us.tilt.unexplained_<span>", "the gap less what they account for"),
        Pattern("equity.us.tilt.r2", "share of the gap's variance that they account for in the window"),
        Pattern("equity.us.tilt.<tilted>.beta", "of the gap, per cent for +10 bp"),
        Pattern("equity.us.tilt.<sector>.<tilted>.beta", "of a sector's fund, per cent for +10 bp"),
    ),
    "megacaps": (
        Pattern("megacap.us.effective_n", "1 / sum of squared weights of the index's members"),
        Pattern("megacap.us.top7_weight", "weight of the seven in the index at the close"),
        Pattern("megacap.us.top7_weight.percentile_1y", "mid-rank among 252 sessions, carried by prices between files"),
        Pattern("megacap.us.contribution_1d", "what the seven gave to the index"),
        Pattern("megacap.us.rest_contribution_1d", "index return less that"),
        Pattern(
            "megacap.us.contribution_share",
            "part of the index's move, only where it moved by 0.1 % and they gave 0.05 pp",
        ),
        Pattern("megacap.us.correlation_<n>d", "realised average correlation of the seven"),
        Pattern("megacap.us.correlation_<n>d.percentile_<w>y", "mid-rank among up to three years, from 2023 on"),
        Pattern("megacap.us.implied_correlation", "only with a user's option volatilities", "ratio"),
        Pattern(
            "megacap.us.dispersion_<n>d", "weighted deviation of the seven from their basket, mean of the sessions"
        ),
        Pattern("megacap.us.dispersion_<n>d.percentile_<w>y", "mid-rank among up to three years, from 2023 on"),
        Pattern("megacap.us.<mega>.weight", "weight in the index at the close before, all classes"),
        Pattern("megacap.us.<mega>.contribution_1d", "weight times return"),
        Pattern("megacap.us.<mega>.relative_<n>d", "return over the index's, both by prices"),
        Pattern("megacap.us.<mega>.relative_z_<n>d", "the same in standard deviations of a random walk"),
        Pattern("megacap.us.<mega>.premium_index_z", "forward P/E over the index's, of a user's series"),
        Pattern("megacap.us.<mega>.premium_10y_z", "10-year yield less forward earnings yield, likewise"),
        Pattern("megacap.us.<mega>.<ratio>_beta", "sensitivity, per cent for +1 per cent"),
        Pattern("megacap.us.<mega>.<megayield>.beta", "sensitivity, per cent for +10 bp"),
        Pattern("megacap.us.<mega>.<driver>_1d", "part of the session's return; own: constant and rest"),
        Pattern("megacap.us.<mega>.systematic_share", "share of the variance that the factors account for"),
        Pattern("megacap.us.<mega>.results_left_out", "sessions of results left out of the estimation"),
    ),
    "universes": (
        Pattern("equity.user.<universe>.return_<span>", "compounded return of the universe", "percent"),
        Pattern("equity.user.<universe>.member.<name>.weight", "weight at the close before", "percent"),
        Pattern("equity.user.<universe>.member.<name>.contribution_<span>", "what the member gave", "pp"),
        Pattern(
            "equity.user.<universe>.rest.contribution_<span>", "what members without a fact of their own gave", "pp"
        ),
        Pattern("equity.user.<universe>.group.<name>.weight", "weight of a group at the close before", "percent"),
        Pattern("equity.user.<universe>.group.<name>.contribution_<span>", "what the group gave", "pp"),
        Pattern("equity.user.<universe>.index_<span>", "return of the series tagged as its index", "pp"),
        Pattern("equity.user.<universe>.residual_<span>", "index less contributions", "pp"),
        Pattern("equity.user.<universe>.brinson.<effect>_<span>", "equal against own weights, by group", "pp"),
        Pattern("equity.user.<universe>.effective_n", "1 / sum of squared weights", "ratio"),
        Pattern("equity.user.<universe>.dispersion", "weighted deviation of the session's returns", "pp"),
        Pattern("equity.user.<universe>.members", "how many members are held", "count"),
        Pattern(
            "equity.user.<universe>.weights.age", "sessions from the weights' date to the close before", "sessions"
        ),
    ),
    "sensitivity": (
        Pattern(
            "sensitivity.<slug>.<yield>.<estimator>.beta",
            "return per 10 bp of the yield, others unmoved; interval of 90 %",
        ),
        Pattern("sensitivity.<slug>.<yield>.<estimator>.low", "lower end of that interval"),
        Pattern("sensitivity.<slug>.<yield>.<estimator>.high", "upper end"),
        Pattern(
            "sensitivity.<slug>.state",
            "help, hurt or no_link: what two of the real yield's three intervals agree on",
        ),
        Pattern("sensitivity.<slug>.discovery", "yes where the link is kept when a tenth of those kept may be false"),
        Pattern(
            "sensitivity.<slug>.break.statistic",
            "largest Wald statistic of a break of the real yield's beta, with its day",
        ),
        Pattern("sensitivity.<slug>.break.flag", "break where it is kept at 5 % of false ones over the assets"),
        Pattern("sensitivity.<slug>.break.before", "the real yield's beta up to that day"),
        Pattern("sensitivity.<slug>.break.after", "after it"),
        Pattern("sensitivity.<slug>.event.<days>.beta", "the real yield's beta on days of releases or decisions alone"),
        Pattern(
            "sensitivity.<slug>.impact.<yield>",
            "kalman beta of the session before times the session's move; interval of 90 %",
        ),
        Pattern("sensitivity.<slug>.impact.total", "the three together"),
        Pattern("sensitivity.<slug>.impact.residual", "return less that"),
        Pattern(
            "sensitivity.<slug>.fan.up25",
            "return at +25 bp of the real yield, kalman beta, one session; interval of 90 %",
        ),
        Pattern("sensitivity.<slug>.fan.down25", "at -25 bp"),
        Pattern("sensitivity.<slug>.fan.width", "width of that interval"),
        Pattern("sensitivity.<slug>.fan.percentile_5y", "mid-rank of the width among the sessions of the window"),
        Pattern(
            "sensitivity.<slug>.fan.record.share_in_90",
            "sessions of 36 months whose return lay in the interval of the evening before, at the moves that came",
        ),
        Pattern(
            "sensitivity.<slug>.fan.record.width_90", "as_said, too_narrow or too_wide: the share's interval beside 90"
        ),
        Pattern("sensitivity.<slug>.fan.record.p_kupiec", "p of the test that the interval holds 90, per cent"),
        Pattern(
            "sensitivity.<slug>.fan.record.p_independence", "p of the test that misses do not come in runs, per cent"
        ),
        Pattern(
            "sensitivity.<slug>.fan.record.gain",
            "mean loss of the interval's ends below that of the returns' own quantiles, out of sample",
        ),
        Pattern("sensitivity.<slug>.fan.record.p_equal", "p of the test that they are equal, per cent"),
        Pattern(
            "sensitivity.<slug>.fan.record.gain_plain",
            "the same beside least squares on the window, which knows the moves too",
        ),
        Pattern("sensitivity.<slug>.fan.record.p_plain", "p of the test that they are equal, per cent"),
        Pattern(
            "sensitivity.<slug>.fan.record.verdict",
            "better_than_plain, no_demonstrated_skill or worse_than_plain: beside least squares",
        ),
        Pattern(
            "sensitivity.<slug>.fan.record.share_large",
            "share held on the sessions whose real yield moved by over 10 bp",
        ),
        Pattern(
            "sensitivity.<slug>.fan.record.r2",
            "share of squared returns that the fit at the moves that came accounts for",
        ),
        Pattern("sensitivity.us.assets", "assets that have a state"),
        Pattern("sensitivity.us.help", "those whose state is help"),
        Pattern("sensitivity.us.hurt", "those whose state is hurt"),
        Pattern("sensitivity.us.discoveries", "assets whose link is kept"),
        Pattern("sensitivity.us.breaks", "assets whose break is kept"),
        Pattern("sensitivity.us.fans_narrow", "assets whose fan holds too little by its record"),
        Pattern("sensitivity.us.fans_wide", "those whose fan holds too much"),
    ),
}
