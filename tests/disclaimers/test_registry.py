"""The registry: our own files are sound, and every fault of a file is found with its place."""

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.disclaimers.entry import read_entry
from pipeline.disclaimers.mandated import MANDATED
from pipeline.disclaimers.registry import Registry, in_force, load_registry
from pipeline.examine.words import fingerprint
from pipeline.model import Finding, Severity, Wording

ROOT = Path(__file__).parents[2]
FOLDER = Path("templates/disclaimers")
OURS = load_registry(ROOT / FOLDER, ROOT)
BODY = "**Call [911](tel:911)** in an emergency. This is *not* medical advice."
SHA = fingerprint("Call 911 in an emergency. This is not medical advice.", ["tel:911"])
KEYS = {
    "id": '"note"',
    "version": '"1"',
    "locale": '"en-US"',
    "jurisdictions": '["US"]',
    "kind": '"house"',
    "heading": '"Note"',
    "placement": '"end"',
    "effective_from": '"2026-01-01"',
    "approved_by": '"sample"',
    "approved_on": '"2026-01-01"',
    "sha256": f'"{SHA}"',
    "elements": '{E2: "This is not medical advice."}',
    "contacts": '[{number: "911", country: "US", verified_on: "2026-11-22"}]',
}


def entry(body: str = BODY, **changes: str) -> str:
    """Write a registry file; a key changed to "" is left out."""
    keys = {**KEYS, **changes}
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in keys.items() if value) + f"---\n\n{body}\n"


