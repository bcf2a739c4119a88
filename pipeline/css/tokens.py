"""Tokens of a style sheet, back to text."""

from collections.abc import Iterable, Sequence

from tinycss2.ast import Node  # type: ignore[import-untyped]


def text_of(nodes: Iterable[Node]) -> str:
    """Return CSS without comments and on one line."""
    parts = (
        " " if node.type == "whitespace" else node.serialize() for node in nodes if node.type != "comment"
    )
    return "".join(parts).strip()


def selector_list(prelude: Sequence[Node]) -> list[str]:
    """Return the selectors before a rule's block, those in brackets left where they are."""
    selectors: list[list[Node]] = [[]]
    for node in prelude:
        if node.type == "literal" and node.value == ",":
            selectors.append([])
        else:
            selectors[-1].append(node)
    return [text_of(nodes) for nodes in selectors]
