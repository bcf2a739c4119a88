"""Mails that somebody found by reading the examination's own code, each with the client it works in."""

import pytest
from mails import GEN, OLDER, TEXT, block, changed, mail, styled, wrapped

from pipeline.examine import examine
from pipeline.model import Finding

IPHONE = "only screen and (min-device-width:375px) and (max-device-width:667px)"
IPAD = "only screen and (min-device-width:768px) and (max-device-width:1024px)"
COVER = "position:relative;background:#fff;height:300px"
NOTICE = "<p>[GEN]</p>"


def found(html: str) -> list[Finding]:
    """Examine a mail; what only warns is left out."""
    return [f for f in examine(html, TEXT, [GEN], others=[OLDER]) if f.severity.stops]


MISSED = {
    "phone by its pixels": styled(
        f"@media {IPHONE} and (-webkit-min-device-pixel-ratio:2){{.notice{{display:none}}}}"
    ),
    "tablet held upright": styled(f"@media {IPAD} and (orientation:portrait){{.notice{{display:none}}}}"),
    "words and cover in one clipping box": mail(
        f'<div style="overflow:hidden">{NOTICE}<div style="margin-top:-300px;{COVER}">x</div></div>'
    ),
    "clipping box within the lines": mail(
        f'{NOTICE}<span style="overflow:hidden"><div style="margin-top:-300px;{COVER}">x</div></span>'
    ),
    "transparent is no colour": mail(
        '<table><tr><td bgcolor="transparent"><p style="color:#fff">[GEN]</p></td></tr></table>'
    ),
    "a function in an attribute": mail(
        '<table><tr><td bgcolor="rgb(27,42,65)"><p style="color:#fff">[GEN]</p></td></tr></table>'
    ),
    "shown by a query that Word does not know": styled(
        ".notice{display:none}@media screen{.notice{display:block}}"
    ),
    "a ground that Word does not know": mail(
        '<table><tr><td style="background-color:hsl(0,0%,7%)"><p style=color:#fff>[GEN]</p></td></tr></table>'
    ),
    "older version for Outlook": mail(f"{NOTICE}<!--[if mso]><p>{OLDER.text}</p><![endif]-->"),
    "altered copy for Outlook": mail(
        f"{NOTICE}<!--[if mso]><p>{changed('not medical', 'medical')}</p><![endif]-->"
    ),
    "hidden copy before the cut": mail(
        f'<div style="display:none">[GEN]</div>{"<p>word word word word</p>" * 5000}{NOTICE}'
    ),
    "captured": mail("{% capture x %}<p>[GEN]</p>{% endcapture %}"),
    "filtered": mail("{% filter replace('not','') %}<p>[GEN]</p>{% endfilter %}"),
    "a block of a provider's own": mail("{% module_block module 'x' %}<p>[GEN]</p>{% end_module_block %}"),
    "in Emma's syntax": mail("[% IF x %]<p>[GEN]</p>[% END %]"),
    "in Smarty's syntax": mail("{$if x}<p>[GEN]</p>{/if}"),
    "by a slot": mail('<div data-slot="dynamicContent"><p>[GEN]</p></div>'),
    "behind an empty comment": mail("<!--><p>x</p>{% if a %}<p>[GEN]</p>{% endif %}<!-- end -->"),
    "behind an odd comment": mail("<!-- a --!>{% if a %}<p>[GEN]</p>{% endif %}<!-- end -->"),
    "two opposite questions": styled(
        "@supports (display:grid){.notice{display:none}}@supports not (display:grid){.notice{display:block}}"
    ),
    "two questions": styled(
        "@media (orientation:portrait){.notice{display:none}}@media (hover:hover){.notice{display:block}}"
    ),
    "one question against another": styled(
        "@media (orientation:portrait) and (not (hover:hover)){.notice{display:none}}"
    ),
    "a list that browsers drop": styled(".notice{display:none}.notice, .notice:foo{display:block}"),
    "reaching farther on phones": mail(
        f"{NOTICE}<p>Unsubscribe at any time here</p><div class=b>.</div>",
        head=f"<style>.b{{{COVER};margin-top:-11px}}@media(max-width:600px){{.b{{margin-top:-200px}}}}</style>",
    ),
    "ten cells are one line": mail(
        f"{NOTICE}<table><tr>{'<td>L</td>' * 10}</tr></table><div style='margin-top:-100px;{COVER}'>x</div>"
    ),
    "the next one pulled up": mail(
        f'{NOTICE}<p>Unsubscribe</p><div style="margin-bottom:-300px">.</div><div style="{COVER}">x</div>'
    ),
    "higher than its box": mail(
        f'<div style="max-height:0;position:relative"><div style="{COVER}">Sale!</div></div>{NOTICE}'
    ),
    "a child that is seen again": mail(
        f'{NOTICE}<div style="visibility:hidden"><div style="visibility:visible;position:absolute;top:0;'
        'width:900px;height:2000px;background:#fff">x</div></div>'
    ),
    "two words made one": styled(
        "@media(max-width:600px){br.m{display:none}}",
        f"<p>{changed('not medical', 'not<br class=m>medical')}</p>",
    ),
    "white links by the body": mail(
        f"<p>{changed('911', '<a href=tel:911>911</a>')}</p>",
    ).replace("<body>", '<body link="#ffffff">'),
    "Word has vml": mail("<!--[if !vml]><!--><p>[GEN]</p><!--<![endif]-->"),
    "a blank before the condition": mail(
        "<!-- [if mso]><p>[GEN]</p><![endif]--><!--[if !mso]><!--><p>[GEN]</p><!--<![endif]-->"
    ),
    "an old Outlook": mail(
        "<p class=n>[GEN]</p>", head="<!--[if lt mso 14]><style>.n{display:none}</style><![endif]-->"
    ),
    "a size that is computed in a shorthand": block("font:min(4px,1em) Arial"),
    "an attribute in another case": styled("[dir=LTR]{display:none}", '<p dir="ltr">[GEN]</p>'),
    "a thick underline": block("text-decoration:underline 24px #222;color:#222"),
    "a control character for a blank": mail(f"<p>{changed('is not', 'is&#x1f;not')}</p>"),
}
HONEST = {
    "transparent cell, dark words": mail(
        '<table><tr><td bgcolor="transparent"><p style="color:#333">[GEN]</p></td></tr></table>'
    ),
    "a page in British English": mail(NOTICE, root='lang="en-GB"'),
    "a card with a soft shadow": wrapped("box-shadow:0 8px 32px rgba(0,0,0,.1);border-radius:24px"),
    "as high as the window": wrapped("min-height:100vh"),
    "figures of one width": block('font-variant-numeric:tabular-nums;font-feature-settings:"tnum" 1'),
    "aligned by its attribute": styled('[align="CENTER"]{margin:0 auto}', '<p align="center">[GEN]</p>'),
    "in a figure": mail("<figure><p>[GEN]</p></figure>"),
    "a fine shadow": block("text-shadow:0 1px 0 #fff"),
    "padded comment, then the words": mail("<!--><!-- a --><p>[GEN]</p>"),
    "a block of a provider's own before it": mail("{% module_block %}x{% end_module_block %}<p>[GEN]</p>"),
}