def load(root: Path, **files: str) -> Registry:
    """Load a registry of files; in their names, __ stands for a slash and _ for a dot."""
    for name, source in files.items():
        path = root / FOLDER / (name.replace("__", "/").replace("_", ".") + ".en-US.md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return load_registry(root / FOLDER, root)


def only(root: Path, source: str) -> Finding:
    """Return the one finding of one file."""
    (finding,) = load(root, note__1=source).findings
    return finding


def test_our_own_registry_is_sound() -> None:
    """Every file we ship passes every REG check."""
    assert OURS.findings == ()


def test_our_own_registry_has_every_wording_that_issues_may_need() -> None:
    """The ids of the design, in US English, samples until somebody signs them."""
    assert {wording.id for wording in OURS.wordings} == {
        *("gen", "gen-short", "exercise", "supplement", "supplement-single", "medication", "crisis"),
        "redflag-back",
    }
    assert {wording.locale for wording in OURS.wordings} == {"en-US"}
    assert {wording.approved_by for wording in OURS.wordings} == {"sample"}
    assert all(wording.jurisdictions == {"US"} for wording in OURS.wordings)


def test_urgent_wordings_stand_before_the_body_and_the_rest_after_it() -> None:
    """A reader meets a warning before the advice it is about."""
    top = {wording.id for wording in OURS.wordings if wording.placement == "top"}
    assert top == {"gen-short", "exercise", "crisis", "redflag-back"}


@pytest.mark.parametrize("wording", [w for w in OURS.wordings if w.kind == "house"], ids=lambda w: w.id)
def test_house_wordings_are_easy_to_read(wording: Wording) -> None:
    """At most 25 words a sentence, and grade 8 or lower on the Flesch-Kincaid scale."""
    sentences = [re.findall(r"[\w'-]+", part) for part in re.split(r"(?<=[.!?])\s+", wording.text)]
    words = [word for sentence in sentences for word in sentence]
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e\b", "", word.lower())))) for word in words)
    assert max(len(sentence) for sentence in sentences) <= 25
    assert 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59 <= 8


PURPOSE = "This product is not intended to diagnose, treat, cure, or prevent any disease."
SEVERAL = f"These statements have not been evaluated by the Food and Drug Administration. {PURPOSE}"
ONE = f"This statement has not been evaluated by the Food and Drug Administration. {PURPOSE}"


@pytest.mark.parametrize(("ident", "text"), [("supplement", SEVERAL), ("supplement-single", ONE)])
def test_the_supplement_notice_is_the_law_word_for_word(ident: str, text: str) -> None:
    """21 CFR 101.93(c): in the plural, too, the product stays singular."""
    (wording,) = OURS.named(ident)
    assert (wording.text, wording.kind, MANDATED[ident, "en"]) == (text, "mandated", text)


def test_a_body_becomes_text_and_safe_html() -> None:
    """Strong, emphasis and links are the whole markup."""
    wording = read_entry(entry(), "templates/disclaimers/note/1.en-US.md").wording
    assert wording
    assert wording.text == "Call 911 in an emergency. This is not medical advice."
    assert wording.html == (
        '<p><strong>Call <a href="tel:911">911</a></strong> in an emergency.'
        " This is <em>not</em> medical advice.</p>"
    )


def test_a_sound_file_gives_a_wording_and_no_finding(tmp_path: Path) -> None:
    """The file of this test is right before anything is made wrong in it."""
    registry = load(tmp_path, note__1=entry())
    assert registry.findings == ()
    assert [wording.ref for wording in registry.wordings] == ["note@1"]
    (contacts,) = registry.contacts.values()
    assert (contacts[0].number, contacts[0].verified_on) == ("911", dt.date(2026, 11, 22))


@pytest.mark.parametrize(
    ("changes", "line", "said"),
    [
        ({"effective_from": ""}, 1, "missing: effective_from"),
        ({"jurisdictions": '["United States"]'}, 5, "jurisdictions is no list of countries"),
        ({"jurisdictions": '"US"'}, 5, "jurisdictions is no list of countries"),
        ({"version": '"1.0"'}, 3, "version cannot be '1.0'"),
        ({"kind": '"hous"'}, 6, "kind cannot be 'hous'"),
        ({"placement": '"bottom"'}, 8, "placement cannot be 'bottom'"),
        ({"effective_from": '"01/02/2026"'}, 9, "effective_from is no date: '01/02/2026'"),
        ({"effective_from": '"2026-02-30"'}, 9, "effective_from is no date: '2026-02-30'"),
        ({"heading": '""'}, 7, "heading cannot be ''"),
        ({"elements": '"E2"'}, 13, "elements is no set of keys"),
        ({"contacts": ""}, 15, "'911' stands in no contact"),
        ({"contacts": "[911]"}, 14, "a contact needs number, country and verified_on, no more"),
        ({"note": '"x"'}, 15, "unknown key 'note'"),
        ({"id": '"notes"'}, 2, "the file says notes/1.en-US.md but is templates/disclaimers/note/1.en-US.md"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_incomplete_entry_is_found_with_its_line(
    tmp_path: Path, changes: dict[str, str], line: int, said: str
) -> None:
    """REG001 names the file, the line, and what is wrong."""
    findings = load(tmp_path, note__1=entry(**changes)).findings
    found = next(finding for finding in findings if finding.message == said)
    assert (found.id, found.severity, found.line) == ("REG001", Severity.BLOCK, line)
    assert found.file == "templates/disclaimers/note/1.en-US.md"
    assert found.hint


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\ufeff",
        "no front matter",
        "---\nid: x\n",
        "---\n---\n",
        "---\n- a\n- b\n---\ntext",
        "---\nid: [\n---\ntext",
        "---\nid: &a [*a]\n---\ntext",
        "---\nid: x\nid: y\n---\ntext",
        "---\n{a: {b: {c: {d: {e: f}}}}}\n---\n",
        "---\n? [complex]\n: key\n---\nx",
        "---\nid: \x00\n---\nx",
        entry(body=""),
        entry(contacts="{number: 911}"),
        entry(elements="[a, b]"),
    ],
)
def test_a_broken_file_is_a_finding_and_never_an_exception(tmp_path: Path, source: str) -> None:
    """Whatever is in the file, the registry says so."""
    registry = load(tmp_path, note__1=source)
    assert registry.findings
    assert all(finding.id.startswith("REG") and finding.line >= 1 for finding in registry.findings)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=8),
            st.sampled_from(["---\n", "id: ", "- ", "[", "{", "&a ", "*a", "!!python", "\n"]),
        ),
        max_size=20,
    )
)
def test_random_files_never_raise(pieces: list[str]) -> None:
    """A file is a wording or a finding."""
    found = read_entry("---\n" + "".join(pieces), "templates/disclaimers/note/1.en-US.md")
    assert found.wording or found.findings


