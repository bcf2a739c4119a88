"""Merge tags: editors' braces to tokens, tokens to a provider's syntax, everything else as it stands."""

import html
import re
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.mergetags import (
    NAMES,
    PREFIX,
    MergeSyntax,
    Tag,
    UnknownTag,
    as_written,
    persona,
    tags,
    to_tokens,
    token,
    unknown_tags,
)

FIRST_NAME = "subscriber.first_name"
READER = {
    FIRST_NAME: "Zoë & Co",
    "unsubscribe_url": "https://u.example/?a=1&b=2",
    "web_url": "https://w.example",
}
REPEATABLE = settings(deadline=None, derandomize=True, max_examples=200)

# Words, braces and whatever the providers' own syntaxes are made of.
LITERALS = st.text(st.sampled_from("aé {}%*|#\"'\\<>&\n"), max_size=12)
TAGS = st.builds(Tag, st.sampled_from(NAMES), st.sampled_from(["", "friend", "O'\"Neil & <co>", "ß 🌿"]))
CONTENTS = st.lists(st.one_of(LITERALS, TAGS), max_size=8)


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("{{ unsubscribe_url }}", Tag("unsubscribe_url")),
        ("{{web_url}}", Tag("web_url")),
        ("{{\tsubscriber.first_name  }}", Tag(FIRST_NAME)),
        ('{{ subscriber.first_name | default("friend") }}', Tag(FIRST_NAME, "friend")),
        ("{{subscriber.first_name|default( 'dear  reader' )}}", Tag(FIRST_NAME, "dear  reader")),
        ("{{ subscriber.first_name | default(“friend”) }}", Tag(FIRST_NAME, "friend")),
        ("{{ subscriber.first_name | default(‘friend’) }}", Tag(FIRST_NAME, "friend")),
        ('{{ subscriber.first_name | default("y\'all") }}', Tag(FIRST_NAME, "y'all")),
        ('{{ subscriber.first_name | default("") }}', Tag(FIRST_NAME)),
        ('{{ subscriber.first_name | default("Žofie 🌿") }}', Tag(FIRST_NAME, "Žofie 🌿")),
    ],
)
def test_a_known_tag_becomes_its_token(written: str, tag: Tag) -> None:
    """Spaces do not matter, and a default may stand in straight or curly quotes."""
    assert to_tokens(f"a {written} b") == f"a {token(tag)} b"
    assert tags(to_tokens(written)) == [tag]
    assert unknown_tags(written) == []


def test_a_known_value_takes_the_place_of_its_tag() -> None:
    """Our own permalink stands in for `web_url` where there is one."""
    assert to_tokens("see {{ web_url }}", {"web_url": "https://x.example/1/"}) == "see https://x.example/1/"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("{{ first_name }}", "first_name"),
        ("{{ Unsubscribe_URL }}", "Unsubscribe_URL"),
        ("{{ subscriber.first_name | upper }}", "subscriber.first_name | upper"),
        ('{{ subscriber.first_name | default("friend" }}', 'subscriber.first_name | default("friend"'),
        ('{{ subscriber.first_name\n| default("friend") }}', 'subscriber.first_name | default("friend")'),
        ("{{ unsubscribe_url and more }}", "unsubscribe_url and more"),
    ],
)
def test_what_is_nearly_a_tag_stays_and_is_listed(written: str, name: str) -> None:
    """A wrong name or filter is never taken away silently, nor passed over."""
    assert to_tokens(written) == written
    assert unknown_tags(f"one\ntwo {written}") == [UnknownTag(name, line=2, column=5)]


@pytest.mark.parametrize("written", ["{ x }", "{{ }}", "{{ 5 }}", "{% if x %}", "{{", "}} {{", "{# x #}"])
def test_other_braces_are_no_tags(written: str) -> None:
    """Code about code is text."""
    assert to_tokens(written) == written
    assert unknown_tags(written) == []


def test_a_token_is_letters_and_digits() -> None:
    """No parser finds anything to spoil in it, not in a link either."""
    assert re.fullmatch(r"[a-z0-9]+", token(Tag(FIRST_NAME, "O'\"Neil } & <co>")))


@pytest.mark.parametrize("code", ["ff", "c3", "eda080"])
def test_a_default_that_is_no_text_makes_no_token(code: str) -> None:
    """Bytes that are no UTF-8 stay what they are, before a token too."""
    broken = f"{PREFIX}subscriberfirstnamex{code}z"
    assert tags(broken + token(Tag("web_url"))) == [Tag("web_url")]
    assert persona(READER).apply(broken + token(Tag("web_url")), "text") == broken + READER["web_url"]


def test_a_sealed_token_is_none_until_the_seal_is_taken_out() -> None:
    """So that text which comes to look like a token can be told from what an editor wrote."""
    sealed = to_tokens("{{ web_url }}", seal="0a1b")
    assert re.fullmatch(r"[a-z0-9]+", sealed)
    assert tags(sealed) == []
    assert tags(sealed.replace("0a1b", "")) == [Tag("web_url")]


def test_tokens_can_be_shown_as_written() -> None:
    """For messages to editors."""
    assert as_written(f"a {token(Tag(FIRST_NAME, 'b'))} c") == "a {{ subscriber.first_name }} c"


