"""The words of the page: names of things, words that claim a direction, words that compare, and words we refuse.

A word with a claim in it is either checked against a fact or refused; the lists here are what "claim" means. Words in
no list are plain and pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from barograph.core.units import SECTORS
from barograph.findings._names import _FIXED, _MACRO, asset_prefix, name_of

Size = Literal["edged", "plain", "sharply"]
Manner = Literal["any", "spread", "slope", "contribution"]


@dataclass(frozen=True, slots=True)
class Direction:
    """A direction word: the sign it claims, the size it claims (None: none), and what it may be said of."""

    sign: int
    size: Size | None
    manner: Manner


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split("|"))


def _pairs(up: str, down: str, size: Size | None, manner: Manner) -> dict[str, Direction]:
    out = {w: Direction(1, size, manner) for w in up.split("|")}
    return out | {w: Direction(-1, size, manner) for w in down.split("|")}


#: Longest phrase first wins, so "rose sharply" is not read as "rose".
DIRECTIONS: dict[str, Direction] = (
    _pairs("edged up|edged higher", "edged down|edged lower", "edged", "any")
    | _pairs("edged wider", "edged tighter", "edged", "spread")
    | _pairs("edged steeper", "edged flatter", "edged", "slope")
    | _pairs("rose sharply", "fell sharply", "sharply", "any")
    | _pairs("widened sharply", "tightened sharply", "sharply", "spread")
    | _pairs("steepened sharply", "flattened sharply", "sharply", "slope")
    | _pairs("rose", "fell", "plain", "any")
    | _pairs("widened", "tightened|narrowed", "plain", "spread")
    | _pairs("steepened", "flattened", "plain", "slope")
    | _pairs(
        "higher|up|rise|rises|rising|risen|gained|gain|gains|increased|increase|advanced",
        "lower|down|fall|falls|falling|fallen|lost|loss|losses|decreased|decrease|declined|decline",
        None,
        "any",
    )
    | _pairs("wider|widening|widen", "tighter|tightening|tighten|narrower", None, "spread")
    | _pairs("steeper|steepening|steepen", "flatter|flattening|flatten", None, "slope")
    | _pairs("added", "subtracted", None, "contribution")
)

#: Cause is claimed by these; only the verdict fact named in CAUSAL_LICENCE allows one.
CAUSAL = _listed(
    "because of|because|due to|driven by|drove|drives|on the back of|thanks to|owing to|as a result of|as a result|"
    "resulted in|caused by|caused|causes|causing|led to|leading to|amid|on hopes|on fears|on worries|in response to|"
    "in reaction to|reacting to|responded to|after data|following|fuelled by|fueled by|sparked by|triggered by|"
    "prompted by|spurred by|boosted by|weighed on|supported by|pushed|pulled|lifted by|lifted|dragged|dragged by|"
    "hit by|hurt by|helped by|attributable to|attributed to|explained by|explains|thereby|therefore|hence|so that|"
    "consequently|reflecting|reflects|reflected"
)
#: The label fact that allows causal words, and the values that do.
CAUSAL_LICENCE = ("context.us.driver", frozenset({"macro", "macro driver"}))

#: Direction words without a frozen threshold: how much is "surged"?
REFUSED_MOVES = _listed(
    "surged|surge|soared|soar|plunged|plunge|tumbled|tumble|slumped|slump|jumped|jump|rallied|rally|dropped|drop|"
    "slid|slide|climbed|climb|slipped|slip|dipped|dip|ticked|tick|spiked|spike|crashed|crash|rebounded|bounced|"
    "recovered|recovery|eased|ease|firmed|strengthened|weakened|softened|accelerated|decelerated|improved|"
    "deteriorated|worsened|sank|sagged|leapt|leaped|swung|retreated|collapsed|exploded|compressed|blew out|sold off|"
    "sell-off|selloff|melted|ripped|popped|cratered|inched|crept|nudged|drifted|moderated|steadied|stabilised|"
    "stabilized|held up|held steady|steady|stable|flat|mixed|volatile|calm|quiet|strong|weak|robust|soft|solid|"
    "rich|cheap|expensive|elevated|depressed|subdued|stretched|crowded|bullish|bearish|hawkish|dovish|"
    "remarkable|historic|unprecedented|huge|massive|tiny|big|small|large|dramatic|severe"
)

#: Words that compare or rank. A check consumes them where a fact bears them out; what is left over is refused.
COMPARATIVES = _listed(
    "above|below|beneath|more|less|fewer|most|mostly|mainly|least|half|halves|third|thirds|quarter of|double|doubled|"
    "twice|triple|tripled|majority|minority|record|high|highs|low|lows|peak|trough|top|topped|bottom|beyond|exceeds|"
    "exceeded|exceeding|outperformed|outperform|underperformed|underperform|beat|missed|leader|leaders|led|leads|"
    "leading|laggard|laggards|lagged|lags|trailed|ahead|behind|outside|inside|upper|middle|mid|extreme|extremes|near|"
    "close to|average|median|roughly|about|approximately|around|almost|nearly|best|worst|better|worse|first|second|"
    "only|all|none|every|both|neither|broad-based|narrowly|broadly|unchanged|ordinary|rare|common|usual|unusual|"
    "normal|abnormal|typical|same|equal|equals|identical|similar|larger|largest|smaller|smallest|bigger|biggest|"
    "modest|sharply|few|many|several|some|further|farther|again|still|remains|remained|stays|stayed|since|"
    "longest|shortest|stronger|strongest|weaker|weakest|faster|slower|unlike|compared|versus|vs|against|tight|wide|"
    "steepener|flattener|bull|bear|correction|rebound|twist|parallel|yesterday|tomorrow|fired|hit|inverted|"
    "positive|negative|zero|overall|unanimous|outpaced|outran|eclipsed|surpassed|overtook|matched|than|winner|loser"
)

#: Words ending in -er, -est or -ly that claim nothing; any other such word is refused as a comparative unknown to us.
NEUTRAL = frozenset(
    _listed(
        "other|another|number|order|under|over|after|quarter|newest|latest|later|earlier|consumer|either|ever|per|"
        "whether|together|paper|matter|master|power|cover|counter|answer|driver|member|server|user|ledger|header|"
        "render|older|her|their|december|september|october|november|filter|mover|computer|center|chapter|former|"
        "register|remainder|latter|letter|offer|buyer|seller|holder|tender|dealer|trader|weather|winter|summer|"
        "interest|test|rest|west|request|forest|harvest|invest|manifest|august|suggest|contest|digest|early|daily|"
        "weekly|monthly|quarterly|yearly|supply|apply|family|reply|july|newly|fully|partly|italy|publicly|anomaly|"
        "directly|respectively|namely|finally|separately|jointly|underwriter|semiconductor|transfer|prefer|refer|"
        "differ|consider|deliver|discover|remember|commissioner|borrower|lender|however|rather|proper|tier|easter|"
        "manner|printer|pointer|cluster|buffer|anchor|layer|water|super|finger|danger|river|silver|gather|father|"
        "mother|brother|ether|provider|publisher|carrier|teller|ticker|tracker|chair|weekday|sister|outer|inner|"
        "remainder|stationer|customer|producer|manufacturer|employer|worker|officer|minister|retailer|builder|saver"
    )
)

#: What a note may say of the method in a sentence that speaks of no fact, no day and no direction.
METHOD = frozenset(
    _listed(
        "tight|wide|extreme|extremes|only|zero|five|both|all|every|average|median|unit|first|since|equal|same|fired"
    )
)
METHOD_FIGURES = re.compile(
    r"\b(?:at (?:1|5|10)%|level (?:80|90|95)%|(?:80|90|95)% (?:interval|range|band))", re.IGNORECASE
)

#: Figures that are part of a unit, of an interval's name or of a limit's: they say how something is measured, beside facts too.
UNIT_FIGURES = re.compile(r"\bper \+?10 bp\b|\b90% interval\b|\b(?:5|10)% false-discovery limit\b", re.IGNORECASE)
#: Said of the figure before it; its interval must hold zero.
INDISTINCT = re.compile(r"\bnot distinguishable from zero\b", re.IGNORECASE)

NEGATIONS = ("not", "no longer", "never", "nor", "without", "hardly", "barely", "n't", "cannot", "failed to", "neither")

_NUMBER_WORDS = _listed(
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion|dozen"
)


def phrase_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of the phrases as whole words, longest first, in any case; "record-high" holds "record"."""
    ordered = sorted(set(words), key=lambda w: (-len(w), w))
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(w) for w in ordered) + r")(?!\w)", re.IGNORECASE)