def test_a_file_that_is_not_utf8_is_a_finding(tmp_path: Path) -> None:
    """Bytes of another encoding are refused, not guessed."""
    path = tmp_path / FOLDER / "note" / "1.en-US.md"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"---\nid: caf\xe9\n---\n")
    (finding,) = load_registry(tmp_path / FOLDER, tmp_path).findings
    assert (finding.id, finding.message) == ("REG001", "the file is not UTF-8")


def test_an_empty_registry_is_a_finding(tmp_path: Path) -> None:
    """A registry that was lost must not look like one without faults."""
    (finding,) = load_registry(tmp_path / FOLDER, tmp_path).findings
    assert (finding.id, finding.file) == ("REG001", "templates/disclaimers")


def test_a_changed_text_is_found_with_the_right_hash(tmp_path: Path) -> None:
    """REG002 tells to make a new version, and prints the hash that the text has."""
    body = BODY.replace("*not*", "*never*")
    text = "Call 911 in an emergency. This is never medical advice."
    finding = only(tmp_path, entry(body, elements='{E2: "This is never medical advice."}'))
    assert (finding.id, finding.line) == ("REG002", 12)
    assert "make a new version" in finding.hint
    assert fingerprint(text, ["tel:911"]) in finding.hint


def test_a_changed_link_is_a_changed_wording(tmp_path: Path) -> None:
    """Where a link leads was approved with the words."""
    assert only(tmp_path, entry(BODY.replace("tel:911", "tel:900"))).id == "REG002"


@pytest.mark.parametrize(
    "body",
    [
        "# Heading\n\ntext",
        "- item one",
        "a <b>tag</b>",
        "`code` here",
        "[label](javascript:x) here",
        "unbalanced *star",
        "[x][ref] here",
        "{{ name }} hello",
    ],
)
def test_markup_that_readers_would_see_is_refused(tmp_path: Path, body: str) -> None:
    """REG001: a wording has paragraphs, strong, emphasis and links only."""
    findings = load(tmp_path, note__1=entry(body, elements="{}", contacts="", sha256='"0"')).findings
    assert any("is no markup of a wording" in finding.message for finding in findings)


def test_the_law_is_not_to_be_reworded(tmp_path: Path) -> None:
    """REG003 names the first word that departs from the mandated text."""
    body = MANDATED["supplement", "en"].replace("cure, or prevent", "or cure")
    sha = f'"{fingerprint(body)}"'
    plain = {"id": '"supplement"', "kind": '"mandated"', "elements": "{}", "contacts": "", "sha256": sha}
    (finding,) = load(tmp_path, supplement__1=entry(body, **plain)).findings
    assert finding.id == "REG003"
    assert "altered at word" in finding.message
    assert "'or' is added" in finding.message
    assert MANDATED["supplement", "en"] in finding.hint


@pytest.mark.parametrize(
    ("ident", "kind", "said"),
    [("note", "mandated", "no law's text is known"), ("supplement", "house", "is mandated by law")],
)
def test_mandated_and_house_are_not_mixed_up(tmp_path: Path, ident: str, kind: str, said: str) -> None:
    """REG003: only the law's own texts are mandated, and they always are."""
    body = MANDATED["supplement", "en"]
    keys = {"id": f'"{ident}"', "kind": f'"{kind}"', "elements": "{}", "contacts": ""}
    source = entry(body, sha256=f'"{fingerprint(body)}"', **keys)
    findings = load(tmp_path, **{f"{ident}__1": source}).findings
    assert [(finding.id, said in finding.message) for finding in findings] == [("REG003", True)]


def test_a_required_element_that_is_missing_is_found(tmp_path: Path) -> None:
    """REG004: the general notice needs E1 to E5 and E9."""
    findings = load(tmp_path, gen__1=entry(id='"gen"')).findings
    missing = {re.search(r"element (\w+)", finding.message)[1] for finding in findings}  # type: ignore[index]
    assert {finding.id for finding in findings} == {"REG004"}
    assert missing == {"E1", "E3", "E4", "E5", "E9"}


