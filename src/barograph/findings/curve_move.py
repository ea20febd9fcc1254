"""The curve's move in words: the model's classification, its legs, and the real and breakeven parts of the 10-year."""

from __future__ import annotations

from dataclasses import dataclass

from barograph.core.estimate import Finding
from barograph.findings._names import name_of
from barograph.findings._protocol import Context, Facts, Outcome, known, label, number
from barograph.findings._reading import ref

_TURNS = {"bear": "rise", "bull": "fall", "twist": "move"}
_LEGS = {"front": "front end led", "long": "long end led", "both": "both ends moved"}


def move_words(facts: Facts, horizon: str = "1d") -> str | None:
    """The classification as a reader says it, or None when the model gives none.

    A shape is named only where the slope's change is unusual (|z| of 1 or more): otherwise the legs moved almost
    parallel, or, where one did most of it, in no shape with a name. Over 20 sessions legs inside the slope's own dead
    band are no move at all.
    """
    found = label(facts, f"curve.us.move_{horizon}")
    if found is None:
        return None
    if found == "unchanged":
        return "unchanged curve"
    if inside_band(facts, horizon):
        return "no clear move"
    side, _, shape = found.partition("_")
    if shape == "parallel":
        return f"{side} parallel move"
    if label(facts, f"curve.us.move_{horizon}.modest") != "yes":
        return f"{side} {shape}"
    how = "almost parallel" if label(facts, f"curve.us.move_{horizon}.leg") == "both" else "shapeless"
    return f"{'shapeless' if side == 'twist' else how} {_TURNS[side]} in yields"


def inside_band(facts: Facts, horizon: str) -> bool:
    """Whether both legs moved less over a longer horizon than the dead band of the slope."""
    band = number(facts, f"curve.us.dead_band_{horizon}")
    legs = [number(facts, f"curve.us.{t}.change_{horizon}") for t in ("2y", "10y")]
    return horizon != "1d" and band is not None and all(v is not None and abs(v) < band for v in legs)


def named(facts: Facts, horizon: str = "1d") -> bool:
    """Whether the curve's move has a shape with a name."""
    words = move_words(facts, horizon)
    return words is not None and words.endswith(("steepener", "flattener"))


def leg_words(facts: Facts, horizon: str = "1d") -> str | None:
    """Which leg drove the move, in words; None for an unchanged curve or where the model does not say."""
    if label(facts, f"curve.us.move_{horizon}") in (None, "unchanged") or inside_band(facts, horizon):
        return None
    return _LEGS.get(label(facts, f"curve.us.move_{horizon}.leg") or "")


def split_words(facts: Facts) -> str | None:
    """Which part made up most of the 10-year's session change: `real`, `breakeven`, or None where neither did."""
    total = number(facts, "curve.us.10y.change_1d")
    if not total:
        return None
    for part in ("real", "breakeven"):
        share = number(facts, f"curve.us.10y.split_{part}_1d")
        if share is not None and share / total > 0.5:
            other = number(facts, f"curve.us.10y.split_{'breakeven' if part == 'real' else 'real'}_1d")
            # Offsetting parts: the larger one exceeds the whole, and "most of it" would hide the other's sign.
            return part if other is not None and share / total <= 1.0 else None
    return None


@dataclass(frozen=True)
class CurveMove:
    """One finding per lookback (1 and 20 sessions)."""

    name: str = "curve_move"

    def apply(self, facts: Facts, previous: Facts, context: Context) -> list[Outcome]:
        """Words from the labels of the curve model; the numbers are its facts."""
        out: list[Outcome] = []
        for horizon, over in (("1d", ""), ("20d", " over 20 sessions")):
            words = move_words(facts, horizon)
            if words is None:
                continue
            legs = [p for p in ("curve.us.2y", "curve.us.10y") if known(facts, f"{p}.change_{horizon}")]
            moved = ", ".join(f"{name_of(p)} {ref(f'{p}.change_{horizon}')}{over}" for p in legs)
            text = words[0].upper() + words[1:] + over + (f": {moved}" if moved else "")
            used = [f"curve.us.move_{horizon}", *(f"{p}.change_{horizon}" for p in legs)]
            if leg := leg_words(facts, horizon):
                text += f"; {leg}{over}"
                used.append(f"curve.us.move_{horizon}.leg")
            if horizon == "1d" and (part := split_words(facts)):
                text += f"; more than half of the 10-year yield's move was {part}"
                used.append(f"curve.us.10y.split_{part}_1d")
            z = number(facts, f"curve.us.slope_z_{horizon}")
            tags = ("curve", horizon, label(facts, f"curve.us.move_{horizon}") or "")
            rank = abs(z) if z is not None else 0.0
            out.append(Finding(self.name, f"curve_move.{horizon}", text, tuple(used), rank=rank, tags=tags))
        return out


RULE = CurveMove()
