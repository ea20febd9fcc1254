"""P11: bad prints and redefinitions are flagged, not learnt; March 2020 and 2008 are learnt.

A thousand plants on the half of the recorded series that was not looked at while the settings were chosen (docs/decisions/011)
and every genuine value of the same series as the newest of an update. Planted: a rule that blesses everything, one that
suspects everything.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import planted
import planted_updates
from barograph.archive.suspects import Suspect, suspects
from barograph.core.errors import SourceError
from barograph.sources import Request, fred
from planted import History, Tally

pytestmark = pytest.mark.e2e
#: Plants of each of the eight kinds that the rules see; the ninth, a day given twice, never gets past a parser.
EACH, SEED = 125, 20251105
#: What can be counted of 2008 and of March and April 2020.
AT_MOST = 0.5


@pytest.fixture(scope="module")
def histories(golden_archive: Path) -> list[History]:
    """Levels and rates of at least 60 values, as the recording has them."""
    out = planted_updates.histories(golden_archive)
    assert len(out) > 140
    return out


@pytest.fixture(scope="module")
def tally(histories: list[History]) -> Tally:
    """The figures of the half that was not looked at."""
    out = Tally()
    scored = [h for h in histories if h.scored]
    planted.genuine(suspects, scored, out)
    planted.plant(suspects, scored, out, EACH, SEED)
    for line in (*out.lines(), f"recall {out.recall():.4f}, false alarms {out.per_thousand():.4f} in 1,000"):
        print(line)
    return out


def test_of_a_thousand_plants_nearly_all_are_flagged(tally: Tally) -> None:
    assert sum(tally.counted.values()) + sum(tally.left_out.values()) == EACH * len(planted.KINDS)
    assert tally.recall() >= 0.95, tally.missed
    assert tally.recall("x100", "x0.01", "unit") >= 0.99, tally.missed
    assert all(tally.counted[k] >= 5 for k in planted.KINDS), tally.counted


def test_genuine_values_are_learnt_in_2008_and_2020_too(tally: Tally) -> None:
    assert sum(tally.updates.values()) > 150_000
    assert tally.per_thousand() <= AT_MOST, tally.told


def test_the_updates_that_were_not_asked_would_not_have_been_flagged(histories: list[History]) -> None:
    """`candidates` leaves out what no rule can find: checked on whole histories, one of each frequency."""
    some = {h.series.frequency: h for h in histories if 200 < h.values.size < 6_000}
    for h in some.values():
        quick, slow = Tally(), Tally()
        planted.genuine(suspects, [h], quick)
        planted.genuine(suspects, [h], slow, every=True)
        assert quick == slow


def test_a_rule_that_blesses_everything_is_found(histories: list[History]) -> None:
    out = Tally()
    planted.plant(lambda *_: [], [h for h in histories if h.scored], out, 20, SEED)
    assert out.recall() == 0.0


def test_a_rule_that_suspects_everything_is_found(histories: list[History]) -> None:
    out = Tally()
    planted.genuine(lambda *_: [Suspect(0, 0.0, "decimal")], [h for h in histories if h.scored], out)
    assert out.per_thousand() > AT_MOST


def test_a_day_given_twice_never_gets_past_a_parser(histories: list[History]) -> None:
    rng = np.random.default_rng(SEED)
    of = [h for h in histories if h.scored and h.series.code("fred")]
    for _ in range(EACH):
        h = of[int(rng.integers(len(of)))]
        series, code = h.series, h.series.code("fred")
        i = int(rng.integers(3, h.values.size - 3))
        rows = [
            f"{d},{v}" for d, v in zip(h.days[i - 3 : i + 3].tolist(), h.values[i - 3 : i + 3].tolist(), strict=True)
        ]
        body = "\n".join([f"observation_date,{code}", *rows, f"{h.days[i]},{h.values[i] * 1.5 + 1.0}"]).encode()
        window = (date(1900, 1, 1), date(2030, 1, 1))
        request = Request("fred", fred.GRAPH, (("id", str(code)),), (series.id,), window, note="graph")
        with pytest.raises(SourceError):
            fred.SOURCE.parse(body, request, {series.id: series})


KNOWN = (
    ("us.equity.spx", date(1987, 10, 19)), ("us.equity.spx", date(2008, 10, 13)), ("us.equity.spx", date(2020, 3, 16)),
    ("us.rates.par_10y", date(2020, 3, 9)), ("us.credit.hy_oas", date(2020, 3, 23)),
    ("us.labour.unemployment_rate", date(2020, 4, 1)), ("us.labour.payrolls", date(2020, 4, 1)),
)  # fmt: skip


@pytest.mark.parametrize(("series_id", "day"), KNOWN)
def test_the_great_days_pass(histories: list[History], series_id: str, day: date) -> None:
    h = next(h for h in histories if h.series.id == series_id)
    i = int(np.searchsorted(h.days, np.datetime64(day)))
    assert h.days[i].item() == day
    back = planted._back(h.series, h.values[max(0, i - planted.REACH) : i])
    before = h.values[max(0, i - planted.REACH) : i]
    assert planted.ask(suspects, h.series, before, before[-back:], h.values[i : i + 1]) == []
