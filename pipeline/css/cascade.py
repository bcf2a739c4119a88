"""
The cascade of one element: the declarations of its style attribute, their order and their flags.

Before inlining, declarations rank by flag, then style attribute over rules, then specificity, then
place. After it there are four ranks, weakest first:

    (style sheet: nothing) < attribute < style sheet, `!important` < attribute, `!important`

Rules that stay in the sheet are all important (`csscompiler`), so they beat the attribute, as a media
rule should. The attribute keeps the old order within itself. What is left is a declaration of the
attribute that used to beat one that stays: it is made important. Three things could still go wrong,
and each is looked for, among declarations that set a common longhand:

1. A declaration beats one that stays and loses to another: it would have to be both. That is
   harmless where the winner covers the loser whenever the loser applies; otherwise it is refused.
2. A declaration made important would rise above a later one that is not: that one is made important
   too, or the case refused.
3. Among rules that stay, `!important` used to beat a stronger selector, and now all have it: refused.

An important declaration with nothing in its way keeps its flag: mail clients have rules of their own.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.css.declarations import Declaration, covers, is_plain, overlap
from pipeline.css.selectors import Specificity
from pipeline.css.stylesheet import Rule
from pipeline.errors import TemplateError

_Weight = tuple[bool, bool, Specificity, int, int]  # important, own, specificity, rule, place in its block


class _Entry(NamedTuple):
    """A declaration in the cascade."""

    weight: _Weight
    declaration: Declaration
    rule: Rule | None  # None for the element's own style attribute

    def __str__(self) -> str:
        return f"{self.declaration.name!r} of {self.rule or 'the style attribute'}"


def merged(
    inlined: Iterable[Rule], staying: Iterable[Rule], own: Iterable[Declaration], animated: frozenset[str]
) -> tuple[Declaration, ...]:
    """
    Return the declarations of an element's new style attribute.

    Args:
        inlined: the rules that match and always apply, in any order.
        staying: the rules that match, or may, and stay in the sheet.
        own: what its style attribute has.
        animated: properties that an animation of the sheet sets.

    Raises:
        TemplateError: inlining would change what a reader sees; names the two rules.
    """
    here = sorted([*_entries(inlined), *_own(own)], key=lambda entry: entry.weight)
    there = sorted(_entries(staying), key=lambda entry: entry.weight)
    _demand_order_kept(there)
    flags = _flags(here, there)
    for entry, flag in zip(here, flags, strict=True):
        if flag != entry.declaration.important and any(
            overlap(entry.declaration.name, name) for name in animated
        ):
            raise TemplateError(
                f"{entry} is animated, and inlining would have to change its !important",
                hint="animate another property, or set this one in no rule that stays in head",
            )
    return _pruned(
        [entry.declaration._replace(important=flag) for entry, flag in zip(here, flags, strict=True)]
    )


def _entries(rules: Iterable[Rule]) -> list[_Entry]:
    return [
        _Entry(
            (declaration.important, False, rule.selector.specificity, rule.order, place), declaration, rule
        )
        for rule in sorted(rules, key=lambda rule: (rule.order, rule.text))
        for place, declaration in enumerate(rule.declarations)
    ]


def _own(declarations: Iterable[Declaration]) -> list[_Entry]:
    return [
        _Entry((declaration.important, True, (0, 0, 0), 0, place), declaration, None)
        for place, declaration in enumerate(declarations)
    ]


def _meets(one: _Entry, other: _Entry) -> bool:
    return overlap(one.declaration.name, other.declaration.name)


def _flags(here: Sequence[_Entry], there: Sequence[_Entry]) -> list[bool]:
    """Return for each declaration of the attribute whether it is important: cases 1 and 2 above."""
    must, may = [False] * len(here), [True] * len(here)
    for number, entry in enumerate(here):
        rivals = [other for other in there if _meets(entry, other)]
        winners = [rival for rival in rivals if rival.weight > entry.weight]
        losers = [rival for rival in rivals if rival.weight < entry.weight]
        losers = [loser for loser in losers if not any(_shields(winner, loser, entry) for winner in winners)]
        risen = [lower for lower, flag in zip(here, must, strict=False) if flag and _meets(lower, entry)]
        may[number] = not winners
        must[number] = bool(losers or risen)
        if winners and must[number]:
            raise TemplateError(
                f"{entry} beats {(losers or risen)[0]} but loses to {winners[0]}: "
                "in a style attribute it cannot do both",
                hint="mark the stronger of the two rules that stay !important and the weaker not at all, "
                "give them the same condition, or let only one of them set this property",
            )
    flags = list(must)
    for number in reversed(range(len(here))):
        above = (
            flag
            for flag, upper in zip(flags[number + 1 :], here[number + 1 :], strict=True)
            if _meets(here[number], upper)
        )
        flags[number] |= here[number].declaration.important and may[number] and all(above)
    return flags


def _shields(winner: _Entry, loser: _Entry, entry: _Entry) -> bool:
    """Say whether *winner* applies whenever *loser* does, and sets what *loser* and *entry* both set."""
    name = winner.declaration.name
    return (
        winner.rule is not None
        and loser.rule is not None
        and winner.rule.condition <= loser.rule.condition
        and is_plain(name, winner.declaration.value)
        and (covers(name, loser.declaration.name) or covers(name, entry.declaration.name))
    )


def _demand_order_kept(there: Sequence[_Entry]) -> None:
    """Refuse rules that stay and would change their order once all are important: case 3 above."""
    for number, weaker in enumerate(there):
        for stronger in there[number + 1 :]:
            same = stronger.declaration[:2] == weaker.declaration[:2]
            if stronger.weight[1:] < weaker.weight[1:] and _meets(weaker, stronger) and not same:
                raise TemplateError(
                    f"{stronger} beats {weaker} only by its !important, which both have after inlining",
                    hint="mark the weaker one !important too where it should win, or take the property out",
                )


def _pruned(declarations: Sequence[Declaration]) -> tuple[Declaration, ...]:
    """Leave out what a later declaration overrides in every client."""
    kept: list[Declaration] = []
    plain: set[str] = set()
    for declaration in reversed(declarations):
        if declaration not in kept and not any(covers(name, declaration.name) for name in plain):
            kept.append(declaration)
        if is_plain(declaration.name, declaration.value):
            plain.add(declaration.name)
    return tuple(reversed(kept))
