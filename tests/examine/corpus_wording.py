"""The corpus of small mails, first part: is the wording there, whole and as it was approved (DISC)?"""

from mails import OLDER, SHOWN, TEXT, Case, block, changed, mail, message, rule, said, wrapped

WORDS = TEXT.split()
SECOND = TEXT.index("Don't")
THIRD = TEXT.index("In an")
ENTITIES = "".join(f"&#x{ord(char):x};" for char in TEXT)
ALTERED = changed("not ", "")
GERMAN = "Dieser Brief dient nur der Bildung und ersetzt keinen Arzt."
GERMAN_LETTER = (
    "Gehen Sie jeden Abend zur gleichen Zeit ins Bett und lassen Sie das Licht nicht an, denn das stört."
)
ENGLISH_LETTER = (
    "Go to bed at the same hour, and do not leave the light on. A friend in Bonn has it from her doctor, who"
    " wrote to her in the language of the house and of the town that they are from."
)
SPANISH_LETTER = (
    "Acuéstese cada noche a la misma hora y no deje la luz encendida, porque la luz del dormitorio no es"
    " buena para el sueño de los que viven en la casa."
)
BANNER = f'<img src="banner.png" alt="{TEXT}">'
CUT = "<table><tr><td>{}</td><td>{}</td></tr></table>"

