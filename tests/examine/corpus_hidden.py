"""The corpus of small mails, second part: the wording is hidden, shrunk, faded, moved or covered (VIS)."""

from mails import TEXT, block, mail, rule, said, styled, wrapped

HIDE = "display:none"

HIDDEN = {
    "VIS001": rule(
        passes={
            "hide class on another element": styled(
                ".hide{display:none}", '<p class=hide>x</p><p class="notice">[GEN]</p>'
            ),
            "sheet beaten by inline": styled("p{display:none}", '<p style="display:block">[GEN]</p>'),
            "hide rule for a sibling": styled(
                ".notice + p{display:none}", "<p class=notice>[GEN]</p><p>x</p>"
            ),
            "invalid declaration": block("display:nonee"),
            "mso-hide on something else": mail('<div style="mso-hide:all">x</div><p>[GEN]</p>'),
            "broken sheet": styled(".x{color:red;;}} @media{ .y{display:none"),
        },
        fails={
            "inline": block(HIDE),
            "before an invalid value": block("display:none;display:bogus"),
            "on an ancestor": wrapped(HIDE),
            "by a sheet": styled(".wrap{display:none}"),
            "by an important sheet over inline": styled(
                "p{display:none !important}", '<p style="display:block">[GEN]</p>'
            ),
            "by an attribute selector": styled("[class^=not]{display:none}"),
            "by its place among siblings": styled("div > p:last-child{display:none}"),
            "in a nested rule": styled(".wrap{color:#111; .notice{display:none}}"),
            "by an Outlook sheet": mail(
                "<p class=n>[GEN]</p>", head="<!--[if mso]><style>.n{display:none}</style><![endif]-->"
            ),
            "mso-hide": wrapped("mso-hide:all"),
            "one word of it": said("not", "<span style=display:none>not</span>"),
            "in escaped letters": block("d\\69splay:n\\6fne"),
            "important inside one attribute": block("display:none !important;display:block"),
            "shown on phones only": styled(
                ".notice{display:none}@media (max-width:600px){.notice{display:block !important}}"
            ),
            "shown when pointed at": styled(".notice{display:none}.wrap:hover .notice{display:block}"),
            "content-visibility": wrapped("content-visibility:hidden"),
        },
    ),
    "VIS002": rule(
        passes={
            "visible": block("visibility:visible"),
            "of another row": mail(
                '<table><tr style="visibility:hidden"><td>x</td></tr><tr><td>[GEN]</td></tr></table>'
            ),
        },
        fails={
            "on an ancestor": wrapped("visibility:hidden"),
            "of its row": mail('<table><tr style="visibility:collapse"><td>[GEN]</td></tr></table>'),
            "unless pointed at": styled(".wrap:not(:hover){visibility:hidden}"),
        },
    ),
    "VIS003": rule(
        passes={
            "opacity one": block("opacity:1"),
            "a filter that keeps the contrast": wrapped("filter:grayscale(1)"),
            "a faded picture": mail('<img src="x.png" alt="A walk" style="opacity:.5"><p>[GEN]</p>'),
        },
        fails={
            "opacity none": block("opacity:0"),
            "opacities that multiply": mail('<div style="opacity:.9"><p style="opacity:90%">[GEN]</p></div>'),
            "filter": block("filter:opacity(0)"),
            "blend mode": block("mix-blend-mode:screen"),
        },
    ),
    "VIS004": rule(
        passes={
            "nine and a half points": block("font-size:9.5pt"),
            "as large as a heading": block("font-size:40px"),
            "nothing outside, sixteen inside": mail(
                '<div style="font-size:0"><p style="font-size:16px">[GEN]</p></div>'
            ),
            "small element in large text": mail('<div style="font-size:18px"><small>[GEN]</small></div>'),
            "rule without the words": styled("p:not(.notice){font-size:1px}"),
        },
        fails={
            "tiny type": block("font-size:8px"),
            "by a shorthand": block("font:1px/1 Arial"),
            "nothing outside, one em inside": mail(
                '<div style="font-size:0"><p style="font-size:1em">[GEN]</p></div>'
            ),
            "chain of em": mail(
                '<div style="font-size:.8em"><div style="font-size:.8em"><p>[GEN]</p></div></div>'
            ),
            "percent": wrapped("font-size:50%"),
            "font element": mail("<font size=1>[GEN]</font>"),
            "small in small": mail("<small><small>[GEN]</small></small>"),
            "zoom": wrapped("zoom:.5"),
            "the smallest heading": mail("<h6>[GEN]</h6>"),
            "letters larger than a window": block("font-size:9999px"),
            "tiny on phones": styled("@media (max-width:480px){.notice{font-size:6px !important}}"),
        },
    ),
    "VIS005": rule(
        passes={
            "light text on a dark cell": mail(
                '<table><tr><td bgcolor="#1b2a41"><p style="color:#ffffff">[GEN]</p></td></tr></table>'
            ),
            "dark cell inside a light one": wrapped("background:#222;color:#eee"),
            "gradient covered by a solid colour": mail(
                '<div style="background:linear-gradient(red,blue)">'
                '<p style="background-color:#fff">[GEN]</p></div>'
            ),
            "nearly opaque colour": block("color:rgba(0,0,0,.85)"),
            "a ground right behind the letters": mail(
                '<p><span style="background:#000;color:#fff">[GEN]</span></p>'
            ),
        },
        fails={
            "white on white": block("color:#fff"),
            "nearly white on bgcolor": mail(
                '<table><tr><td bgcolor="#f4f4f4"><p style="color:#f3f3f3">[GEN]</p></td></tr></table>'
            ),
            "faint grey": block("color:#aaa"),
            "transparent": block("color:transparent"),
            "transparent fill": block("-webkit-text-fill-color:transparent"),
            "black on a black ancestor": wrapped("background:#000"),
            "font colour attribute": mail("<font color=white>[GEN]</font>"),
            "a ground that is not behind the block in it": mail(
                '<span style="background:#000;color:#fff"><p>[GEN]</p></span>'
            ),
            "a ground without height": mail(
                '<div style="background:#000;color:#fff"><p style="float:left">[GEN]</p></div>'
            ),
            "a ground that browsers ignore": mail(
                '<div bgcolor="#000000"><p style="color:#fff">[GEN]</p></div>'
            ),
        },
    ),
    "VIS007": rule(
        passes={
            "overflow hidden for round corners": wrapped("overflow:hidden;border-radius:8px"),
            "height of a cell": mail(
                '<table><tr><td height="40" style="height:40px">[GEN]</td></tr></table>'
            ),
            "whole-page height": mail("<p>[GEN]</p>", head="<style>html,body{height:100%;margin:0}</style>"),
            "width on tables": mail(
                '<table width="600" style="width:100%;max-width:600px"><tr><td width="20"></td>'
                '<td width="560">[GEN]</td></tr></table>'
            ),
            "small width attribute on its cell": mail("<table><tr><td width=40>[GEN]</td></tr></table>"),
            "computed width without clipping": wrapped("width:calc(100% - 20px)"),
            "a fluid column in a box that cuts off": mail(
                '<div style="overflow:hidden">'
                '<div style="max-width:600px;width:100%;margin:0 auto"><p>[GEN]</p></div></div>'
            ),
            "a fixed table of one column": mail(
                '<table style="table-layout:fixed;width:100%"><tr><td>[GEN]</td></tr></table>'
            ),
        },
        fails={
            "no height": wrapped("max-height:0;overflow:hidden"),
            "height of a line": wrapped("height:20px;overflow:hidden"),
            "no width": wrapped("width:1px;overflow:hidden"),
            "clip": block("clip:rect(0 0 0 0)"),
            "clip-path": block("clip-path:inset(100%)"),
            "no line height": block("line-height:0"),
            "line height of the tiny letters around it": mail(
                '<div style="font-size:0;line-height:100%"><p style="font-size:16px">[GEN]</p></div>'
            ),
            "a whole page high, and cut off": styled(
                "html,body{height:100%}.wrap{height:100%;overflow:hidden}",
                f'<div class="wrap"><p>{"Sleep well. " * 500}</p><p class="notice">[GEN]</p></div>',
            ),
            "a box that cuts off, in a narrow one": mail(
                '<div style="width:40px"><div style="overflow:hidden"><p>[GEN]</p></div></div>'
            ),
            "a column without room": mail(
                '<table style="table-layout:fixed;width:300px"><tr><td style="width:290px">x</td>'
                '<td style="overflow:hidden">[GEN]</td></tr></table>'
            ),
            "one line cut off": block("white-space:nowrap;overflow:hidden;text-overflow:ellipsis"),
        },
    ),
    "VIS008": rule(
        passes={
            "indent of a first line": block("text-indent:1em"),
            "negative margin of one pixel": wrapped("margin:0 -1px"),
            "relative position": wrapped("position:relative"),
            "padding": wrapped("padding:24px 32px"),
            "in a list in a quotation": mail("<blockquote><ul><li>[GEN]</li></ul></blockquote>"),
            "a table of the usual width": mail(
                '<table width=600 align=center><tr><td style="padding:24px">[GEN]</td></tr></table>'
            ),
        },
        fails={
            "indent off the page": block("text-indent:-9999px"),
            "positioned off the page": wrapped("position:absolute;left:-9999px"),
            "relative far away": wrapped("position:relative;left:-5000px"),
            "margin off the page": wrapped("margin-left:-9999px"),
            "scaled to nothing": block("transform:scale(0)"),
            "pushed off a phone": block("margin-left:350px"),
            "pushed off step by step": mail(
                '<div style="padding-left:200px"><div style="padding-left:200px"><p>[GEN]</p></div></div>'
            ),
            "pushed off by the room in a cell": mail(
                "<table cellpadding=400><tr><td>[GEN]</td></tr></table>"
            ),
            "a line that nothing breaks": mail(f"<p>{TEXT.replace(' ', '&nbsp;')}</p>"),
            "at the right end of a very wide box": wrapped("width:9000px;text-align:right"),
            "indent of the large letters around it": mail(
                '<div style="font-size:100px;text-indent:20em"><p style="font-size:14px">[GEN]</p></div>'
            ),
        },
    ),
    "VIS009": rule(
        passes={
            "moved by two pixels": mail(
                '<p>[GEN]</p><img src="x.png" alt="A walk"><p style="position:relative;top:2px">x</p>'
            ),
            "room at the ends of a line": mail('<p><span style="padding:0 4px">[GEN]</span></p>'),
            "a thin outline": block("outline:1px solid #ccc;outline-offset:2px"),
            "a preheader off the page": mail(
                '<div style="display:none;position:absolute;left:-9999px">Soon</div><p>[GEN]</p>'
            ),
            "a badge inside its own box": mail(
                '<div style="position:relative;overflow:hidden;height:40px">'
                '<b style="position:absolute;top:0">New</b></div><p>[GEN]</p>'
            ),
        },
        fails={
            "lines painted over one another": mail(
                '<p><span style="background:#fff;padding:20px 0">[GEN]</span></p>'
            ),
            "a box pulled up": mail('<p>[GEN]</p><div style="margin-top:-900px;background:#fff">x</div>'),
            "a picture over it": mail('<p>[GEN]</p><img src=x.png style="position:absolute;top:0">'),
            "a paragraph moved up": mail('<p>[GEN]</p><p style="position:relative;top:-400px">x</p>'),
            "an outline drawn inwards": block("outline:20px solid #fff;outline-offset:-20px"),
            "a thick outline": mail('<p>[GEN]</p><p style="outline:900px solid #fff">x</p>'),
            "a column taken away": mail(
                '<table><col style="visibility:collapse"><tr><td>[GEN]</td></tr></table>'
            ),
            "a box that a sheet adds": styled(
                ".wrap::before{content:'';position:absolute;height:100%;background:#fff}"
            ),
        },
    ),
    "VIS018": rule(
        passes={
            "direction of the language": mail('<p dir="ltr">[GEN]</p>'),
            "direction of the words themselves": mail('<p dir="auto">[GEN]</p>'),
            "letters a little apart": block("letter-spacing:.5px"),
        },
        fails={
            "turned round": mail('<bdo dir="rtl">[GEN]</bdo>'),
            "wrong direction": mail('<p dir="rtl">[GEN]</p>'),
            "bidi override": block("unicode-bidi:bidi-override;direction:rtl"),
            "letters over one another": block("letter-spacing:-1em"),
            "letters apart by the large ones around them": mail(
                '<div style="font-size:100px;letter-spacing:.3em"><p style="font-size:14px">[GEN]</p></div>'
            ),
            "words over one another": block("word-spacing:-12px"),
        },
    ),
}
