"""The corpus of small mails, third part: some readers see the wording and others do not (VIS)."""

from mails import SHOWN, TEXT, Case, block, mail, message, rule, styled, wrapped

PREHEADER = (
    '<div style="display:none;max-height:0;overflow:hidden;font-size:1px;opacity:0;color:#fff">{}</div>'
)
OTHER = mail("<p>Nothing to read.</p>")
DARK = "@media (prefers-color-scheme:dark)"
WEEKS = "<p>" + "Sleep well. " * 8_000 + "</p>"  # 96 kB


def attached(content: str, subtype: str) -> bytes:
    """Return a mail that has the wording in an attachment alone."""
    whole = message(text="Hello", html=OTHER)
    whole.add_attachment(content, subtype=subtype, filename="notice")
    return whole.as_bytes()


def reordered() -> bytes:
    """Return a mail whose HTML stands before its text, so that clients show the text."""
    whole = message()
    whole.get_payload().reverse()
    return whole.as_bytes()


def accelerated(amp: str) -> bytes:
    """Return a mail with an AMP part."""
    whole = message()
    whole.add_alternative(amp, subtype="x-amp-html")
    whole.get_payload().insert(1, whole.get_payload().pop())
    return whole.as_bytes()


def illustrated() -> bytes:
    """Return a mail with a picture in the HTML and a file."""
    whole = message()
    whole.get_payload()[1].add_related(b"GIF89a", "image", "gif", cid="<hero>")
    whole.add_attachment(b"%PDF-", "application", "pdf", filename="plan.pdf")
    return whole.as_bytes()


