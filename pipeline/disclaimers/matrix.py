"""
Topics and the wordings they require, as data (compliance catalogue, section 4).

A wording that the registry does not hold still stands here: an issue that needs it is stopped, not
sent without it.
"""

from collections.abc import Mapping
from typing import NamedTuple

ALWAYS = ("gen",)
FOR_ADVICE = ("gen-short",)  # a pointer near the top of whatever gives advice

_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_EU_AND_GB = frozenset((*_EU.split(), "GB"))


class Need(NamedTuple):
    """One wording that a topic requires."""

    id: str
    markets: frozenset[str] = frozenset()  # only where the list has readers there; empty for all


class Topic(NamedTuple):
    """What a topic brings with it."""

    needs: tuple[Need, ...] = ()
    advice: bool = True  # readers may act on it, so the short notice stands near the top


TOPICS: Mapping[str, Topic] = {
    # more than one statement takes the plural of the mandated text, exactly one the singular
    "supplements": Topic(
        (
            Need("supplement", frozenset({"US"})),
            Need("supplement-eu", _EU_AND_GB),
            Need("supplement-au", frozenset({"AU"})),
        )
    ),
    "supplements_single": Topic(
        (
            Need("supplement-single", frozenset({"US"})),
            Need("supplement-eu", _EU_AND_GB),
            Need("supplement-au", frozenset({"AU"})),
        )
    ),
    "exercise": Topic((Need("exercise"),)),
    "back_pain": Topic((Need("redflag-back"),)),
    "medication": Topic((Need("medication"),)),
    "sleep": Topic(),
    "mental_health": Topic((Need("crisis"),)),
    "diet_weight": Topic((Need("diet"),)),
    "pregnancy_child": Topic((Need("vuln"),)),
    "chronic": Topic((Need("cond"),)),
    "first_person": Topic((Need("testi"),), advice=False),
    "devices_tests": Topic((Need("device"),)),
    "breath_heat_cold": Topic((Need("exercise"), Need("vuln"))),
    "commercial": Topic((Need("aff"),), advice=False),
}

# Topics whose readers may be in danger, and the wording that tells them how to know: it stands before the
# first step of self-care. Chest pain, a head injury, a sudden severe headache and an allergic reaction
# come here together with a topic and a wording of their own.
RED_FLAGS: Mapping[str, str] = {"back_pain": "redflag-back"}

# The order in which wordings are shown: one quiet line under the title, then the most urgent; the general
# notice last.
ORDER = (
    *("gen-short", "crisis", "redflag-back", "exercise"),
    *("supplement", "supplement-single", "supplement-eu", "supplement-au", "medication"),
    *("diet", "vuln", "cond", "device", "testi", "aff", "gen"),
)


def topic_key(name: str) -> str:
    """Return the key of a topic as an editor may write it: hyphen or underscore, any case."""
    return name.strip().lower().replace("-", "_").replace(" ", "_")
