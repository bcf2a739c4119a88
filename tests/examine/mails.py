"""
Small mails for the examination: every trick, and for each its harmless look-alike.

`[GEN]` stands for the wording. A mail that must pass names no rule; one that must fail names the rules of
which at least one has to be found.
"""

import datetime as dt

from pipeline.model import Wording


def wording(text: str, *, ident: str = "gen", version: int = 1, locale: str = "en-US") -> Wording:
    """Make a wording that says *text*."""
    return Wording(
        id=ident,
        version=version,
        locale=locale,
        jurisdictions=frozenset({"US"}),
        kind="house",
        elements={},
        effective_from=dt.date(2026, 1, 1),
        effective_to=None,
        approved_by="sample",
        approved_on=dt.date(2026, 1, 1),
        sha256="",
        text=text,
        html=f"<p>{text}</p>",
        heading="Medical notice",
        placement="end",
        file=f"templates/disclaimers/{ident}/{version}.{locale}.md",
    )


TEXT = (
    "This letter is for education only and is not medical advice, diagnosis, or treatment. "
    "Don't ignore or delay your doctor's advice because of something you read here. "
    "In an emergency, call 911 right away."
)
GEN = wording(TEXT)
OLDER = wording(
    "This letter is for general education and is not medical advice. "
    "Don't ignore your doctor's advice because of something you read here. "
    "In an emergency, call 911.",
    version=2,
)
GERMAN = "Dieser Brief dient nur der Bildung und ersetzt keinen Arzt."


def mail(body: str, *, head: str = "", root: str = 'lang="en"') -> str:
    """Wrap *body* in a small mail, with the wording put in for [GEN]."""
    body, head = body.replace("[GEN]", TEXT), head.replace("[GEN]", TEXT)
    start = f"<!DOCTYPE html><html {root}><head><meta charset=utf-8><title>Letter</title>{head}</head>"
    return f"{start}<body><h1>Sleep well</h1><p>Go to bed at the same hour.</p>{body}</body></html>"


def styled(css: str, body: str = '<div class="wrap"><p class="notice">[GEN]</p></div>') -> str:
    """Make a mail with a style sheet."""
    return mail(body, head=f"<style>{css}</style>")


def block(style: str) -> str:
    """Make a mail whose wording has an inline style."""
    return mail(f'<div><p style="{style}">[GEN]</p></div>')


def wrapped(style: str) -> str:
    """Make a mail in which an ancestor of the wording has an inline style."""
    return mail(f'<div style="{style}"><div><p>[GEN]</p></div></div>')


HALF = TEXT.index("Don't")
WORDS = TEXT.split()
ENTITIES = "".join(f"&#x{ord(char):x};" for char in TEXT)
CURLY = TEXT.replace("'", "’")
SHY = TEXT.replace("education", "edu&shy;ca&shy;tion").replace("emergency", "emer&shy;gency")
HIDE = "display:none"

