"""Links without what only tells a website where its reader comes from, or who that is."""

import re
from urllib.parse import unquote_plus

# Campaigns (utm_*, gad_*) and click ids of Google: Analytics Help, "Traffic-source dimensions". What Firefox
# strips: Source Docs, "Query Parameter Stripping"; both read 2026-11-27. Then the second ids of Mailchimp and
# HubSpot, and click ids of Microsoft, X, LinkedIn, TikTok, Yandex and Instagram.
_PREFIXES = ("utm_", "gad_")
_NAMES = {"gclid", "gclsrc", "dclid", "gbraid", "wbraid"}
_NAMES |= {"mc_eid", "oly_anon_id", "oly_enc_id", "__s", "vero_id", "_hsenc", "mkt_tok", "fbclid"}
_NAMES |= {"mc_cid", "_hsmi", "msclkid", "twclid", "li_fat_id", "ttclid", "yclid", "igshid"}
PIXEL = 2  # px; a remote image that is no larger counts readers
_PARAMETER = re.compile(r"([^=&;]*)(?:=[^&;]*)?([&;]|$)")


def untracked(url: str) -> str:
    """Return *url* without the parameters of trackers in query and fragment; all else stays as it is."""
    if not url[:8].lower().startswith(("http://", "https://")):
        return url
    rest, mark, anchor = url.partition("#")
    address, question, query = rest.partition("?")
    return address + _fewer(question, query) + _fewer(mark, anchor)


def _fewer(mark: str, parameters: str) -> str:
    """Return *parameters* behind their *mark*; where all were of trackers, that goes as well."""
    kept = _PARAMETER.sub(lambda match: "" if _is_tracker(match[1]) else match[0], parameters)
    if kept == parameters:
        return mark + parameters
    kept = kept.rstrip("&;")
    return kept and mark + kept


def _is_tracker(name: str) -> bool:
    plain = unquote_plus(name).strip().lower()
    return plain in _NAMES or plain.startswith(_PREFIXES)