MISSED = {
    "VIS006": rule(
        passes={
            "dark rule sets both colours": styled(
                f"{DARK}{{.wrap{{background:#111 !important}}.notice{{color:#eee !important}}}}"
            ),
            "two dark rules in two queries": styled(
                "@media screen and (prefers-color-scheme: dark){.wrap{background:#111}}"
                "@media (prefers-color-scheme:dark){.notice{color:#eee}}"
            ),
            "document supports dark and sets nothing": mail(
                "<p>[GEN]</p>", head='<meta name="color-scheme" content="light dark">'
            ),
        },
        fails={
            "dark rule sets the ground only": styled(f"{DARK}{{.wrap{{background:#111}}}}"),
            "dark rule pales the text": styled(f"{DARK}{{.notice{{color:#eee !important}}}}"),
            "document supports dark and sets the text": mail(
                '<p style="color:#222">[GEN]</p>', head='<meta name="color-scheme" content="light dark">'
            ),
        },
    ),
    "VIS010": rule(
        passes={
            "ghost table around it": mail(
                "<!--[if mso]><table role=presentation><tr><td width=600><![endif]--><div><p>[GEN]</p></div>"
                "<!--[if mso]></td></tr></table><![endif]-->"
            ),
            "ghost columns beside it": mail(
                "<!--[if (gte mso 9)|(IE)]><table><tr><td><![endif]--><p>[GEN]</p>"
                "<!--[if (gte mso 9)|(IE)]></td><td><![endif]--><p>More</p>"
                "<!--[if (gte mso 9)|(IE)]></td></tr></table><![endif]-->"
            ),
            "another text for Outlook only": mail(
                "<!--[if mso]><p>Hello Outlook</p><![endif]--><p>[GEN]</p>"
            ),
            "another text not for Outlook": mail(
                "<!--[if !mso]><!--><p>Hello</p><!--<![endif]--><p>[GEN]</p>"
            ),
            "both branches say it": mail(
                "<!--[if mso]><p>[GEN]</p><![endif]--><!--[if !mso]><!--><p>[GEN]</p><!--<![endif]-->"
            ),
        },
        fails={
            "in a comment": mail("<!-- <p>[GEN]</p> -->"),
            "for Outlook only": mail("<!--[if mso]><p>[GEN]</p><![endif]-->"),
            "for all but Outlook": mail("<!--[if !mso]><!--><p>[GEN]</p><!--<![endif]-->"),
            "revealed for old Outlook": mail("<![if !mso]><p>[GEN]</p><![endif]>"),
        },
    ),
    "VIS011": rule(
        passes={
            "print-only query": styled("@media print{.notice{display:none}}"),
            "print media attribute": mail(
                "<p class=n>[GEN]</p>", head='<style media="print">.n{display:none}</style>'
            ),
            "query that changes padding": styled("@media (max-width:600px){.notice{padding:8px !important}}"),
            "query that hides something else": styled(
                "@media (max-width:600px){.desk{display:none}}",
                "<p class=desk>x</p><p class=notice>[GEN]</p>",
            ),
            "rules for single clients that hide nothing": styled(
                "[data-ogsc] .notice{padding:4px}.ExternalClass{width:100%}"
            ),
        },
        fails={
            "on phones": styled("@media (max-width:600px){.wrap{display:none !important}}"),
            "between two widths": styled(
                "@media (min-width:641px) and (max-width:655px){.notice{display:none}}"
            ),
            "in a range": styled("@media (width < 400px){.notice{display:none}}"),
            "in the dark": styled(f"{DARK}{{.notice{{visibility:hidden}}}}"),
            "upright": styled("@media (orientation:portrait){.notice{display:none}}"),
            "in Outlook's dark mode": styled("[data-ogsb] .notice{display:none}"),
            "in Gmail": styled("u + .wrap .notice{display:none}"),
            "in Outlook.com": styled(".ExternalClass .notice{display:none}"),
            "under Outlook.com's name": styled('[class~="x_notice"]{display:none}'),
            "on Android": styled("#MessageViewBody .notice{display:none}"),
        },
    ),
    "VIS012": rule(
        passes={
            "template beside it": mail("<template><p>x</p></template><p>[GEN]</p>"),
            "bullet before it": mail('<ul style="list-style:square inside"><li>[GEN]</ul>'),
            "arrow after something else": styled(".other::after{content:'→'}"),
            "empty box before it": styled(".notice::before{content:'';display:none}"),
        },
        fails={
            "in a template": mail("<template><p>[GEN]</p></template>"),
            "in a textarea": mail("<textarea>[GEN]</textarea>"),
            "in noscript": mail("<noscript><p>[GEN]</p></noscript>"),
            "in a style element": mail("<style>/* [GEN] */</style>"),
            "as an svg text": mail("<svg><text>[GEN]</text></svg>"),
            "as the page title": mail("x").replace("Letter", TEXT),
            "in a progress bar": mail("<progress>[GEN]</progress>"),
            "words for a bullet": mail("<ul style=\"list-style-type:'Not true: '\"><li>[GEN]</ul>"),
            "in a host without a slot": mail(
                '<div><template shadowrootmode="open"></template><p>[GEN]</p></div>'
            ),
            "words added after it": styled(".notice::after{content:' (Ignore the above.)'}"),
            "words added before it": styled(".wrap:before{content:'It is NOT true that '}"),
        },
    ),
    "VIS013": rule(
        passes={
            "colour of a link pointed at": styled(
                "a:hover{color:#999}", '<p>[GEN]</p><p><a href="https://x.example">More</a></p>'
            ),
            "details beside it": mail("<details><summary>More</summary><p>x</p></details><p>[GEN]</p>"),
            "padding when pointed at": styled(".notice:hover{padding:8px}"),
        },
        fails={
            "in closed details": mail("<details><summary>Notice</summary><p>[GEN]</p></details>"),
            "in a marquee": mail("<marquee>[GEN]</marquee>"),
            "until pointed at": styled(".wrap:hover{display:none}"),
            "until ticked": styled(
                ".t:checked ~ div{display:none}", '<input class="t" type="checkbox"><div><p>[GEN]</p></div>'
            ),
        },
    ),
    "VIS014": rule(
        passes={
            "aria-hidden on an icon": mail('<p><span aria-hidden="true">!</span></p><p>[GEN]</p>'),
            "role on the layout table": mail('<table role="presentation"><tr><td>[GEN]</td></tr></table>'),
            "hidden on something else": mail("<p hidden>x</p><p>[GEN]</p>"),
        },
        fails={
            "hidden": mail("<div hidden><p>[GEN]</p></div>"),
            "aria-hidden": mail('<div aria-hidden="true"><p>[GEN]</p></div>'),
            "role none on the words": mail('<p role="none">[GEN]</p>'),
            "a popover": mail("<div popover><p>[GEN]</p></div>"),
            "as an image": mail('<div role="img"><p>[GEN]</p></div>'),
        },
    ),
    "VIS015": rule(
        passes={
            "preheader about something else": mail(PREHEADER.format("Soon") + "<p>[GEN]</p>"),
            "preheader and block": mail(PREHEADER.format(TEXT) + "<p>[GEN]</p>"),
        },
        fails={
            "preheader only": mail("").replace("<body>", f"<body>{PREHEADER.format(TEXT)}"),
            "preheader of another make": mail("").replace(
                "<body>", f'<body><span style="display:none;mso-hide:all">{TEXT}&#847;&zwnj;&nbsp;</span>'
            ),
        },
    ),
    "VIS016": rule(
        passes={
            "far below the cut": mail(f"<p>{'Sleep well. ' * 5_000}</p><p>[GEN]</p>"),
            "at the top of a long letter": mail(f"<p>[GEN]</p>{WEEKS}{WEEKS}"),
        },
        fails={
            "after too many words": mail(f"{WEEKS}<p>Good night.</p>{WEEKS}<p>[GEN]</p>"),
            "after too long a comment": mail(f"<!-- {'x' * 110_000} --><p>[GEN]</p>"),
            "after too many links": mail('<a href="https://x.example/a">sleep</a> ' * 500 + "<p>[GEN]</p>"),
        },
    ),
    "VIS020": rule(
        passes={
            "sheet that only moves": styled(".notice{padding:8px;text-align:left}"),
            "sheet that hides, inline that shows": styled(
                ".notice{display:none}", '<p class="notice" style="display:block">[GEN]</p>'
            ),
        },
        fails={
            "hidden inline, shown by a sheet": styled(
                "p{display:block !important}", '<p style="display:none">[GEN]</p>'
            ),
            "white inline, on a ground that a sheet darkens": styled(
                ".wrap{background:#222}", '<div class="wrap"><p style="color:#fff">[GEN]</p></div>'
            ),
        },
    ),
    "VIS021": rule(
        passes={
            "text, AMP and HTML": Case(raw=accelerated(SHOWN)),
            "a picture and a file beside it": Case(raw=illustrated()),
        },
        fails={
            "HTML attached": Case(raw=attached(SHOWN, "html")),
            "text attached": Case(raw=attached(TEXT, "plain")),
            "HTML before the text": Case(raw=reordered()),
            "AMP without it": Case(raw=accelerated(OTHER)),
        },
    ),
    "VIS022": rule(
        passes={
            "variable for a font": styled("html{--f:Georgia}.wrap{font-family:var(--f)}"),
            "variable for others": styled(".x{color:var(--c)}"),
            "vendor's selector": styled("_:-webkit-full-screen, .other{display:none}"),
            "font for the heading": styled("@font-face{font-family:Fancy;src:url(x)}h1{font-family:Fancy}"),
        },
        fails={
            "type that cannot be known": block("font-size:calc(1px + .1vw)"),
            "background image": wrapped("background:url(x.png)"),
            "a picture in the border that fills it": block("border:1px solid;border-image:url(x.png) 1 fill"),
            "a selector nobody reads": styled("p:not(.a, .b){display:none}"),
            "hidden if supported": styled("@supports (display:grid){.notice{display:none}}"),
            "a value that hangs on a variable": styled("html{--d:none}.wrap{display:var(--d)}"),
            "a margin that is computed": wrapped("margin-left:calc(-9999px)"),
            "a clipping width that is computed": wrapped("width:calc(1px);overflow:hidden"),
            "a colour nobody can read": mail('<font color="chucknorris">[GEN]</font>'),
            "animated": block("animation:fade 1s forwards"),
            "a script": mail("<p>[GEN]</p><script>x()</script>"),
            "a page that moves on": mail(
                "<p>[GEN]</p>", head='<meta http-equiv="refresh" content="0;url=x">'
            ),
            "a font of its own": styled(
                "@font-face{font-family:Georgia;src:url(x)}.notice{font-family:Georgia}"
            ),
            "a font of pictures": mail('<font face="Webdings">[GEN]</font>'),
            "an element of no list": mail("<nobr>[GEN]</nobr>"),
        },
    ),
}
