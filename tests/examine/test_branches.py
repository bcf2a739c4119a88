"""Conditions of providers' templates around the words, in every syntax that we know (DISC009)."""

import pytest
from mails import GEN, TEXT, mail

from pipeline.examine import examine
from pipeline.examine.reading.branches import plain_text

NOTICE = "<p>[GEN]</p>"
PAIRS = {
    "liquid": ("{% if a %}", "{% endif %}"),
    "liquid, trimmed": ("{%- unless a -%}", "{%- endunless -%}"),
    "loop": ("{% for x in y %}", "{% endfor %}"),
    "comment": ("{% comment %}", "{% endcomment %}"),
    "handlebars": ("{{#if a}}", "{{/if}}"),
    "mustache, inverted": ("{{^a}}", "{{/a}}"),
    "go": ("{{ if .Subscriber.A }}", "{{ end }}"),
    "go, range": ("{{- range .Items -}}", "{{- end -}}"),
    "mailchimp": ("*|IF:A=1|*", "*|END:IF|*"),
    "mailchimp, not": ("*|IFNOT:A|*", "*|END:IF|*"),
    "mailchimp, groups": ("*|INTERESTED:Group:A|*", "*|END:INTERESTED|*"),
    "mailchimp, in comments": ("<!-- *|IF:A|* -->", "<!-- *|END:IF|* -->"),
    "ampscript": ("%%[ IF @a == 1 THEN ]%%", "%%[ ENDIF ]%%"),
    "activecampaign": ("%IF A=1%", "%/IF%"),
    "campaign monitor": ("[if:A=1]", "[endif]"),
    "smarty": ("{if $a}", "{/if}"),
    "velocity": ("#if($a)", "#end"),
    "freemarker": ("<#if a??>", "</#if>"),
    "jsp": ("<% if (a) { %>", "<% } %>"),
    "php": ("<?php if ($a): ?>", "<?php endif; ?>"),
}


def rules(html: str, text: str = TEXT) -> set[str]:
    """Return the rules that a mail breaks."""
    return {finding.id for finding in examine(html, text, [GEN])}


@pytest.mark.parametrize("name", PAIRS)
def test_a_condition_around_the_words_is_found(name: str) -> None:
    """Some readers would not get them; neither in the first branch nor in the last."""
    opens, closes = PAIRS[name]
    assert rules(mail(f"{opens}{NOTICE}{closes}")) == {"DISC009"}
    assert rules(mail(f"<table>{opens}<tr><td>[GEN]</td></tr>{closes}</table>")) == {"DISC009"}
    assert rules(mail(f"{opens}{NOTICE}")) == {"DISC009"}
    assert rules(mail(NOTICE), f"{opens}\n{TEXT}\n{closes}") == {"DISC009"}


@pytest.mark.parametrize("name", PAIRS)
def test_a_condition_that_ends_before_the_words_is_none_of_theirs(name: str) -> None:
    """Conditions belong into a mail, only not around its disclaimer."""
    opens, closes = PAIRS[name]
    assert rules(mail(f"{opens}<p>Hello</p>{closes}{NOTICE}{opens}<p>Bye</p>{closes}")) == set()
    assert rules(mail(NOTICE), f"{opens}Hello{closes}\n\n{TEXT}") == set()


@pytest.mark.parametrize(
    "html",
    [
        mail("{% if a %}<p>Hi</p>{% else %}<p>[GEN]</p>{% endif %}"),
        mail("{% if a %}{% for b in c %}{% endif %}<p>[GEN]</p>"),
        mail('<div {% if a %}class="x"{% endif %}><p>[GEN]</p></div>'),
        mail('<div style="display:{{ shown }}"><p>[GEN]</p></div>'),
        mail('<div data-show-if="country=US"><p>[GEN]</p></div>'),
        mail('<div v-if="a"><p>[GEN]</p></div>'),
        mail("<table><tr mc:hideable><td>[GEN]</td></tr></table>"),
        mail(f"<p>{TEXT.replace('not ', '{% if a %}not {% endif %}', 1)}</p>"),
        mail("{# <p>[GEN]</p> #}"),
        mail("{{!-- <p>[GEN]</p> --}}"),
    ],
)
def test_other_ways_to_make_words_conditional_are_found(html: str) -> None:
    """Inside a tag, by an attribute, in the other branch, in a comment of the template."""
    assert "DISC009" in rules(html)


@pytest.mark.parametrize(
    "html",
    [
        mail("<p>Dear {{ name }},</p><p>[GEN]</p><p>*|UNSUB|* {{ unsubscribe_url }} %%unsub%%</p>"),
        mail("{% assign a = 1 %}{% raw %}{% endraw %}%%[ set @a = 1 ]%%<p>[GEN]</p>"),
        mail('<a href="{% if a %}https://x.example{% endif %}">x</a><p>[GEN]</p>'),
        mail('<div mc:edit="notice" data-id="4"><p>[GEN]</p></div>'),
        mail("<style>@media{#outlook a{padding:0}}</style><p>[GEN]</p>"),
        mail(
            "<!--[if mso]><table><tr><td><![endif]--><p>[GEN]</p><!--[if mso]></td></tr></table><![endif]-->"
        ),
    ],
)
def test_merge_tags_are_no_conditions(html: str) -> None:
    """What fills in a name hides nothing."""
    assert rules(html) == set()


def test_a_text_loses_its_tags_and_keeps_its_words() -> None:
    """The tags' places are those in what is left."""
    text, ((at, tag), _close) = plain_text("Hi {{ name }}. {% if a %}Yes.{% endif %}")
    assert text == "Hi {{ name }}. Yes."
    assert (text[at:], tag.written) == ("Yes.", "{% if a %}")
