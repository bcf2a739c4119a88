"""The archive's benchmark: a sound newsletter, peers with the same issues, rounds that prove their work."""

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import markdown
import pytest
import yaml

from conftest import ROOT
from pipeline.archive.life import life_of
from pipeline.clock import utc_now
from pipeline.receipts import open_receipts
from pipeline.settings import load_settings
from pipeline.stages.load import duplicate_findings, issue_paths, load_issue

COUNT = 12
BENCHMARKS = ROOT / "benchmarks"
# A site generator in a few lines: a page for each issue, unless it is told to pass over edits.
GENERATOR = """
import sys
from pathlib import Path
sources, output, forgetful = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
for issue in (path.parent for path in sources.glob("*/index.md")):
    page = output / issue.name / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    if not (forgetful and page.exists()):
        page.write_text((issue / "index.md").read_text())
for name in ("index.html", "feed.xml"):
    (output / name).touch()
"""
# A worker that outlives the process which started it, and takes 150 MiB.
ORPHAN = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.3); taken = b'x' * 150 * 2**20"])
"""


@pytest.fixture(scope="module")
def module() -> Iterator[Any]:
    """Yield a function that imports a script of the benchmark."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        yield importlib.import_module


@pytest.fixture(scope="module")
def corpus(module: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A small newsletter with a past, which tests leave as it is."""
    return module("past").write_corpus(tmp_path_factory.mktemp("past") / "newsletter", COUNT)


def _site(module: Any, corpus: Any, tmp_path: Path, *options: str) -> Any:
    """Return a site of *corpus* by the generator above, built from files of its own."""
    output, sources = tmp_path / "output", module("generators").lay_out("eleventy", corpus, tmp_path / "site")
    command = [sys.executable, "-c", GENERATOR, sources, output, *options]
    ids = tuple(past.id for past in corpus.pasts)
    where = {"folder": tmp_path, "output": output, "sources": sources, "pages": output, "issues": ids}
    return module("generators").Site(label="stub", build=command, rebuild=command, way="", **where)


def test_every_issue_of_the_past_can_be_loaded_and_is_listed(corpus: Any) -> None:
    """No issue has a finding, no two are alike in name, and every receipt says sent, to readers."""
    settings = load_settings(corpus.root)
    issues = [load_issue(path, settings) for path in issue_paths(settings)]
    receipts = open_receipts(settings, utc_now).read_all()
    assert len(issues) == len(receipts) == COUNT
    assert not duplicate_findings(issues)
    lives = [life_of(issue, receipts[issue.key], rehearsal=False) for issue in issues]
    assert all(life.state == "listed" and life.at and life.content_digest for life in lives)


def test_the_mail_on_record_shows_disclaimers_and_its_own_title(corpus: Any) -> None:
    """The parts beside a receipt are as large as a real mail, with its wordings, its title and its page."""
    receipts = open_receipts(load_settings(corpus.root), utc_now)
    for past in corpus.pasts:
        parts = receipts.parts(f"steady-{past.id}")
        assert set(parts) == {
            f"message{kind}.{form}" for kind in ("", ".neutral") for form in ("html", "txt")
        }
        html = parts["message.neutral.html"]
        assert len(html) > 15_000
        assert "data-disclaimer" in html
        assert past.letter.title in html
        assert f"/{past.id}/" in html


def test_letters_are_of_real_length_and_each_of_its_own(corpus: Any) -> None:
    """A letter has 700 to 1,100 words and every kind of block, and no paragraph stands in two of them."""
    bodies = [past.letter.body for past in corpus.pasts]
    paragraphs = [block for body in bodies for block in body.split("\n\n") if len(block.split()) > 25]
    assert len(set(paragraphs)) == len(paragraphs)
    for body in bodies:
        assert 700 <= len(body.split()) <= 1_100
        assert all(
            re.search(mark, body, re.MULTILINE) for mark in (r"^## ", r"^- ", r"^1\. ", r"^\|", r"^> \[!")
        )
        assert len(re.findall(r"\[\^", body)) == 4


def test_the_same_count_gives_the_same_files(module: Any, corpus: Any, tmp_path: Path) -> None:
    """Two runs of the benchmark measure the same work."""
    again = module("past").write_corpus(tmp_path / "again", COUNT)
    trees = [
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (corpus.root, again.root)
    ]
    changing = Path(".newsletter/cache")
    first, second = ({path: tree[path] for path in tree if changing not in path.parents} for tree in trees)
    assert first == second


def test_a_thousand_issues_are_fifty_a_year(module: Any) -> None:
    """However many there are, they are spread over twenty years."""
    years = [past.at.year for past in module("past").pasts(1_000)]
    assert set(map(years.count, years)) == {50}


@pytest.mark.parametrize("name", ["pelican", "eleventy", "hugo"])
def test_a_peer_gets_the_same_letters_in_its_own_front_matter(
    module: Any, corpus: Any, tmp_path: Path, name: str
) -> None:
    """Title, date, tags and description are read back, the Markdown is ours to the byte, so are pictures."""
    sources = module("generators").lay_out(name, corpus, tmp_path / name)
    for past in corpus.pasts:
        text = (sources / past.id / "index.md").read_text(encoding="utf-8")
        values = _pelican(text) if name == "pelican" else yaml.safe_load(text.split("---\n")[1])
        assert values["title"] == past.letter.title
        assert values["description"] == past.letter.description
        assert tuple(values["tags"]) == past.tags
        assert str(values["date"]).startswith(f"{past.at:%Y-%m-%d}")
        assert text.endswith(past.letter.body)
        assert (sources / past.id / past.picture).is_file()


def _pelican(text: str) -> dict[str, Any]:
    """Return front matter as Python-Markdown's meta data, by which pelican reads it."""
    reader = markdown.Markdown(extensions=["meta"])
    reader.convert(text)
    values = {key: lines[0] for key, lines in vars(reader)["Meta"].items()}
    return {**values, "tags": values["tags"].split(", ")}


def test_rounds_build_what_they_say(module: Any, corpus: Any, tmp_path: Path) -> None:
    """A full build, one of nothing new and one after an edit are each measured and proven."""
    archive, site = module("archive"), _site(module, corpus, tmp_path)
    for round_of in (archive.full, archive.unchanged, archive.changed):
        once = round_of(site)
        assert once() > 0
        assert once() > 0
    newest = tmp_path / "output" / corpus.pasts[-1].id / "index.html"
    assert newest.read_text(encoding="utf-8").count("Edited: for the 2. time") == 1


def test_a_build_that_passes_over_an_edit_has_no_figure(module: Any, corpus: Any, tmp_path: Path) -> None:
    """Fast and wrong is a failure, ours as well as a peer's."""
    archive, site = module("archive"), _site(module, corpus, tmp_path, "forgetful")
    archive.full(site)()
    with pytest.raises(archive.Failed, match=r"does not say 'for the 1\. time'"):
        archive.changed(site)()


def test_a_build_without_a_page_has_no_figure(module: Any, corpus: Any, tmp_path: Path) -> None:
    """A site that lacks one page is not whole."""
    site = _site(module, corpus, tmp_path)
    module("archive").full(site)()
    (tmp_path / "output" / corpus.pasts[3].id / "index.html").unlink()
    with pytest.raises(
        module("timing").Failed, match=f"1 of its files are missing, such as {corpus.pasts[3].id}"
    ):
        site.prove()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peaks are told by Linux alone")
def test_the_largest_process_may_be_one_that_outlived_the_command(module: Any) -> None:
    """Memory is counted of every process that a build started, whoever it fell to."""
    timing = module("timing")
    assert 150 < timing.largest_mib([sys.executable, "-c", ORPHAN]) < 200
    assert timing.largest_mib([sys.executable, "-c", "pass"]) < 50
    with pytest.raises(timing.Failed, match="no luck"):
        timing.largest_mib([sys.executable, "-c", "raise SystemExit('no luck')"])


def test_front_matter_is_yaml(module: Any) -> None:
    """Quotes and colons in a value change nothing else."""
    text = module("past").front_matter({"title": 'A "calm": look', "tags": ("a", "b"), "status": "ready"})
    assert yaml.safe_load(text.split("---\n")[1]) == json.loads(
        '{"title": "A \\"calm\\": look", "tags": ["a", "b"], "status": "ready"}'
    )
