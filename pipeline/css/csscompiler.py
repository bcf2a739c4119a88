"""
Compile a style sheet: which rules are inlined, and what stays in head.

Two readers look at every declaration that will be inlined. tinycss2 takes the sheet apart as a browser
does, with lines. premailer reads each declaration by itself, so that none can be lost to its neighbour,
and what it does not read is refused. It is not shown selectors, at-rules or two declarations at a time:
there it loses things (`:not(.a, .b)`, `@font-face`, a fallback declared before the value it backs).
The text that goes out is the author's: premailer respells values (`0pt` becomes `0`).

What stays in head must still win over what was inlined. So every declaration that stays for elements
(in @media, in @supports, with `:hover` or a mail client's mark) becomes `!important`; `cascade` sees to
it, on the actual document, that this changes no outcome. Declarations for pseudo-elements compete with
nothing inlined and keep their flag; so do font faces, keyframes and pages.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from threading import Lock

import tinycss2  # type: ignore[import-untyped]
from premailer import Premailer  # type: ignore[import-untyped]
from tinycss2.ast import AtRule, Node, QualifiedRule  # type: ignore[import-untyped]

from pipeline.css.compiled import CompiledSheet, WrittenRule
from pipeline.css.declarations import Declaration, overlap, property_name
from pipeline.css.selectorparser import SelectorError, parse_selector
from pipeline.css.tokens import selector_list, text_of
from pipeline.errors import TemplateError

_CONDITIONS = frozenset({"media", "supports"})
_KEPT = frozenset({"font-face", "keyframes", "-webkit-keyframes", "page", "-ms-viewport"})
_HINTS = {
    "import": "copy the imported rules here; for fonts, copy the @font-face rule",
    "charset": "leave it out: the document says its encoding",
    "layer": "write the rules without @layer, weakest first",
}
_ONE_AT_A_TIME = Lock()  # cssutils keeps state in its modules: premailer's issue 65, read 2026-11-22


class _Reader(Premailer):  # type: ignore[misc]
    """Premailer as a reader of declarations."""

    def __init__(self) -> None:
        """Keep `!important`, say nothing about unknown properties, and leave the parsing cache alone."""
        super().__init__(
            strip_important=False,
            disable_validation=True,
            cache_css_parsing=False,
            cssutils_logging_level=logging.CRITICAL + 1,
        )

    def unread(self, declarations: Sequence[Declaration]) -> list[Declaration]:
        """Return those that premailer loses, misreads or cannot bear."""
        sheet = "\n".join(
            f".d{number}{{{name}:{value}{' !important' if important else ''}}}"
            for number, (name, value, important) in enumerate(declarations)
        )
        try:
            with _ONE_AT_A_TIME:
                rules, _ = self._parse_style_rules(sheet, 0)
        except Exception:  # noqa: BLE001 - cssutils raises whatever its slips come to
            half = len(declarations) // 2
            return (
                [*self.unread(declarations[:half]), *self.unread(declarations[half:])]
                if half
                else list(declarations)
            )
        read = {(selector, text.partition(":")[0], bool(weight[0])) for weight, selector, text in rules}
        return [
            declaration
            for number, declaration in enumerate(declarations)
            if (f".d{number}", declaration.name.lower(), declaration.important) not in read
        ]


def compile_css(css: str) -> CompiledSheet:
    """
    Compile the style sheet *css*.

    Raises:
        TemplateError: it has an error, or something that inlining would lose or change.
    """
    compiler = _Compiler()
    try:
        sheet = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
        leftover = "".join(compiler.write(sheet, ()))
    except RecursionError as err:
        raise TemplateError(
            "the style sheet nests brackets or blocks too deeply to be read",
            hint="write it flat; a mail needs two levels",
        ) from err
    if "</style" in leftover.lower():
        raise TemplateError(
            "the style sheet holds '</style', which would end it in the document",
            hint="take it out of the string it stands in",
        )
    compiler.demand_read()
    compiler.demand_no_race()
    return CompiledSheet(rules=compiler.rules, leftover=leftover, animated=sorted(compiler.animated))


class _Compiler:
    """The rules found so far."""

    def __init__(self) -> None:
        self.rules: list[WrittenRule] = []
        self.animated: set[str] = set()
        self._inlined: dict[Declaration, int] = {}  # and the line of its first rule
        self._made_important: dict[Declaration, int] = {}  # likewise

    def write(self, nodes: Iterable[Node], at_rules: tuple[str, ...]) -> Iterator[str]:
        """Take in *nodes*, and yield the CSS that stays."""
        for node in nodes:
            if node.type == "qualified-rule":
                yield from self._write_rule(node, at_rules)
            elif node.type == "at-rule":
                yield from self._write_at_rule(node, at_rules)
            else:
                raise _error(
                    node, f"cannot be read: {node.message}", "check the braces and semicolons before it"
                )

    def _write_at_rule(self, node: AtRule, at_rules: tuple[str, ...]) -> Iterator[str]:
        name = node.lower_at_keyword
        prelude = text_of(node.prelude)
        if name in _KEPT and node.content is not None:
            if name.endswith("keyframes"):
                self.animated |= _set_in(node)
            yield f"@{node.at_keyword} {prelude}{{{tinycss2.serialize(node.content).strip()}}}\n"
        elif name in _CONDITIONS and node.content is not None:
            condition = f"@{name} {prelude}"
            inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
            if kept := "".join(self.write(inner, (*at_rules, condition))):
                yield f"{condition}{{\n{kept}}}\n"
        else:
            raise _error(
                node,
                f"@{node.at_keyword} cannot be inlined, nor kept beside inlined styles",
                _HINTS.get(name, "write its rules without it"),
            )

    def _write_rule(self, node: QualifiedRule, at_rules: tuple[str, ...]) -> Iterator[str]:
        # the important ones last, so that they still win where all become important
        declarations = sorted(_declarations(node), key=lambda declaration: declaration.important)
        inlined, staying, pseudo = _sorted_selectors(node, conditional=bool(at_rules))
        if not declarations:
            return
        line = node.source_line
        self.rules.append(
            WrittenRule(
                selectors=inlined + staying, declarations=declarations, at_rules=[*at_rules], line=line
            )
        )
        for declaration in declarations:
            if inlined:
                self._inlined.setdefault(declaration, line)
            if staying and not declaration.important:
                self._made_important.setdefault(declaration, line)
        for selectors, important in ((staying, True), (pseudo, False)):
            if selectors:
                yield f"{', '.join(selectors)}{{{_block(declarations, all_important=important)}}}\n"

    def demand_read(self) -> None:
        """Refuse what premailer does not read among the declarations that are inlined."""
        for declaration in _Reader().unread(list(self._inlined)):
            raise TemplateError(
                f"line {self._inlined[declaration]} of the style sheet: "
                f"premailer does not read {f'{declaration.name}: {declaration.value}'!r} and would lose it",
                hint="write it in plainer CSS, such as rgba(0, 0, 0, .5); or put the rule into @supports, "
                "whose rules stay in head",
            )

    def demand_no_race(self) -> None:
        """Refuse a rule that would beat an animation once it is made important."""
        for declaration, line in self._made_important.items():
            if any(overlap(declaration.name, name) for name in self.animated):
                raise TemplateError(
                    f"line {line} of the style sheet: {declaration.name!r} is animated; a rule that stays "
                    "in head can set it only with !important, which would stop the animation",
                    hint="animate another property, or set this one outside @media and without a state",
                )


def _error(node: Node, problem: str, hint: str) -> TemplateError:
    return TemplateError(f"line {node.source_line} of the style sheet: {problem}", hint=hint)


def _block(declarations: Iterable[Declaration], *, all_important: bool) -> str:
    return "; ".join(
        f"{name}: {value}{' !important' if all_important or important else ''}"
        for name, value, important in declarations
    )


def _declarations(rule: QualifiedRule) -> Iterator[Declaration]:
    for node in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
        if node.type in {"qualified-rule", "at-rule"}:
            raise _error(
                node, "a rule inside a rule, which mail clients do not read", "write it as a rule of its own"
            )
        if node.type != "declaration" or not (value := text_of(node.value)):
            raise _error(
                node, "this is no declaration, and browsers would skip it", "write `property: value;`"
            )
        yield Declaration(property_name(node.name), value, node.important)


def _sorted_selectors(rule: QualifiedRule, *, conditional: bool) -> tuple[list[str], list[str], list[str]]:
    """Return the rule's selectors: those inlined, those that stay, those of pseudo-elements."""
    inlined: list[str] = []
    staying: list[str] = []
    pseudo: list[str] = []
    for text in selector_list(rule.prelude):
        try:
            selector = parse_selector(text)
        except SelectorError as error:
            raise _error(
                rule,
                f"the selector {text!r} cannot be used: {error}",
                "write it in another way, without nesting",
            ) from error
        if selector.pseudo_element:
            pseudo.append(text)
        else:
            (staying if conditional or selector.dynamic else inlined).append(text)
    return inlined, staying, pseudo


def _set_in(keyframes: AtRule) -> set[str]:
    """Return the properties that an animation sets."""
    frames = tinycss2.parse_rule_list(keyframes.content, skip_comments=True, skip_whitespace=True)
    return {
        declaration.name
        for frame in frames
        if frame.type == "qualified-rule"
        for declaration in _declarations(frame)
    }