@REPEATABLE
@given(st.text(st.sampled_from("{} |a_.\"'()x\n"), max_size=30).filter(lambda text: PREFIX not in text))
def test_text_without_known_tags_never_changes(text: str) -> None:
    """Random braces come through letter for letter."""
    assert to_tokens(text) == text


@REPEATABLE
@given(CONTENTS)
def test_a_persona_leaves_no_token(content: list[str | Tag]) -> None:
    """Every token is filled in: with the reader's value, else with the default."""
    tokens = "".join(part if isinstance(part, str) else token(part) for part in content)
    expected = "".join(part if isinstance(part, str) else READER[part.name] for part in content)
    assert persona(READER).apply(tokens, "text") == expected


def test_a_persona_escapes_values_in_html_alone() -> None:
    """A reader called `Zoë & Co` breaks no markup; in text the sign stays a sign."""
    greeting = token(Tag(FIRST_NAME))
    assert persona(READER).apply(greeting, "html") == "Zoë &amp; Co"
    assert persona(READER).apply(greeting, "text") == "Zoë & Co"
    assert persona({FIRST_NAME: ""}).apply(token(Tag(FIRST_NAME, "<friend>")), "html") == "&lt;friend&gt;"


def go_template() -> MergeSyntax:
    """Return a syntax as listmonk has it."""
    names = {
        FIRST_NAME: ".Subscriber.FirstName",
        "unsubscribe_url": "UnsubscribeURL",
        "web_url": "MessageURL",
    }
    return MergeSyntax(
        write=lambda tag, _part: f"{{{{ {names[tag.name]} }}}}",
        specials=re.compile(r"\{+"),
        escape=lambda run, _part: f'{{{{ "{run}" }}}}',
    )


def render_go(template: str) -> str:
    """Fill in a Go template of this kind; whatever else stands in braces is an error, as it is there."""
    values = {
        ".Subscriber.FirstName": FIRST_NAME,
        "UnsubscribeURL": "unsubscribe_url",
        "MessageURL": "web_url",
    }
    done, rest = "", template
    while "{{" in rest:
        before, rest = rest.split("{{", 1)
        action, rest = rest.split("}}", 1)
        quoted = re.fullmatch(r' "(\{+)" ', action)
        done += before + (quoted[1] if quoted else READER[values[action.strip()]])
    return done + rest


def mailchimp() -> MergeSyntax:
    """Return a syntax as Mailchimp has it."""
    names = {FIRST_NAME: "FNAME", "unsubscribe_url": "UNSUB", "web_url": "ARCHIVE"}

    def escape(_run: str, part: Literal["html", "text"]) -> str:
        return "&#42;|" if part == "html" else "*\u2060|"

    return MergeSyntax(
        write=lambda tag, _part: f"*|{names[tag.name]}|*", specials=re.compile(r"\*\|"), escape=escape
    )


def render_mailchimp(template: str) -> str:
    """Fill in a template of this kind."""
    values = {"FNAME": FIRST_NAME, "UNSUB": "unsubscribe_url", "ARCHIVE": "web_url"}
    return re.sub(r"\*\|([A-Z]+)\|\*", lambda match: READER[values[match[1]]], template)


@REPEATABLE
@given(CONTENTS)
def test_a_go_template_shows_everything_else_literally(content: list[str | Tag]) -> None:
    """What editors write in braces reaches readers as written, also right before a tag."""
    tokens = "".join(part if isinstance(part, str) else token(part) for part in content)
    expected = "".join(part if isinstance(part, str) else READER[part.name] for part in content)
    assert render_go(go_template().apply(tokens, "text")) == expected


@REPEATABLE
@given(CONTENTS)
def test_mailchimps_marks_are_shown_literally(content: list[str | Tag]) -> None:
    """`*|` of an editor opens no tag; a star beside a tag stays a star."""
    tokens = "".join(part if isinstance(part, str) else token(part) for part in content)
    expected = "".join(part if isinstance(part, str) else READER[part.name] for part in content)
    assert render_mailchimp(mailchimp().apply(tokens, "text")).replace("\u2060", "") == expected


def test_escaping_happens_in_one_pass() -> None:
    """What was written for a tag, or by an escape, is not escaped again."""
    content = f"{{{{ x }}}} {{{token(Tag('web_url'))}}} *|FNAME|*"
    assert go_template().apply(content, "html") == '{{ "{{" }} x }} {{ "{" }}{{ MessageURL }}} *|FNAME|*'
    assert html.unescape(mailchimp().apply(content, "html")) == "{{ x }} {*|ARCHIVE|*} *|FNAME|*"


def test_flags_and_groups_of_a_pattern_of_specials_count() -> None:
    """An adapter's pattern is used as it is, whatever is in it."""
    syntax = MergeSyntax(
        write=lambda tag, _part: tag.name,
        specials=re.compile(r"(x)\1", re.IGNORECASE),
        escape=lambda run, _part: f"<{run}>",
    )
    assert syntax.apply(f"Xx{token(Tag('web_url'))}x", "text") == "<Xx>web_urlx"