# name -> mail: every reader sees the wording
PASSES = {
    "plain paragraph": mail("<p>[GEN]</p>"),
    "no html around it": "<p>" + TEXT,
    "text right in the body": mail("[GEN]"),
    "all entities": mail(f"<p>{ENTITIES}</p>"),
    "curly quotes": mail(f"<p>{CURLY}</p>"),
    "quotes as entities": mail(f"<p>{TEXT.replace(chr(39), '&rsquo;')}</p>"),
    "strong inside": mail(
        f"<p>{TEXT.replace('not medical advice', '<strong>not medical</strong> advice')}</p>"
    ),
    "strong inside a word": mail(f"<p>{TEXT.replace('education', '<b>edu</b>cation')}</p>"),
    "link inside": mail(f"<p>{TEXT.replace('911', '<a href=tel:911>911</a>')}</p>"),
    "soft hyphens": mail(f"<p>{SHY}</p>"),
    "two zero-width spaces": mail(f"<p>{TEXT.replace('education', 'edu&#8203;cat&#8203;ion')}</p>"),
    "nbsp for spaces": mail(f"<p>{TEXT.replace(' or ', '&nbsp;or&nbsp;')}</p>"),
    "line breaks": mail(f"<p>{TEXT.replace('. ', '.<br>')}</p>"),
    "sentences in paragraphs": mail(f"<div><p>{TEXT.replace('. ', '.</p><p>')}</p></div>"),
    "re-indented": mail(f"<p>\n\t{'   '.join(WORDS)}\n</p>"),
    "capitals": mail(f"<p>{TEXT.upper()}</p>"),
    "symbol before it": mail("<p>*[GEN]</p>"),
    "comment inside": mail(f"<p>{TEXT.replace('medical', '<!-- note -->medical')}</p>"),
    "in a table cell": mail("<table role=presentation><tr><td>[GEN]</td></tr></table>"),
    "hide class on another element": styled(
        ".hide{display:none}", '<p class=hide>x</p><p class="notice">[GEN]</p>'
    ),
    "hidden preheader elsewhere": mail(
        '<div style="display:none;max-height:0;overflow:hidden;font-size:1px;opacity:0;color:#fff">Soon</div>'
        "<p>[GEN]</p>"
    ),
    "shown besides a hidden copy": mail('<div style="display:none">[GEN]</div><p>[GEN]</p>'),
    "mso ghost table around it": mail(
        "<!--[if mso]><table role=presentation><tr><td width=600><![endif]--><div><p>[GEN]</p></div>"
        "<!--[if mso]></td></tr></table><![endif]-->"
    ),
    "mso ghost columns beside it": mail(
        "<!--[if (gte mso 9)|(IE)]><table><tr><td><![endif]--><p>[GEN]</p>"
        "<!--[if (gte mso 9)|(IE)]></td><td><![endif]--><p>More</p>"
        "<!--[if (gte mso 9)|(IE)]></td></tr></table><![endif]-->"
    ),
    "another text for Outlook only": mail("<!--[if mso]><p>Hello Outlook</p><![endif]--><p>[GEN]</p>"),
    "another text not for Outlook": mail("<!--[if !mso]><!--><p>Hello</p><!--<![endif]--><p>[GEN]</p>"),
    "both branches say it": mail(
        "<!--[if mso]><p>[GEN]</p><![endif]--><!--[if !mso]><!--><p>[GEN]</p><!--<![endif]-->"
    ),
    "light text on a dark cell": mail(
        '<table><tr><td bgcolor="#1b2a41"><p style="color:#ffffff">[GEN]</p></td></tr></table>'
    ),
    "dark cell inside a light one": wrapped("background:#222;color:#eee"),
    "gradient covered by a solid colour": mail(
        '<div style="background:linear-gradient(red,blue)"><p style="background-color:#fff">[GEN]</p></div>'
    ),
    "nearly opaque colour": block("color:rgba(0,0,0,.85)"),
    "dark rule sets both colours": styled(
        "@media (prefers-color-scheme:dark){.wrap{background:#111 !important}.notice{color:#eee !important}}"
    ),
    "two dark rules in two queries": styled(
        "@media screen and (prefers-color-scheme: dark){.wrap{background:#111}}"
        "@media (prefers-color-scheme:dark){.notice{color:#eee}}"
    ),
    "document supports dark and sets nothing": mail(
        "<p>[GEN]</p>", head='<meta name="color-scheme" content="light dark">'
    ),
    "print-only query": styled("@media print{.notice{display:none}}"),
    "print media attribute": mail(
        "<p class=n>[GEN]</p>", head='<style media="print">.n{display:none}</style>'
    ),
    "query that changes padding": styled("@media (max-width:600px){.notice{padding:8px !important}}"),
    "query that hides something else": styled(
        "@media (max-width:600px){.desk{display:none}}", "<p class=desk>x</p><p class=notice>[GEN]</p>"
    ),
    "width on tables": mail(
        '<table width="600" style="width:100%;max-width:600px"><tr><td width="20"></td>'
        '<td width="560">[GEN]</td></tr></table>'
    ),
    "small width attribute on its cell": mail("<table><tr><td width=40>[GEN]</td></tr></table>"),
    "overflow hidden for round corners": wrapped("overflow:hidden;border-radius:8px"),
    "height of a cell": mail('<table><tr><td height="40" style="height:40px">[GEN]</td></tr></table>'),
    "whole-page height": mail("<p>[GEN]</p>", head="<style>html,body{height:100%;margin:0}</style>"),
    "variable for a font": styled("html{--f:Georgia}.wrap{font-family:var(--f)}"),
    "computed width without clipping": wrapped("width:calc(100% - 20px)"),
    "dark scheme, ground and text both by variables of a sheet for others": styled(".x{color:var(--c)}"),
    "opacity one": block("opacity:1"),
    "nine and a half points": block("font-size:9.5pt"),
    "zero font outside, sixteen inside": mail(
        '<div style="font-size:0"><p style="font-size:16px">[GEN]</p></div>'
    ),
    "small element in large text": mail('<div style="font-size:18px"><small>[GEN]</small></div>'),
    "sheet beaten by inline": styled("p{display:none}", '<p style="display:block">[GEN]</p>'),
    "hide rule for a sibling": styled(".notice + p{display:none}", "<p class=notice>[GEN]</p><p>x</p>"),
    "hide rule with :not": styled("p:not(.notice){font-size:1px}"),
    "hover colour of a link": styled(
        "a:hover{color:#999}", f"<p>{TEXT.replace('911', '<a href=tel:911>911</a>')}</p>"
    ),
    "pseudo-element rule": styled(".notice::before{content:'';display:none}"),
    "vendor pseudo rule": styled("_:-webkit-full-screen, .other{display:none}"),
    "broken sheet": styled(".x{color:red;;}} @media{ .y{display:none"),
    "invalid declaration": block("display:nonee"),
    "indent of a first line": block("text-indent:1em"),
    "negative margin of one pixel": wrapped("margin:0 -1px"),
    "relative position": wrapped("position:relative"),
    "right to left page, own direction": mail('<p dir="ltr" lang="en">[GEN]</p>', root='lang="ar" dir="rtl"'),
    "language of a region": mail("<p>[GEN]</p>", root='lang="en-US"'),
    "no language anywhere": mail("<p>[GEN]</p>", root=""),
    "template beside it": mail("<template><p>x</p></template><p>[GEN]</p>"),
    "unclosed elements": mail("<div><table><tr><td><p>[GEN]"),
    "html in capitals": mail("<P STYLE='COLOR:#222222'>[GEN]</P>"),
    "mso-hide on something else": mail('<div style="mso-hide:all">x</div><p>[GEN]</p>'),
    "aria-hidden on an icon": mail('<p><span aria-hidden="true">!</span></p><p>[GEN]</p>'),
    "role on the layout table": mail('<table role="presentation"><tr><td>[GEN]</td></tr></table>'),
}

