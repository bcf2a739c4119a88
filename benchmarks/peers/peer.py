"""
A Python peer: `peer.py NAME MAIL.json` does its work on the mail once for every line it is sent.

It answers each line with the milliseconds the work took. Each peer has its own process, because premailer
reads the size of its cache from the environment when it is imported.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

Work = Callable[[], object]


def premailer_defaults(mail: dict[str, str]) -> Work:
    """Inline with premailer as its README shows it."""
    from premailer import transform  # type: ignore[import-untyped]  # noqa: PLC0415 - imported by its peer alone

    logging.getLogger("CSSUTILS").setLevel(logging.CRITICAL)
    return lambda: transform(mail["document"])


def premailer_tuned(mail: dict[str, str]) -> Work:
    """Inline with premailer's fastest options; run with PREMAILER_CACHE_MAXSIZE=100000."""
    from premailer import Premailer  # noqa: PLC0415

    inliner = Premailer(
        disable_validation=True,
        align_floating_images=False,
        keep_style_tags=True,
        cssutils_logging_level=logging.CRITICAL,
    )
    return lambda: inliner.transform(mail["document"])


def css_inline(mail: dict[str, str]) -> Work:
    """Inline with css-inline, a browser engine's style system compiled from Rust."""
    from css_inline import CSSInliner  # noqa: PLC0415

    inliner = CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
    return lambda: inliner.inline(mail["document"])


def python_markdown(mail: dict[str, str]) -> Work:
    """Render the body with python-markdown as most projects set it up."""
    from markdown import Markdown  # noqa: PLC0415

    reader = Markdown(extensions=["extra", "toc", "smarty"])
    return lambda: reader.reset().convert(mail["markdown"])


def markdown_it(mail: dict[str, str]) -> Work:
    """Render the body with markdown-it-py, its GFM-like preset and the plugins our syntax needs."""
    from markdown_it import MarkdownIt  # noqa: PLC0415
    from mdit_py_plugins.anchors import anchors_plugin  # noqa: PLC0415
    from mdit_py_plugins.attrs import attrs_plugin  # noqa: PLC0415
    from mdit_py_plugins.deflist import deflist_plugin  # noqa: PLC0415
    from mdit_py_plugins.footnote import footnote_plugin  # noqa: PLC0415
    from mdit_py_plugins.tasklists import tasklists_plugin  # noqa: PLC0415

    reader = MarkdownIt("gfm-like", {"typographer": True}).enable(["smartquotes", "replacements"])
    for plugin in (anchors_plugin, attrs_plugin, deflist_plugin, footnote_plugin, tasklists_plugin):
        reader.use(plugin)
    return lambda: reader.render(mail["markdown"])


PEERS: dict[str, Callable[[dict[str, str]], Work]] = {
    "premailer-defaults": premailer_defaults,
    "premailer-tuned": premailer_tuned,
    "css-inline": css_inline,
    "python-markdown": python_markdown,
    "markdown-it": markdown_it,
}


def main(name: str, mail_path: str) -> None:
    """Answer every line on stdin."""
    try:
        work = PEERS[name](json.loads(Path(mail_path).read_text(encoding="utf-8")))
    except ImportError as err:
        sys.exit(f"{err.name} is not installed")
    for _ in sys.stdin:
        start = time.perf_counter_ns()
        work()
        print((time.perf_counter_ns() - start) / 1e6, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
