"""What the names in selectors mean: which hang on a state, and which only a mail client gives."""

import re

# Pseudo-classes whose truth a build does not know.
STATES = frozenset(
    """active any-link checked default dir disabled empty enabled focus focus-visible focus-within hover
    in-range indeterminate invalid lang link optional out-of-range placeholder-shown read-only read-write
    required target valid visited""".split()  # noqa: SIM905 - a list would take a line for each
)
PSEUDO_ELEMENTS = frozenset(
    """after backdrop before file-selector-button first-letter first-line marker placeholder
    selection""".split()  # noqa: SIM905 - as above
)
ONE_COLON_PSEUDO_ELEMENTS = frozenset({"after", "before", "first-letter", "first-line"})

# What clients write round or into a mail and style sheets address (from memory, 2026-11-22).
# Outlook.com's dark mode, Apple's data detectors, Outlook on the web:
CLIENT_ATTRIBUTE = re.compile(r"data-og\w+|data-outlook-cycle|x-apple-data-detectors.*|owa|office365")
# old Outlook.com, Yahoo, Thunderbird, Gmail, AOL:
CLIENT_CLASS = re.compile(
    r"ExternalClass|ReadMsgBody|yshortcuts|yahoo.*|moz-text-html|(x_)?gmail_.+|(x_)?aolmail_.+"
)
# Outlook 2007, Android and Samsung, Airmail:
CLIENT_ID = re.compile(r"outlook|MessageViewBody|MessageWebViewDiv|bloop_.+")

# Attributes whose values match in any case (HTML Standard, "Case-sensitivity of selectors"); held against
# Chromium by a test, 2026-11-22.
CASELESS = frozenset(
    """accept accept-charset align alink axis bgcolor charset checked clear codetype color compact declare
    defer dir direction disabled enctype face frame hreflang http-equiv lang language link media method
    multiple nohref noresize noshade nowrap readonly rel rev rules scope scrolling selected shape target text
    type valign valuetype vlink""".split()  # noqa: SIM905 - as above
)
