"""
Every rule a finding can name, with its title: what is wrong when it is broken.

An id is stable and never used for another rule; the titles are for lists and reports, while a finding's own
message says what is wrong in the case at hand. Source of DISC, VIS, TOP, PLC, REV, REG, MAIL and OVR: the
compliance catalogue, section 6, in our own words.
"""

from collections.abc import Mapping
from types import MappingProxyType

TITLES: Mapping[str, str] = MappingProxyType(
    {
        # the wordings: are they there, word for word?
        "DISC001": "a required wording is missing from the HTML part",
        "DISC002": "a required wording is missing from the text part",
        "DISC003": "a wording is not the approved one, word for word",
        "DISC004": "another version of a wording is shown than the one in force",
        "DISC005": "a wording stands in another language than its own",
        "DISC006": "a wording holds characters that spoil reading",
        "DISC007": "the text takes back what a wording says",
        "DISC008": "two different texts stand for one wording",
        "DISC009": "a wording is shown to some readers only",
        "DISC010": "a wording is struck out or shown as somebody else's words",
        "DISC011": "a link stands in place of a wording",
        "DISC012": "a picture stands in place of a wording",
        "DISC013": "something interrupts a wording",
        "DISC014": "the issue has a disclaimer of its own beside the approved one",
        # the wordings: can they be seen?
        "VIS001": "words are hidden by display or its like",
        "VIS002": "words are hidden by visibility",
        "VIS003": "words are faded",
        "VIS004": "words are set too small",
        "VIS005": "words are too pale against their background",
        "VIS006": "words are too pale in dark mode",
        "VIS007": "the box around the words is too small or cuts them off",
        "VIS008": "words are moved off their place",
        "VIS009": "something covers the words",
        "VIS010": "words stand in a comment or in one branch of a conditional comment",
        "VIS011": "whether words are shown hangs on a media query",
        "VIS012": "words stand where no client shows them",
        "VIS013": "words are shown only after a click, or hang on what the reader does",
        "VIS014": "an attribute hides words from some readers",
        "VIS015": "words stand in the hidden preview text only",
        "VIS016": "words stand past the point where Gmail clips a mail",
        "VIS017": "a repeated subject makes Gmail fold the end of the mail",
        "VIS018": "words are reversed or crushed",
        "VIS019": "a step of the pipeline hides or changes words",
        "VIS020": "words are hidden where a client drops style sheets",
        "VIS021": "words stand in a part of the mail that readers do not see",
        "VIS022": "nobody can tell whether the words are shown",
        # the wordings: where do they stand?
        "PLC001": "a wording stands outside the letter",
        "PLC002": "no short notice stands near the top",
        "PLC003": "a mandated notice stands neither beside its claim nor boxed and linked to it",
        "PLC004": "a wording is less prominent than the text around it",
        # which wordings does an issue need?
        "TOP001": "the text is about a topic that the issue does not name",
        "TOP002": "a required wording cannot be chosen",
        "TOP003": "a wording is shown that nothing in the issue asks for",
        "TOP004": "the list's markets are not known",
        "TOP005": "the card of warning signs does not stand before the first advice",
        # the registry of wordings
        "REG001": "an entry of the registry is incomplete or cannot be read",
        "REG002": "a wording was changed after its approval",
        "REG003": "a mandated wording is not the law's text",
        "REG004": "a wording lacks a required element",
        "REG005": 'a wording lost its "not", or says it twice',
        "REG009": "a wording is not in force, or two are at once",
        # medical review
        "REV001": "no independent reviewer is named",
        "REV002": "the dates of the review cannot be right",
        "REV003": "the content was changed after its approval",
        "REV006": "one person filled two roles",
        # waivers
        "OVR001": "a waiver is incomplete",
        "OVR002": "a waiver is for a rule that cannot be waived",
        "OVR003": "a waiver is of no use, or has ended",
        "OVR004": "a waiver lacks a second person",
        "OVR005": "the issue has too many waivers",
        # the mail
        "MAIL001": "the postal address is not shown",
        "MAIL002": "no visible link unsubscribes",
        "MAIL011": "the subject or another header is not as mail requires",
        "PRE001": "the preheader is not the first text of the mail",
        "PRE003": "the inbox shows body text after the preheader",
        "IMG007": "readers cannot fetch an image",
        # the letter's Markdown
        "MD001": "a link names a label that is not defined",
        "MD002": "a merge tag that no provider fills in",
        "MD003": "raw HTML that is changed or refused",
        "MD004": "an image has no alternative text",
        "MD005": "an image is not there",
        "MD006": "a link or image leads nowhere",
        "MD007": "a link leads to a place that this issue does not have",
        "MD008": "a link's label or a footnote is defined twice",
        "MD009": "template syntax in the text, shown as it stands",
        "MD010": "a component is not written as it should be",
        "MD011": "the text is nested too deeply",
        "MD012": "a footnote has no text",
        "MD013": "a footnote is never referred to",
        "MD014": "the letter is empty",
        # front matter and files
        "FM001": "the issue's file cannot be read",
        "FM002": "the issue's file is too large",
        "FM003": "the issue's file is not UTF-8",
        "FM004": "a character that cannot be shown",
        "FM005": "the issue's file is empty",
        "FM006": "the issue has no front matter",
        "FM007": "front matter never ends",
        "FM008": "front matter stands inside the body",
        "FM009": "front matter is too long or too deep",
        "FM010": "front matter is no YAML, or no TOML",
        "FM011": "front matter has no keys with values",
        "FM012": "a key is given twice",
        "FM013": "front matter has an alias, anchor or tag of YAML",
        "FM014": "an unknown key in front matter",
        "FM015": "a text is cut off by a comment",
        "FM020": "a required value is missing or empty",
        "FM021": "a value is of the wrong kind",
        "FM022": "a text has several lines where one is allowed",
        "FM023": "a value is not one of the allowed words",
        "FM024": "a status that only the machine gives",
        "FM025": "an id, slug or alias that cannot be",
        "FM026": "a value is no date",
        "FM027": "a value is no number",
        "FM028": "a value of a wrong form",
        "FM029": "no such audience",
        "FM030": "no such time zone",
        "FM031": "send_at is not one moment",
        "FM035": "the issue is ready and has no send_at",
        "FM036": "the issue is ready and has no letter",
        "FM037": "the text holds the prefix of our merge tags",
        "FM040": "an image file is not found",
        "FM041": "an image file lies outside the issues' folder",
        "FM042": "an image that mail clients cannot show",
        "FM043": "an image address that cannot be read",
        "FM050": "two issues share an id, slug or number",
        # the archive
        "ARC001": "two issues want one address",
        "ARC002": "the page that a mail links to has moved",
        "ARC003": "an issue that went out is not there",
        "ARC004": "the letter of an issue shows an image that is gone",
        "ARC005": "the mail that a page belongs to cannot be composed",
        # the newsletter's settings
        "SET001": "settings are not found, or cannot be read",
        "SET002": "the settings' file is not TOML",
        "SET003": "an unknown key in the settings",
        "SET004": "a key is missing from the settings",
        "SET005": "a setting is of the wrong kind",
        "SET006": "a setting that cannot be",
        "SET007": "a secret stands in the settings",
        "SET008": "an audience does not say whom it reaches",
        "SET009": "an audience that is not there",
    }
)
# Rules whose findings warn, as a rule; those of all others stop an issue.
WARNINGS = frozenset(
    (
        *("DISC014", "TOP003", "PLC002", "OVR003", "OVR005"),
        *("PRE001", "PRE003", "MD008", "MD009", "MD013"),
    )
)
