"""Texts that remember where they come from."""

from typing import Self


class SourceText(str):
    """A piece of the body that knows the line of the body, from 0, on which it begins."""

    __slots__ = ("first",)
    first: int

    def __new__(cls, text: str, first: int) -> Self:
        """Return *text*, which begins on line *first*."""
        piece = super().__new__(cls, text)
        piece.first = first
        return piece


class Kept(str):
    """What a piece of source became, and that source."""

    __slots__ = ("source",)
    source: str

    def __new__(cls, text: str, source: str) -> Self:
        """Return *text*, which was written as *source*."""
        piece = super().__new__(cls, text)
        piece.source = source
        return piece