# name -> (mail, rules): somebody does not see the wording as it was approved
FAILS = {
    "not there": (mail("<h2>Disclaimer</h2>"), "DISC001"),
    "empty document": ("", "DISC001"),
    "link instead of the words": (mail('<a href="https://x.example/d">Medical disclaimer</a>'), "DISC011"),
    "only as alt text": (mail(f'<img alt="{TEXT}" src="x.png">'), "DISC012"),
    "only as a title": (mail(f'<p title="{TEXT}">Notice</p>'), "DISC011"),
    "one word changed": (mail(f"<p>{TEXT.replace('is not medical', 'may not medical')}</p>"), "DISC003"),
    "not dropped": (mail(f"<p>{TEXT.replace('is not medical', 'is medical')}</p>"), "DISC003"),
    "word added": (mail(f"<p>{TEXT.replace('is not', 'is usually not')}</p>"), "DISC003"),
    "two words swapped": (mail(f"<p>{TEXT.replace('ignore or delay', 'delay or ignore')}</p>"), "DISC003"),
    "sentences in another order": (mail(f"<p>{TEXT[HALF:]} {TEXT[:HALF]}</p>"), "DISC003 DISC001"),
    "number changed": (mail(f"<p>{TEXT.replace('911', '912')}</p>"), "DISC003"),
    "last sentence cut off": (mail(f"<p>{TEXT[: TEXT.rindex('In an')]}</p>"), "DISC003"),
    "half of it": (mail(f"<p>{TEXT[:HALF]}</p>"), "DISC001 DISC003"),
    "spaces taken out": (mail(f"<p>{TEXT.replace('is not', 'isnot')}</p>"), "DISC003"),
    "older version": (mail(f"<p>{OLDER.text}</p>"), "DISC004"),
    "older version beside it": (mail(f"<p>[GEN]</p><p>{OLDER.text}</p>"), "DISC004"),
    "German page": (mail("<p>[GEN]</p>", root='lang="de"'), "DISC005"),
    "French block": (mail('<div lang="fr"><p>[GEN]</p></div>'), "DISC005"),
    "Cyrillic letter": (mail(f"<p>{TEXT.replace('advice,', 'аdvice,')}</p>"), "DISC006"),
    "Greek letter": (mail(f"<p>{TEXT.replace('not', 'nοt', 1)}</p>"), "DISC006"),
    "zero-width inside most words": (mail(f"<p>{' '.join('&#8203;'.join(w) for w in WORDS)}</p>"), "DISC006"),
    "bidi override": (mail("<p>&#x202e;[GEN]</p>"), "DISC006"),
    "private-use letter": (mail(f"<p>{TEXT.replace('not', 'n&#xe000;t', 1)}</p>"), "DISC006"),
    "display none": (block(HIDE), "VIS001"),
    "display none and an invalid value": (block("display:none;display:bogus"), "VIS001"),
    "display none on an ancestor": (wrapped(HIDE), "VIS001"),
    "display none by a sheet": (styled(".wrap{display:none}"), "VIS001"),
    "important sheet over inline": (
        styled("p{display:none !important}", '<p style="display:block">[GEN]</p>'),
        "VIS001",
    ),
    "attribute selector": (styled("[class^=not]{display:none}"), "VIS001"),
    "child of the last element": (styled("div > p:last-child{display:none}"), "VIS001"),
    "mso-hide": (wrapped("mso-hide:all"), "VIS001"),
    "hidden words inside": (
        mail(f"<p>{TEXT.replace('not', '<span style=display:none>not</span>', 1)}</p>"),
        "VIS001",
    ),
    "hidden junk inside": (mail(f"<p>{TEXT.replace('not', '<i hidden>x</i> not', 1)}</p>"), "DISC003"),
    "visibility": (wrapped("visibility:hidden"), "VIS002"),
    "visibility of a row": (
        mail('<table><tr style="visibility:collapse"><td>[GEN]</td></tr></table>'),
        "VIS002",
    ),
    "opacity": (block("opacity:0"), "VIS003"),
    "opacities that multiply": (
        mail('<div style="opacity:.9"><p style="opacity:90%">[GEN]</p></div>'),
        "VIS003",
    ),
    "filter": (block("filter:opacity(0)"), "VIS003"),
    "tiny type": (block("font-size:8px"), "VIS004"),
    "tiny type by shorthand": (block("font:1px/1 Arial"), "VIS004"),
    "zero outside, one em inside": (
        mail('<div style="font-size:0"><p style="font-size:1em">[GEN]</p></div>'),
        "VIS004",
    ),
    "chain of em": (
        mail('<div style="font-size:.8em"><div style="font-size:.8em"><p>[GEN]</p></div></div>'),
        "VIS004",
    ),
    "percent": (wrapped("font-size:50%"), "VIS004"),
    "font element": (mail("<font size=1>[GEN]</font>"), "VIS004"),
    "small in small": (mail("<small><small>[GEN]</small></small>"), "VIS004"),
    "zoom": (wrapped("zoom:.5"), "VIS004"),
    "type that cannot be known": (block("font-size:calc(1px + .1vw)"), "VIS022"),
    "white on white": (block("color:#fff"), "VIS005"),
    "nearly white on bgcolor": (
        mail('<table><tr><td bgcolor="#f4f4f4"><p style="color:#f3f3f3">[GEN]</p></td></tr></table>'),
        "VIS005",
    ),
    "faint grey": (block("color:#aaa"), "VIS005"),
    "transparent": (block("color:transparent"), "VIS005"),
    "transparent fill": (block("-webkit-text-fill-color:transparent"), "VIS005"),
    "black on a black ancestor": (wrapped("background:#000"), "VIS005"),
    "font colour attribute": (mail("<font color=white>[GEN]</font>"), "VIS005"),
    "background image": (wrapped("background:url(x.png)"), "VIS022"),
    "dark rule sets the ground only": (
        styled("@media (prefers-color-scheme:dark){.wrap{background:#111}}"),
        "VIS006",
    ),
    "dark rule pales the text": (
        styled("@media (prefers-color-scheme:dark){.notice{color:#eee !important}}"),
        "VIS006",
    ),
    "no height": (wrapped("max-height:0;overflow:hidden"), "VIS007"),
    "height of a line": (wrapped("height:20px;overflow:hidden"), "VIS007"),
    "no width": (wrapped("width:1px;overflow:hidden"), "VIS007"),
    "clip": (block("clip:rect(0 0 0 0)"), "VIS007"),
    "clip-path": (block("clip-path:inset(100%)"), "VIS007"),
    "no line height": (block("line-height:0"), "VIS007"),
    "one line cut off": (block("white-space:nowrap;overflow:hidden;text-overflow:ellipsis"), "VIS007"),
    "indent off the page": (block("text-indent:-9999px"), "VIS008"),
    "positioned off the page": (wrapped("position:absolute;left:-9999px"), "VIS008"),
    "relative far away": (wrapped("position:relative;left:-5000px"), "VIS008"),
    "margin off the page": (wrapped("margin-left:-9999px"), "VIS008"),
    "scaled to nothing": (block("transform:scale(0)"), "VIS008"),
    "in a comment": (mail("<!-- <p>[GEN]</p> -->"), "VIS010"),
    "for Outlook only": (mail("<!--[if mso]><p>[GEN]</p><![endif]-->"), "VIS010"),
    "for all but Outlook": (mail("<!--[if !mso]><!--><p>[GEN]</p><!--<![endif]-->"), "VIS010"),
    "revealed for old Outlook": (mail("<![if !mso]><p>[GEN]</p><![endif]>"), "VIS010"),
    "hidden by an Outlook sheet": (
        mail("<p class=n>[GEN]</p>", head="<!--[if mso]><style>.n{display:none}</style><![endif]-->"),
        "VIS001",
    ),
    "hidden on phones": (styled("@media (max-width:600px){.wrap{display:none !important}}"), "VIS011"),
    "hidden between two widths": (
        styled("@media (min-width:641px) and (max-width:655px){.notice{display:none}}"),
        "VIS011",
    ),
    "hidden by a range": (styled("@media (width < 400px){.notice{display:none}}"), "VIS011"),
    "hidden in the dark": (
        styled("@media (prefers-color-scheme:dark){.notice{visibility:hidden}}"),
        "VIS011",
    ),
    "hidden upright": (styled("@media (orientation:portrait){.notice{display:none}}"), "VIS022 VIS011"),
    "shown on phones only": (
        styled(".notice{display:none}@media (max-width:600px){.notice{display:block !important}}"),
        "VIS001",
    ),
    "tiny on phones": (styled("@media (max-width:480px){.notice{font-size:6px !important}}"), "VIS004"),
    "in a template": (mail("<template><p>[GEN]</p></template>"), "VIS012"),
    "in a textarea": (mail("<textarea>[GEN]</textarea>"), "VIS012"),
    "in noscript": (mail("<noscript><p>[GEN]</p></noscript>"), "VIS012"),
    "in a style element": (mail("<style>/* [GEN] */</style>"), "VIS012"),
    "as an svg text": (mail("<svg><text>[GEN]</text></svg>"), "VIS012"),
    "as the page title": (mail("x").replace("Letter", TEXT), "VIS012"),
    "in closed details": (mail("<details><summary>Notice</summary><p>[GEN]</p></details>"), "VIS013"),
    "on hover only": (styled(".notice{display:none}.wrap:hover .notice{display:block}"), "VIS001"),
    "until hovered": (styled(".wrap:hover{display:none}"), "VIS013"),
    "unless hovered": (styled(".wrap:not(:hover){visibility:hidden}"), "VIS002"),
    "hidden attribute": (mail("<div hidden><p>[GEN]</p></div>"), "VIS014"),
    "aria-hidden": (mail('<div aria-hidden="true"><p>[GEN]</p></div>'), "VIS014"),
    "role none on the words": (mail('<p role="none">[GEN]</p>'), "VIS014"),
    "preheader only": (
        mail('<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">[GEN]</div>'),
        "VIS001",
    ),
    "rescued by a sheet": (
        styled("p{display:block !important}", '<p style="display:none">[GEN]</p>'),
        "VIS020",
    ),
    "hidden where nesting is known": (styled(".wrap{color:#111; .notice{display:none}}"), "VIS001"),
    "hidden by a selector nobody reads": (styled("p:not(.a, .b){display:none}"), "VIS022"),
    "hidden if supported": (styled("@supports (display:grid){.notice{display:none}}"), "VIS022"),
    "a value that hangs on a variable": (styled("html{--d:none}.wrap{display:var(--d)}"), "VIS022"),
    "a margin that is computed": (wrapped("margin-left:calc(-9999px)"), "VIS022"),
    "a clipping width that is computed": (wrapped("width:calc(1px);overflow:hidden"), "VIS022"),
    "a ground that browsers ignore": (
        mail('<div bgcolor="#000000"><p style="color:#fff">[GEN]</p></div>'),
        "VIS005",
    ),
    "a colour nobody can read": (mail('<font color="chucknorris">[GEN]</font>'), "VIS022"),
    "the smallest heading": (mail("<h6>[GEN]</h6>"), "VIS004"),
    "in a progress bar": (mail("<progress>[GEN]</progress>"), "VIS012"),
    "a popover": (mail("<div popover><p>[GEN]</p></div>"), "VIS014"),
    "until ticked": (
        styled(".t:checked ~ div{display:none}", '<input class="t" type="checkbox"><div><p>[GEN]</p></div>'),
        "VIS013",
    ),
    "escaped letters in the style": (block("d\\69splay:n\\6fne"), "VIS001"),
    "important inside one attribute": (block("display:none !important;display:block"), "VIS001"),
    "animated": (block("animation:fade 1s forwards"), "VIS022"),
}
