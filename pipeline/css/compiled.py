"""A style sheet as it is compiled and stored."""

from typing import TypedDict

from pipeline.css.declarations import Declaration


class WrittenRule(TypedDict):
    """One rule of a sheet, as it is compiled and stored."""

    selectors: list[str]  # without commas
    declarations: list[Declaration]
    at_rules: list[str]  # those round it, with their conditions
    line: int  # in the sheet, from 1


class CompiledSheet(TypedDict):
    """A style sheet, as it is compiled and stored."""

    rules: list[WrittenRule]  # all that apply to elements, in the sheet's order
    leftover: str  # CSS that stays in head; empty, or ending in a line end
    animated: list[str]  # properties that an animation of the sheet sets
