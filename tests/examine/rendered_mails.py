"""
More small mails, for the browser: tricks that only pixels show, and markup that must raise no alarm.

As in `mails`, `[GEN]` stands for the wording.
"""

from mails import TEXT, block, mail, styled, wording, wrapped

JAPANESE = wording(
    "この手紙は教育のためのものであり、医師の診断や治療に代わるものではありません。緊急のときは119番に電話してください。",
    ident="ja",
    locale="ja",
)
ARABIC = wording(
    "هذه الرسالة للتثقيف فقط وليست نصيحة طبية أو تشخيصا أو علاجا. في حالة الطوارئ اتصل بالرقم 911 فورا.",
    ident="ar",
    locale="ar",
)
SYLLABLES = (
    TEXT.replace("education", "ed&shy;u&shy;ca&shy;tion")
    .replace("diagnosis", "di&shy;ag&shy;no&shy;sis")
    .replace("treatment", "treat&shy;ment")
    .replace("something", "some&shy;thing")
    .replace("emergency", "e&shy;mer&shy;gen&shy;cy")
)
PIXEL = "data:image/gif;base64,R0lGODdhAQABAIAAAP///////ywAAAAAAQABAAACAkQBADs="
AWAY = "https://steady.example/white.png"
COVER = "position:absolute;top:0;left:0;right:0;height:300px;background:#fff"


def over(style: str, element: str = "div") -> str:
    """Make a mail in which an element of *style* comes after the words, in a positioned box with them."""
    return mail(f'<div style="position:relative"><p>[GEN]</p><{element} style="{style}"></{element}></div>')


def one_word(tag: str) -> str:
    """Make a mail in which *tag* stands around the one word "not"."""
    return mail(f"<p>{TEXT.replace('not', f'<{tag}>not</span>', 1)}</p>")


SHOWN = {
    "the faintest grey that is allowed, small": block("color:#767676;font:12px serif"),
    "light grey on dark, small": wrapped("background:#222;color:#ccc;font:12px sans-serif"),
    "white on a colour": wrapped("background:#8a1c3b;color:#fff;font-weight:bold"),
    "italic": block("font:italic 12px/16px Georgia,serif;color:#666"),
    "capitals by style": block("text-transform:uppercase;font-size:12px"),
    "small capitals": block("font-variant:small-caps;font-size:16px"),
    "spaced letters, lines as high as letters": block("letter-spacing:.5px;line-height:1.0"),
    "soft hyphens at the ends of lines": mail(
        f'<p style="width:150px;font:14px/21px Arial,sans-serif">{SYLLABLES}</p>'
    ),
    "justified and hyphenated": block("text-align:justify;hyphens:auto;width:200px"),
    "large": block("font-size:30px"),
    "drop cap": styled(
        ".notice::first-letter{font-size:300%;color:#b00000 !important;float:left}"
        ".notice::first-line{font-weight:bold}"
    ),
    "mild shadow": block("text-shadow:0 1px 0 #fff"),
    "light gradient": wrapped("background:linear-gradient(#fff,#dde6f0);padding:20px;overflow:hidden"),
    "dark gradient": wrapped("background:linear-gradient(#123,#345);color:#fff;padding:20px"),
    "picture of its own behind": wrapped(f"background:#fff url({PIXEL})"),
    "important styles inline": mail(
        '<div style="background:#1b2a41 !important;color:#fff !important">'
        '<p style="color:#fff !important">[GEN]</p></div>'
    ),
    "important styles in a sheet": styled(
        ":root .wrap{background:#111 !important}.notice{color:#fff !important}"
    ),
    "table of fixed width": mail(
        '<table width=600 align=center><tr><td style="padding:0 30px;font:14px/21px Arial;color:#555">'
        "[GEN]</td></tr></table>"
    ),
    "between pictures from elsewhere": mail(
        f'<p><img src="{AWAY}" width=600 height=200 alt=x></p><p>[GEN]</p><img src=b.png>'
    ),
    "after an icon": mail(f'<p><img src="{AWAY}" width=16 height=16 alt=""> [GEN]</p>'),
    "beside a button that moves": styled(
        "@keyframes p{50%{transform:scale(1.05)}}.b{animation:p 1s infinite}",
        "<p class=notice>[GEN]</p><p><a class=b href=x>Buy</a></p>",
    ),
    "far down a long mail": mail("<p>More.</p>" * 400 + "<p>[GEN]</p>"),
    "under a sticky head": mail(
        '<div style="position:sticky;top:0;background:#fff">Steady</div>'
        + "<p>More.</p>" * 60
        + "<p>[GEN]</p>"
        + "<p>More.</p>" * 60
    ),
    "in two columns": block("columns:2"),
    "in a floating column": mail(
        '<div style="float:left;width:50%">x</div><div style="float:right;width:50%"><p>[GEN]</p></div>'
    ),
    "a shown copy after one in white": mail('<p style="color:#fff">[GEN]</p><p>[GEN]</p>'),
    "form fields with the names of properties": mail(
        "<form><input name=parentElement><input name=style><p>[GEN]</p></form><img name=getAnimations>"
    ),
    "layer without effect": wrapped("transform:translateZ(0);opacity:.99"),
}

