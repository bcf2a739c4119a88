"""
Links that pay somebody, and links to a shop, told by their address. The same in every language.

Sources: the link formats in the help pages of the programmes named, as generally known in November 2026.
"""

import re
from urllib.parse import parse_qsl, urlsplit

_HOSTS = frozenset(
    (
        *(
            "amzn.to",
            "awin1.com",
            "shareasale.com",
            "shrsl.com",
            "anrdoezrs.net",
            "dpbolvw.net",
            "jdoqocy.com",
        ),
        *("kqzyfj.com", "tkqlhce.com", "linksynergy.com", "prf.hn", "rstyle.me", "skimresources.com"),
        *("avantlink.com", "pntra.com", "sjv.io", "pxf.io", "hop.clickbank.net", "ojrq.net"),
    )
)
_PARAMETERS = frozenset(
    (
        *("aff", "affid", "aff_id", "affiliate", "affiliate_id", "affiliateid", "awc", "irclickid", "coupon"),
        *("promo", "promocode", "discount_code", "sscid", "rfsn", "tap_a", "tap_s"),
    )
)
_ON_SHOPS = frozenset(("tag", "ref", "partner", "via"))  # harmless elsewhere
_SHOP = re.compile(r"(?:^|[./-])(?:shop|store|buy|cart|checkout|products?|dp|gp)(?:[./-]|$)")
_AMAZON = re.compile(r"(?:^|\.)amazon\.[a-z.]+$")


def is_paid(url: str) -> bool:
    """Say whether somebody earns when a reader follows *url*."""
    host, path, parameters = _parts(url)
    if any(host == known or host.endswith(f".{known}") for known in _HOSTS):
        return True
    if _PARAMETERS & parameters.keys() or parameters.get("utm_medium") in ("affiliate", "sponsored"):
        return True
    return bool(_sells(host, path) and _ON_SHOPS & parameters.keys())


def product_words(url: str) -> str:
    """Return the words of a link to something that is sold, "" for any other link."""
    host, path, _parameters = _parts(url)
    return re.sub(r"[\W_]+", " ", path).strip() if _sells(host, path) else ""


def _sells(host: str, path: str) -> bool:
    return bool(_AMAZON.search(host) or _SHOP.search(host) or _SHOP.search(path))


def _parts(url: str) -> tuple[str, str, dict[str, str]]:
    try:
        parts = urlsplit(url.strip())
        return (parts.hostname or "").lower(), parts.path.lower(), dict(parse_qsl(parts.query.lower()))
    except ValueError:
        return "", "", {}