DIRECTION_WORDS = phrase_pattern(DIRECTIONS)
CAUSAL_WORDS = phrase_pattern(CAUSAL)
REFUSED_WORDS = phrase_pattern(REFUSED_MOVES)
COMPARATIVE_WORDS = phrase_pattern(COMPARATIVES)
NUMBER_WORDS = phrase_pattern(_NUMBER_WORDS)
NEGATION_WORDS = phrase_pattern(NEGATIONS)
SUSPECT = re.compile(r"(?<!\w)[A-Za-z]{2,}(?:er|est|ly)(?!\w)")
WORD = re.compile(r"(?<![\w'’])[A-Za-z][A-Za-z'’]*")
#: The words a template may use besides those above: the closed vocabulary of headline, deck and "since" lines.
PLAIN = frozenset(
    _listed(
        "a|an|the|at|to|of|in|on|for|from|by|is|was|are|were|its|and|no|it|over|session|sessions|moved|move|state|"
        "value|new|print|prints|known|daily|inputs|predate|range|end|real|breakeven|strength|sector|contributions|"
        "contribution|returns|return|curve|verdict|missing|s|month|year|last|verdicts|today|as|per|pct|y|n|input|balance|"
        "sheet|weeks|net|liquidity|reserves|now|yields|clear|shapeless|pullback|bounce"
    )
)