UNSEEN = {  # name -> (mail, rules)
    "white box over it": (over(COVER), "VIS009"),
    "white box that lets clicks through": (over(f"{COVER};pointer-events:none"), "VIS009"),
    "box pulled up": (
        mail(
            '<p>[GEN]</p><div style="margin-top:-60px;height:80px;background:#fff;position:relative">x</div>'
        ),
        "VIS009",
    ),
    "generated box": (
        styled(".wrap{position:relative}.wrap::after{content:'';position:absolute;inset:0;background:#fff}"),
        "VIS009",
    ),
    "veil": (over("position:absolute;inset:0;background:rgba(255,255,255,.8);pointer-events:none"), "VIS005"),
    "behind its own page": (
        mail(
            '<div style="position:relative"><p style="position:relative;z-index:-1">[GEN]</p></div>'
            f'<div style="{COVER}"></div>'
        ),
        "VIS009",
    ),
    "box over the whole window": (
        mail('<p>[GEN]</p><div style="position:fixed;inset:0;background:#fff"></div>'),
        "VIS009",
    ),
    "frame over it": (over("position:absolute;top:0;left:0", "iframe"), "VIS009 VIS022"),
    "one word covered": (
        one_word('span style="position:relative"><i style="position:absolute;inset:0;background:#fff"></i'),
        "VIS009",
    ),
    "one word white": (one_word('span style="color:#fff"'), "VIS005"),
    "grey that is too faint, small": (block("color:#999;font:12px sans-serif"), "VIS005"),
    "blend mode": (
        mail('<div style="background:#fff"><p style="mix-blend-mode:screen">[GEN]</p></div>'),
        "VIS003",
    ),
    "gradient of its own colour": (wrapped("background:linear-gradient(#000,#111)"), "VIS005"),
    "gradient that swallows one half": (
        wrapped("background:linear-gradient(90deg,#fff,#fff 50%,#000 50%)"),
        "VIS005",
    ),
    "ground cut to the letters": (
        block("background:linear-gradient(#fff,#fefefe);background-clip:text;color:transparent"),
        "VIS005",
    ),
    "huge shadow": (
        block("text-shadow:0 0 2px #000,0 0 4px #000,0 0 6px #000,0 0 6px #000"),
        "VIS005 VIS009",
    ),
    "white with a pale shadow": (block("color:#fff;text-shadow:0 0 3px #bbb"), "VIS005"),
    "transparent fill": (block("-webkit-text-fill-color:transparent"), "VIS005"),
    "stroke over the letters": (block("-webkit-text-stroke:20px #fff"), "VIS009"),
    "tiny scale": (wrapped("transform:scale(.1)"), "VIS004"),
    "scale of its own": (wrapped("scale:.5"), "VIS004"),
    "size adjusted": (block("font-size-adjust:.01"), "VIS001 VIS004"),
    "mirrored": (wrapped("transform:scaleX(-1)"), "VIS018"),
    "upside down": (wrapped("rotate:180deg"), "VIS018"),
    "upright lines": (block("writing-mode:vertical-rl"), "VIS018"),
    "lines over one another": (block("line-height:.3"), "VIS018"),
    "letters over one another": (block("letter-spacing:-.3em"), "VIS018"),
    "letters turned round": (mail("<bdo dir=rtl>[GEN]</bdo>"), "VIS018"),
    "columns without number": (block("columns:1px 400"), "VIS008 VIS018"),
    "sentences turned over": (
        mail(
            '<div style="display:flex;flex-direction:column-reverse">'
            f"<div>{TEXT[: TEXT.index('In an')]}</div><div>{TEXT[TEXT.index('In an') :]}</div></div>"
        ),
        "VIS018",
    ),
    "dots for letters": (block("-webkit-text-security:disc"), "VIS018"),
    "round window": (wrapped("width:160px;overflow:hidden;border-radius:50%"), "VIS009 VIS022"),
    "clipping path": (wrapped("clip-path:polygon(0 0,10px 0,10px 10px)"), "VIS007"),
    "mask": (wrapped("mask:linear-gradient(transparent,transparent)"), "VIS007"),
    "contained": (wrapped("contain:strict;height:1px"), "VIS007"),
    "box to scroll in": (
        mail('<div style="height:100px;overflow:auto"><p style="height:300px">x</p><p>[GEN]</p></div>'),
        "VIS007",
    ),
    "clamped": (
        block(
            "display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:1;overflow:hidden;width:300px"
        ),
        "VIS007",
    ),
    "page cut off": (
        mail("<p>[GEN]</p>", head="<style>html,body{height:20px;overflow:hidden}</style>"),
        "VIS007",
    ),
    "far to the right": (wrapped("position:relative;left:3000px"), "VIS008"),
    "blurred": (block("filter:blur(4px)"), "VIS003"),
    "without contrast": (wrapped("background:#fff;filter:contrast(0)"), "VIS003"),
    "lit from behind": (over("position:absolute;inset:0;backdrop-filter:brightness(100)"), "VIS009"),
    "inert": (mail("<div inert><p>[GEN]</p></div>"), "VIS014"),
    "fades away": (styled("@keyframes h{to{opacity:0}}.notice{animation:h 1s 30s forwards}"), "VIS022"),
    "covered in the end": (
        styled(
            "@keyframes h{to{margin-top:-200px}}"
            ".o{animation:h 1s 30s forwards;position:relative;background:#fff;height:300px}",
            "<p class=notice>[GEN]</p><div class=o>x</div>",
        ),
        "VIS009",
    ),
    "covered now and then": (
        styled(
            "@keyframes h{50%{margin-top:-200px}}.o{animation:h 9s infinite;background:#fff;height:300px}",
            "<p class=notice>[GEN]</p><div class=o>x</div>",
        ),
        "VIS022",
    ),
    "picture from elsewhere over it": (
        mail(
            '<div style="position:relative"><p>[GEN]</p>'
            f'<img src="{AWAY}" style="position:absolute;top:0;left:0"></div>'
        ),
        "VIS009 VIS022",
    ),
    "attached picture over it": (
        mail(
            '<div style="position:relative"><p>[GEN]</p>'
            '<img src="cid:white" style="position:absolute;top:0;left:0"></div>'
        ),
        "VIS009 VIS022",
    ),
    "pushed out by a picture": (
        mail(f'<div style="height:150px;overflow:hidden"><img src="{AWAY}"><p>[GEN]</p></div>'),
        "VIS007",
    ),
    "on a picture from elsewhere": (wrapped(f"background:url({AWAY})"), "VIS022"),
    "on a picture by attribute": (
        mail(f'<table background="{AWAY}"><tr><td>[GEN]</td></tr></table>'),
        "VIS022",
    ),
    "before a sibling's picture": (
        over(f"position:absolute;inset:0;background:url({AWAY});z-index:-1"),
        "VIS022",
    ),
    "on a generated picture": (
        styled(
            ".wrap{position:relative}"
            f".wrap::after{{content:'';position:absolute;inset:0;background:url({AWAY})}}"
        ),
        "VIS022",
    ),
    "dark page, dark words": (styled("@media (prefers-color-scheme:dark){body{background:#000}}"), "VIS006"),
    "dark canvas, dark words": (
        mail('<p style="color:#222">[GEN]</p>', head='<meta name="color-scheme" content="light dark">'),
        "VIS006",
    ),
    "sheet that outranks ours": (
        styled("@layer a{*{color:transparent !important;-webkit-text-fill-color:transparent !important}}"),
        "VIS005",
    ),
    "fields that stand before properties": (
        mail(
            "<form><input name=parentElement><input name=getBoundingClientRect>"
            '<p style="opacity:0">[GEN]</p></form><img name=querySelectorAll><img name=documentElement>'
        ),
        "VIS003",
    ),
    "shown by a script": (
        mail(
            '<p id=a style="display:none">[GEN]</p><script>a.style.display="block"</script>'
            "<img src=x onerror=\"a.style.display='block'\">"
        ),
        "VIS001",
    ),
}
