"""
Compiled style sheets: their rules, what stays in the document, and a cache of both.

Compiling needs premailer and takes a fifth of a second; a newsletter's sheet changes a few times a
year. So a compiled sheet is kept on disk, and a process that finds it there imports no premailer.
"""

import contextlib
import hashlib
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from pipeline.css.compiled import CompiledSheet, WrittenRule
from pipeline.css.declarations import Declaration
from pipeline.css.html5 import Context, Element
from pipeline.css.selectorparser import parse_selector
from pipeline.css.selectors import Selector
from pipeline.files import write_whole

_MOST_CONTEXTS = 10_000
# The code that compiles, ours and what it reads with: another version makes another file.
_CODE = (
    "compiled.py",
    "csscompiler.py",
    "declarations.py",
    "selectornames.py",
    "selectorparser.py",
    "stylesheet.py",
    "tokens.py",
)
_READERS = {"premailer": "premailer.py", "tinycss2": "serializer.py"}


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One selector with its declarations; a selector list makes one for each."""

    text: str  # the selector as written
    selector: Selector
    declarations: tuple[Declaration, ...]
    order: int  # of the written rule in the sheet
    line: int  # in the sheet, from 1
    condition: frozenset[
        str
    ]  # what must hold besides the structure: at-rules round it, a state; empty: inlined

    def __str__(self) -> str:
        """Name the rule in a message."""
        name = " ".join([*sorted(self.condition - {self.text}), self.text])
        return f"{name!r} (line {self.line} of the style sheet)"


class Stylesheet:
    """A compiled sheet, with its rules to be found by what an element is."""

    def __init__(self, compiled: CompiledSheet) -> None:
        """Take what the compiler made."""
        self.leftover = compiled["leftover"]
        self.animated = frozenset(compiled["animated"])
        self.inlined_classes: set[str] = set()  # classes that an inlined rule asks for
        self._by_context: dict[Context, tuple[frozenset[Rule], tuple[Rule, ...]]] = {}
        self._rules: dict[str, list[Rule]] = {}
        for order, written in enumerate(compiled["rules"]):
            for text in written["selectors"]:
                rule = _rule(text, order, written)
                self._rules.setdefault(_rarest(rule.selector), []).append(rule)
                if not rule.condition:
                    self.inlined_classes |= rule.selector.compounds[0].classes

    def matching(self, element: Element) -> frozenset[Rule]:
        """Return the rules that match *element*, or may."""
        known = self._by_context.get(element.context)
        if known is None:
            if len(self._by_context) >= _MOST_CONTEXTS:
                self._by_context.clear()
            known = self._by_context[element.context] = self._look_up(element)
        matched, open_ = known
        return matched.union(rule for rule in open_ if rule.selector.matches(element)) if open_ else matched

    def _look_up(self, element: Element) -> tuple[frozenset[Rule], tuple[Rule, ...]]:
        """Return the rules that match any element in this context, and those to be tried on each."""
        keys = ["*", element.tag, *(f".{name}" for name in element.classes)]
        if ident := element.attributes.get("id"):
            keys.append(f"#{ident}")
        rules = [rule for key in keys for rule in self._rules.get(key, ())]
        return (
            frozenset(rule for rule in rules if rule.selector.by_context and rule.selector.matches(element)),
            tuple(rule for rule in rules if not rule.selector.by_context),
        )


def _rule(text: str, order: int, written: WrittenRule) -> Rule:
    selector = parse_selector(text)
    return Rule(
        text=text,
        selector=selector,
        declarations=tuple(Declaration(*declaration) for declaration in written["declarations"]),
        order=order,
        line=written["line"],
        condition=frozenset([*written["at_rules"], *([text] if selector.dynamic else [])]),
    )


def _rarest(selector: Selector) -> str:
    """Return what every element that *selector* matches has: the key under which its rule is kept."""
    subject = selector.compounds[0]
    if subject.ids:
        return f"#{min(subject.ids)}"
    return f".{min(subject.classes)}" if subject.classes else subject.tag or "*"


@lru_cache(maxsize=16)
def load_stylesheet(css: str, cache_path: Path | None) -> Stylesheet:
    """
    Return *css* compiled: from memory, else from a file under *cache_path*, else by compiling it now.

    A file that is missing, spoilt or not writable is no error: the sheet is compiled again.

    Raises:
        TemplateError: the sheet has something that cannot be inlined rightly.
    """
    path = cache_path / f"stylesheet-{_key(css)}.json" if cache_path else None
    compiled = _stored(path) if path else None
    if compiled is None:
        from pipeline.css.csscompiler import compile_css  # noqa: PLC0415 - imports premailer: 200 ms

        compiled = compile_css(css)
        if path:
            _store(path, compiled)
    return Stylesheet(compiled)


def _stored(path: Path) -> CompiledSheet | None:
    """Return the sheet in the file *path*: a digest, a line end, JSON."""
    with contextlib.suppress(OSError):
        digest, _, content = path.read_bytes().partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() == digest:
            compiled: CompiledSheet = json.loads(content)
            return compiled
    return None


def _store(path: Path, compiled: CompiledSheet) -> None:
    content = json.dumps(compiled).encode()
    with contextlib.suppress(OSError):
        write_whole(path, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def _key(css: str) -> str:
    return hashlib.sha256(f"{_made_by()}\n{css}".encode()).hexdigest()[:32]


@cache
def _made_by() -> str:
    """Say which code compiles, by its bytes: asking for versions would take longer than all the rest."""
    files = [Path(__file__).with_name(name) for name in _CODE]
    for package, name in _READERS.items():
        spec = find_spec(package)
        files += [Path(spec.origin).with_name(name)] if spec and spec.origin else []
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