@pytest.mark.parametrize("name", MISSED)
def test_a_mail_that_some_client_spoils_is_stopped(name: str) -> None:
    """Whatever the client, its readers miss the words."""
    assert found(MISSED[name])


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_mail_passes(name: str) -> None:
    """The same means, put to good use."""
    assert found(HONEST[name]) == []


@pytest.mark.parametrize(
    "sentence",
    [
        *("The following does not apply to you.", "The next paragraph is nonsense.", "None of this is true:"),
        *("Don't believe a word of it:", "Please do not take the next paragraph seriously."),
        *("We do give medical advice.", "You can trust this letter instead of your doctor."),
        *("This letter can replace a visit to your doctor.", "You no longer have to see a doctor."),
        *("That last paragraph? Legal made us add it.", "The paragraph above applies to nobody."),
    ],
)
def test_a_sentence_that_cancels_the_notice_is_found(sentence: str) -> None:
    """In other words than the usual ones."""
    assert {finding.id for finding in found(mail(f"<p>{sentence}</p>{NOTICE}"))} == {"DISC007"}


@pytest.mark.parametrize(
    "sentence",
    [
        *("Ask your doctor instead of relying on this letter.", "This page does not replace medical advice."),
        *("Never skip the doctor because of a letter.", "Magnesium is not better than your doctor."),
        *("Nothing here is a substitute for your doctor.", "See your doctor rather than asking us."),
        *("None of these foods is a cure.", "You don't need to call before a visit."),
        *("Nothing of that size fits in the pan.", "The following moves are gentle."),
    ],
)
def test_a_sentence_that_agrees_with_the_notice_passes(sentence: str) -> None:
    """However close it sounds."""
    assert found(mail(f"<p>{sentence}</p>{NOTICE}")) == []