DISC = {
    "DISC001": rule(
        passes={
            "plain paragraph": mail("<p>[GEN]</p>"),
            "no html around it": f"<p>{TEXT}",
            "text right in the body": mail("[GEN]"),
            "in a table cell": mail("<table role=presentation><tr><td>[GEN]</td></tr></table>"),
            "unclosed elements": mail("<div><table><tr><td><p>[GEN]"),
            "html in capitals": mail("<P STYLE='COLOR:#222222'>[GEN]</P>"),
            "symbol before it": mail("<p>*[GEN]</p>"),
        },
        fails={
            "a heading alone": mail("<h2>Disclaimer</h2>"),
            "empty document": "",
            "half of it": mail(f"<p>{TEXT[:SECOND]}</p>"),
            "sentences in another order": mail(f"<p>{TEXT[SECOND:]} {TEXT[:SECOND]}</p>"),
        },
    ),
    "DISC002": rule(
        passes={
            "wrapped at every word": Case(text=TEXT.replace(" ", "\n")),
            "quoted lines": Case(text="> " + TEXT.replace(". ", ".\r\n> ")),
            "heading, bullet and signature": Case(text=f"MEDICAL NOTICE\n\n* {TEXT}\n\n--\nSteady"),
            "marks of emphasis": Case(text=changed("not medical", "*not* _medical_").replace("'", "’")),
            "a file of HTML, with no mail around it": Case(text=None),
        },
        fails={
            "no text part": Case(text=""),
            "a link instead": Case(text="See the disclaimer at https://steady.example/notice"),
            "see the online version": Case(text="Sleep well.\n\nRead this letter online: https://x.example"),
            "a mail of one part": Case(
                raw=b"From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n" + SHOWN.encode()
            ),
        },
    ),
    "DISC003": rule(
        passes={
            "all entities": mail(f"<p>{ENTITIES}</p>"),
            "curly quotes": mail(f"<p>{TEXT.replace(chr(39), '’')}</p>"),
            "quotes as entities": mail(f"<p>{TEXT.replace(chr(39), '&rsquo;')}</p>"),
            "strong inside": said("not medical advice", "<strong>not medical</strong> advice"),
            "strong inside a word": said("education", "<b>edu</b>cation"),
            "link that says where it leads": said("911", "<a href=tel:911>911</a>"),
            "unbreakable spaces": said(" or ", "&nbsp;or&nbsp;"),
            "re-indented": mail(f"<p>\n\t{'   '.join(WORDS)}\n</p>"),
            "capitals": mail(f"<p>{TEXT.upper()}</p>"),
        },
        fails={
            "one word changed": said("is not medical", "may not medical"),
            "not dropped": said("is not medical", "is medical"),
            "word added": said("is not", "is usually not"),
            "two words swapped": said("ignore or delay", "delay or ignore"),
            "number changed": said("911", "912"),
            "last sentence cut off": mail(f"<p>{TEXT[:THIRD]}</p>"),
            "space taken out": said("is not", "isnot"),
            "comma taken out": said("diagnosis,", "diagnosis"),
            "hidden junk inside": said("not", "<i hidden>x</i> not"),
            "link that leads elsewhere": said("911", "<a href=tel:900>911</a>"),
            "linked as a whole": mail('<a href="https://evil.example">[GEN]</a>'),
            "word changed in the text part": Case(text=changed("not", "now")),
        },
    ),
    "DISC004": rule(
        passes={
            "one sentence of the older version": mail("<p>In an emergency, call 911.</p><p>[GEN]</p>"),
            "told of a new version": mail("<p>[GEN]</p><p>Our notice has become more exact in May.</p>"),
        },
        fails={
            "older version": mail(f"<p>{OLDER.text}</p>"),
            "older version beside it": mail(f"<p>[GEN]</p><p>{OLDER.text}</p>"),
            "older version in the text part": Case(text=OLDER.text),
            "both versions in the text part": Case(text=f"{TEXT}\n\n{OLDER.text}"),
        },
    ),
    "DISC005": rule(
        passes={
            "language of a region": mail("<p>[GEN]</p>", root='lang="en-US"'),
            "no language anywhere": mail("<p>[GEN]</p>", root=""),
            "own language in a page of another": mail(
                '<p dir="ltr" lang="en">[GEN]</p>', root='lang="ar" dir="rtl"'
            ),
            "a German quotation": mail(
                f'<p>{ENGLISH_LETTER}</p><blockquote lang="de">{GERMAN}</blockquote><p>[GEN]</p>'
            ),
            "a Spanish word": mail('<p>Eat a <span lang="es">tortilla</span>.</p><p>[GEN]</p>'),
        },
        fails={
            "German page": mail("<p>[GEN]</p>", root='lang="de"'),
            "French block": mail('<div lang="fr"><p>[GEN]</p></div>'),
            "Spanish letter that says it is English": mail(f"<p>{SPANISH_LETTER}</p><p>[GEN]</p>"),
            "German text part": Case(text=f"{GERMAN_LETTER}\n\n{TEXT}"),
        },
    ),
    "DISC006": rule(
        passes={
            "soft hyphens": said("education", "edu&shy;ca&shy;tion"),
            "two zero-width spaces": said("education", "edu&#8203;cat&#8203;ion"),
            "a Greek letter beside it": mail("<p>Omega is ω.</p><p>[GEN]</p>"),
            "an arrow before it": mail("<p>→ [GEN]</p>"),
        },
        fails={
            "Cyrillic letter": said("advice,", "аdvice,"),
            "Greek letter": said("not", "nοt"),
            "full-width letter": said("education", "ｅducation"),
            "raised letter": said("or", "ᵒr"),
            "mathematical letter": said("not", "𝓃ot"),
            "private-use letter": said("not", "n&#xe000;t"),
            "zero-width inside most words": mail(f"<p>{' '.join('&#8203;'.join(w) for w in WORDS)}</p>"),
            "bidi override": mail("<p>&#x202e;[GEN]</p>"),
            "Cyrillic letter in the text part": Case(text=changed("advice", "advicе")),
            "bidi override in the text part": Case(text=f"\u202e{TEXT}"),
        },
    ),
    "DISC007": rule(
        passes={
            "read it": mail("<p>Please read the small print at the end.</p><p>[GEN]</p>"),
            "ask first": mail("<p>Ask your pharmacist before you skip a dose.</p><p>[GEN]</p>"),
            "another kind of notice": Case(text=f"Skip the notice board in the gym.\n\n{TEXT}"),
        },
        fails={
            "skip it": mail("<p>Feel free to skip the small print at the end.</p><p>[GEN]</p>"),
            "only for lawyers": mail("<p>The text below is only for our lawyers.</p><p>[GEN]</p>"),
            "in the text part": Case(text=f"{TEXT}\n\nDon't bother with the medical notice."),
            "in the subject": Case(
                raw=message().as_bytes().replace(b"Subject: Backs", b"Subject: Ignore the disclaimer")
            ),
        },
    ),
    "DISC008": rule(
        passes={
            "the same text top and bottom": mail(f"<p>[GEN]</p><del>Old price</del><p>{TEXT}</p>"),
            "other words about advice": mail(
                "<p>[GEN]</p><p>Ask your doctor; this letter is no medical advice for you.</p>"
            ),
            "shown besides a hidden copy": mail('<div style="display:none">[GEN]</div><p>[GEN]</p>'),
        },
        fails={
            "altered copy below": mail(f"<p>[GEN]</p><p>More.</p><p>{ALTERED}</p>"),
            "altered copy above": mail(f"<p>{changed('911', '112')}</p><p>More.</p><p>[GEN]</p>"),
            "altered copy in the text part": Case(text=f"{TEXT}\n\nMore.\n\n{ALTERED}"),
        },
    ),
    "DISC009": rule(
        passes={
            "condition closed before it": mail('{% if country == "US" %}<p>Hi</p>{% endif %}<p>[GEN]</p>'),
            "merge tags around it": mail("<p>Dear {{ name }},</p><p>[GEN]</p><p>*|UNSUB|*</p>"),
            "a block that editors may name": mail('<div mc:edit="notice"><p>[GEN]</p></div>'),
        },
        fails={
            "for one country": mail('{% if country == "US" %}<p>[GEN]</p>{% endif %}'),
            "for all but members": mail("{{^member}}<table><tr><td>[GEN]</td></tr></table>{{/member}}"),
            "one word of it": said("not ", "*|IF:CAREFUL|*not *|END:IF|*"),
            "by an attribute": mail('<div data-show-if="country=US"><p>[GEN]</p></div>'),
            "in the text part": Case(text=f"%%[ IF @us == 1 THEN ]%%\n{TEXT}\n%%[ ENDIF ]%%"),
        },
    ),
    "DISC010": rule(
        passes={
            "a struck price beside it": mail("<p><s>$20</s> $15</p><p>[GEN]</p>"),
            "set in, without a source": mail("<blockquote>[GEN]</blockquote>"),
            "underlined": block("text-decoration:underline"),
        },
        fails={
            "struck out": mail("<s><p>[GEN]</p></s>"),
            "one word deleted": said("not ", "<del>not</del> "),
            "struck by a style": wrapped("text-decoration:line-through"),
            "as a sample of code": mail("<p><code>[GEN]</code></p>"),
            "as somebody else's words": mail('<blockquote cite="https://x.example">[GEN]</blockquote>'),
        },
    ),
    "DISC011": rule(
        passes={
            "a link beside it": mail('<p>[GEN]</p><a href="https://x.example/d">Medical disclaimer</a>'),
            "a title that says it, too": mail(f'<p title="{TEXT}">[GEN]</p>'),
        },
        fails={
            "a link instead": mail('<a href="https://x.example/d">Medical disclaimer</a>'),
            "title only": mail(f'<p title="{TEXT}">Notice</p>'),
            "spoken label only": mail(f'<p aria-label="{TEXT}">Notice</p>'),
        },
    ),
    "DISC012": rule(
        passes={
            "a banner that says it, too": mail(f"{BANNER}<p>[GEN]</p>"),
            "a picture of a walk": mail('<img src="walk.png" alt="A walk"><p>[GEN]</p>'),
        },
        fails={
            "alt text only": mail(BANNER),
            "a picture of the notice": mail('<img src="https://x.example/disclaimer.png" alt="">'),
            "a button of the form": mail(f'<input type="image" src="x.png" alt="{TEXT}">'),
        },
    ),
    "DISC013": rule(
        passes={
            "line breaks": mail(f"<p>{TEXT.replace('. ', '.<br>')}</p>"),
            "sentences in paragraphs": mail(f"<div><p>{TEXT.replace('. ', '.</p><p>')}</p></div>"),
            "comment inside": said("medical", "<!-- note -->medical"),
            "a column beside it": mail(CUT.format("More", TEXT)),
            "a picture that floats beside it": mail(
                '<img src="x.png" alt="A walk" style="float:left"><p>[GEN]</p>'
            ),
            "a list of its sentences": mail(f"<ul><li>{TEXT[:SECOND]}<li>{TEXT[SECOND:]}</ul>"),
        },
        fails={
            "picture inside": said("not ", "not <img src=x.png alt=only> "),
            "field inside": said("not ", "not <input value=bad> "),
            "from one column into the next": mail(CUT.format(TEXT[:SECOND], TEXT[SECOND:])),
            "a word taken aside": said("not ", '<b style="float:right">not</b> '),
            "sentences that change places": mail(
                '<div style="display:table"><p style="display:table-caption;caption-side:bottom">'
                f"{TEXT[:SECOND]}</p><p>{TEXT[SECOND:]}</p></div>"
            ),
            "torn apart by empty lines": said("not ", f"not{'<br>' * 60} "),
            "news in between": mail(
                f"<p>{TEXT[:SECOND]}</p><p>{'Now some news of the week. ' * 5}</p><p>{TEXT[SECOND:]}</p>"
            ),
            "news in between in the text part": Case(
                text=f"{TEXT[:SECOND]}\n\n{'Now some news of the week. ' * 5}\n\n{TEXT[SECOND:]}"
            ),
        },
    ),
}