_ALIASES: dict[str, str] = {
    "IG spread": "credit.us.ig.oas",
    "HY spread": "credit.us.hy.oas",
    "BTC": "crypto.btc",
    "WTI": "commodity.wti",
    "Brent": "macro.us.brent",
    "2s10s": "curve.us.2s10s",
    "5s30s": "curve.us.5s30s",
    "3m10y": "curve.us.3m10y",
    "Comm Svcs": "equity.us.sector.communication_services",
    "Cons Disc": "equity.us.sector.consumer_discretionary",
    "Staples": "equity.us.sector.consumer_staples",
    "Info Tech": "equity.us.sector.information_technology",
}
_TENORS = ("1m", "3m", "6m", "1y", "2y", "3y", "5y", "7y", "10y", "20y", "30y")
#: Prefixes that gather facts without being a thing with a name.
_BLOCKS = ("curve.us", "equity.us", "credit.us")
_NAMELESS = ("curve.us.move", "equity.us.breadth", "equity.us.attribution", "page.")
_OWN = ("equity", "curve", "credit", "vol", "commodity", "fx", "crypto", "macro", "momentum", "page", "positioning")


@dataclass(frozen=True, slots=True)
class Subjects:
    """Names and the fact prefixes each stands for, and one pattern that finds any of them (longest name first)."""

    prefixes: Mapping[str, tuple[str, ...]]
    pattern: re.Pattern[str]

    def of(self, name: str) -> tuple[str, ...]:
        """The prefixes behind a name as found in text."""
        return self.prefixes.get(name) or self.prefixes[name.lower()]


def subjects_of(ids: Iterable[str]) -> Subjects:
    """The names a text on facts of these ids may use: of every prefix among them and of all that the page ever names.

    Names of things without a fact are known too, so that a number said of them is refused rather than lent to a
    neighbour.
    """
    return _subjects(tuple(sorted({id_.rpartition(".")[0] for id_ in ids})))


@lru_cache(maxsize=64)
def _subjects(prefixes: tuple[str, ...]) -> Subjects:
    found: dict[str, set[str]] = {}

    def add(name: str, prefix: str) -> None:
        found.setdefault(name if _is_code(name) else name.lower(), set()).add(prefix)

    for prefix, name in _FIXED.items():
        add(name, prefix)
    for slug in _MACRO:
        add(name_of(f"macro.us.{slug}"), f"macro.us.{slug}")
    for slug in SECTORS.values():
        add(name_of(f"equity.us.sector.{slug}"), f"equity.us.sector.{slug}")
        add(name_of(f"equity.us.sector_etf.{slug}"), f"equity.us.sector_etf.{slug}")
    for tenor in _TENORS:
        plain = name_of(f"curve.us.{tenor}")
        for alias in (plain, plain.replace(" yield", ""), plain.replace(" yield", " Treasury yield")):
            add(alias, f"curve.us.{tenor}")
        for kind in ("real", "breakeven"):
            add(name_of(f"curve.us.{kind}{tenor}"), f"curve.us.{kind}{tenor}")
    for code in ("vix", "vix3m", "vix9d", "vvix", "skew", "move"):
        add(code.upper(), f"vol.us.{code}")
    for alias, prefix in _ALIASES.items():
        add(alias, prefix)
    for prefix in prefixes:
        head, _, rest = prefix.partition(".")
        if head in ("momentum", "range") and rest and "." not in rest:
            name = name_of(asset_prefix(rest))
            add(f"{name} 80% range" if head == "range" else name, prefix)
        elif head in _OWN and rest and not prefix.startswith(_NAMELESS) and prefix not in _BLOCKS:
            add(name_of(prefix), prefix)
    names = sorted(found, key=lambda n: (-len(n), n))
    # A code such as MOVE is not the verb; every other name may begin a sentence.
    parts = [re.escape(n) if _is_code(n) else f"(?i:{re.escape(n)})" + _not_a_window(n) for n in names]
    pattern = re.compile(r"(?<![\w-])(?:" + "|".join(parts) + r")(?![\w-])")
    return Subjects({n: tuple(sorted(p)) for n, p in found.items()}, pattern)


def _not_a_window(name: str) -> str:
    """ "10-year" alone is a yield, but "5-year average" is a window."""
    return (
        r"(?! average| tight| wide| high| low| range| percentile| window)" if name.endswith(("year", "month")) else ""
    )


def _is_code(name: str) -> bool:
    return name.isupper() and " " not in name