@pytest.mark.parametrize(
    ("elements", "rule", "said"),
    [
        ('{E2: "no such words"}', "REG004", "the words of element E2 are not in the text"),
        ('{E77: "medical advice"}', "REG004", "unknown element 'E77'"),
        ('{E2: "medical advice"}', "REG005", "element E2 has lost its"),
    ],
)
def test_elements_must_be_words_of_the_text_and_keep_their_not(
    tmp_path: Path, elements: str, rule: str, said: str
) -> None:
    """A reviewed phrase is there, and says what it must."""
    finding = only(tmp_path, entry(elements=elements))
    assert (finding.id, said in finding.message) == (rule, True)


@pytest.mark.parametrize(
    ("words", "twice"),
    [
        ("This is not never advice", True),
        ("You cannot not ask a doctor", True),
        ("It is not advice, not a cure", False),
        ("It is not advice and not a cure", False),
    ],
)
def test_a_double_negation_is_found(tmp_path: Path, words: str, *, twice: bool) -> None:
    """REG005: two negations that cancel out say the opposite."""
    source = entry(
        f"{words}.", elements=f'{{E2: "{words}"}}', contacts="", sha256=f'"{fingerprint(words + ".")}"'
    )
    found = load(tmp_path, note__1=source).findings
    assert [finding.id for finding in found] == (["REG005"] if twice else [])


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ({}, {}, True),
        ({"effective_to": '"2027-01-01"'}, {"effective_from": '"2027-01-01"'}, False),
        ({"effective_to": '"2027-01-02"'}, {"effective_from": '"2027-01-01"'}, True),
        ({}, {"jurisdictions": '["US", "CA"]'}, False),
    ],
    ids=["both", "one after the other", "one day", "other countries"],
)
def test_one_version_is_in_force_at_a_time(
    tmp_path: Path, first: dict[str, str], second: dict[str, str], *, overlap: bool
) -> None:
    """REG009: exactly one per id, locale and set of countries on each day."""
    registry = load(tmp_path, note__1=entry(**first), note__2=entry(version='"2"', **second))
    assert [finding.id for finding in registry.findings] == (["REG009"] if overlap else [])


def test_a_wording_that_ends_before_it_begins_is_found(tmp_path: Path) -> None:
    """REG009: such a window holds no day."""
    finding = only(tmp_path, entry(effective_to='"2025-12-31"'))
    assert (finding.id, finding.line) == ("REG009", 15)


@pytest.mark.parametrize(
    ("on", "is_in_force"),
    [("2025-12-31", False), ("2026-01-01", True), ("2026-12-31", True), ("2027-01-01", False)],
)
def test_a_wording_is_in_force_up_to_but_not_on_its_last_date(on: str, *, is_in_force: bool) -> None:
    """effective_from is inclusive, effective_to is exclusive."""
    source = entry(effective_to='"2027-01-01"')
    wording = read_entry(source, "templates/disclaimers/note/1.en-US.md").wording
    assert wording
    assert in_force(wording, dt.date.fromisoformat(on)) is is_in_force


def test_our_wordings_stay_in_force() -> None:
    """No build turns red by waiting."""
    assert all(in_force(wording, dt.date(2040, 1, 1)) for wording in OURS.wordings)


@pytest.mark.parametrize("name", [".DS_Store", "1.en-US.md~", ".1.en-US.md.swp", "1.en-US.md.orig"])
def test_what_editors_leave_behind_is_no_wording(tmp_path: Path, name: str) -> None:
    """A copy that an editor keeps stops no issue."""
    folder = tmp_path / "templates/disclaimers/gen"
    folder.mkdir(parents=True)
    (folder / "1.en-US.md").write_text(entry(BODY))
    before = load_registry(tmp_path / "templates/disclaimers", tmp_path)
    (folder / name).write_text("---\nhalf")
    assert load_registry(tmp_path / "templates/disclaimers", tmp_path) == before
