"""Settings are complete and typed, or refused with every problem and its line."""

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.findings import Findings
from pipeline.localtime import parse_slot
from pipeline.model import Finding, Image, Issue
from pipeline.settings import KEYS, Smtp, load_settings, next_slot, parse_settings
from pipeline.stages.load import parse_issue

ROOT = Path(__file__).parents[1]
OURS = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def _edited(tmp_path: Path, key: str, line: str) -> Path:
    """Write our pyproject.toml to *tmp_path* with the line of *key* replaced."""
    before, ours = OURS.split("[tool.newsletter]\n")
    edited = re.sub(rf"(?m)^{re.escape(key)} = .*$", lambda _: line, ours, count=1)
    assert edited != ours
    (tmp_path / "pyproject.toml").write_text(f"{before}[tool.newsletter]\n{edited}", encoding="utf-8")
    return tmp_path


def _findings(folder: Path) -> tuple[Finding, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(folder)
    return caught.value.findings


def _issue(front_matter: str) -> Issue:
    text = f"---\ntitle: A\n{front_matter}\n---\nHello\n"
    return parse_issue(text.encode(), ROOT / "issues/2026-12-01-back.md", load_settings(ROOT))


def test_our_own_settings_are_read_from_any_folder_below() -> None:
    """The nearest parent with [tool.newsletter] is the root; values are typed."""
    settings = load_settings(ROOT / "pipeline" / "stages")
    assert settings.root == ROOT
    assert settings.sender == "Coach Luke <luke@steady.example>"
    assert settings.markets == ("US",)
    assert settings.send_slot == parse_slot("Tue 07:30")
    assert (settings.lead_time, settings.latest_send) == (dt.timedelta(minutes=30), dt.timedelta(hours=2))
    assert settings.audiences["weekly"].target["outbox"] == [
        "Ada Moreno <ada@example.com>",
        "ben@example.com",
    ]
    assert settings.receipts == "branch"
    assert settings.registry_path == ROOT / "templates/disclaimers"
    assert settings.cache_path == ROOT / ".newsletter/cache"


def test_a_pyproject_without_our_table_is_passed_over(tmp_path: Path) -> None:
    """A package inside the newsletter's repository has a pyproject.toml of its own."""
    (tmp_path / "pyproject.toml").write_text(OURS, encoding="utf-8")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/pyproject.toml").write_text("[tool.ruff]\n", encoding="utf-8")
    assert load_settings(tmp_path / "inner").root == tmp_path


def test_without_settings_the_error_says_where_to_stand(tmp_path: Path) -> None:
    """There is no newsletter in an empty folder."""
    with pytest.raises(SettingsError, match=r"no pyproject\.toml with \[tool\.newsletter\]") as caught:
        load_settings(tmp_path)
    assert "--root" in caught.value.hint


@pytest.mark.parametrize(
    ("key", "line", "rule", "message", "hint"),
    [
        ("id", "idd = 'steady'", "SET003", "unknown key 'idd'", "did you mean 'id'?"),
        ("id", "", "SET004", "id is missing", "add id under [tool.newsletter]"),
        ("id", "id = 'Steady News'", "SET006", "id cannot be 'Steady News'", "steady"),
        ("name", "name = ''", "SET006", "name cannot be ''", "one line of text"),
        ("name", 'name = "a\\nb"', "SET006", r"name cannot be 'a\nb'", "one line of text"),
        ("name", "name = 3", "SET005", "name is not text", "quotes"),
        ("url", "url = 'steady.example'", "SET006", "url cannot be 'steady.example'", "https://"),
        ("archive_url", "archive_url = 'ftp://x.example'", "SET006", "archive_url cannot be", "https://"),
        ("timezone", "timezone = 'Amerika/New_York'", "SET006", "no such time zone", "'America/New_York'"),
        ("timezone", "timezone = 5", "SET005", "timezone is not text", "quotes"),
        ("language", "language = 'english'", "SET006", "language cannot be 'english'", "en-US"),
        ("markets", "markets = []", "SET006", "markets is empty", "US"),
        ("markets", "markets = ['UK']", "SET006", "markets cannot hold 'UK'", "GB"),
        ("markets", "markets = 'US'", "SET005", "markets is not a list", "brackets"),
        ("from", "from = 'Coach Luke'", "SET006", "from cannot be 'Coach Luke'", "<luke@steady.example>"),
        ("from", "from = 'a@b.example, c@d.example'", "SET006", "from cannot be", "<luke@steady.example>"),
        (
            "from",
            'from = "Luke\\r\\nBcc: x <l@steady.example>"',
            "SET006",
            "from cannot be",
            "<luke@steady.example>",
        ),
        ("reply_to", "reply_to = 'hello@'", "SET006", "reply_to cannot be 'hello@'", "<luke@steady.example>"),
        ("readers", "readers = 0", "SET006", "readers cannot be 0", "above zero"),
        ("readers", "readers = true", "SET005", "readers is not a whole number", "quotes"),
        ("send_slot", "send_slot = 'Tuesday'", "SET006", "send_slot has no weekday and hour", "Tue 07:30"),
        ("lead_time", "lead_time = '30 minutes'", "SET006", "lead_time cannot be '30 minutes'", '"30m"'),
        ("lead_time", "lead_time = '1d'", "SET006", "lead_time is no shorter than horizon", "such as a day"),
        ("latest_send", "latest_send = 2", "SET005", "latest_send is not text", "quotes"),
        ("require_approval", "require_approval = 'no'", "SET005", "not true or false", "quotes"),
        ("audience", "audience = 'weekli'", "SET009", "no such audience: 'weekli'", "did you mean 'weekly'?"),
        ("id", "id = 'steady'\nreceipts = 'brnach'", "SET006", "receipts cannot be 'brnach'", '"branch"'),
        ("id", "id = 'steady'\nreceipts = ''", "SET006", "receipts cannot be ''", ".newsletter/receipts"),
        ("template", "template = '../weekly'", "SET006", "template cannot be '../weekly'", "weekly"),
        (
            "path",
            "api_key = 'sk-123'",
            "SET007",
            "a secret in a file that is shared: 'api_key'",
            "environment",
        ),
        ("name", "name = 'S'\napi-token = 'sk-123'", "SET007", "'api-token'", "set it in the environment"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line_and_remedy(
    tmp_path: Path, *, key: str, line: str, rule: str, message: str, hint: str
) -> None:
    """Each problem says what, where and how to mend; a secret's value is never shown."""
    folder = _edited(tmp_path, key, line)
    (finding,) = [finding for finding in _findings(folder) if finding.id == rule]
    assert message in finding.message
    assert hint in finding.hint
    assert "sk-123" not in f"{finding.message} {finding.hint}"
    assert (finding.file, finding.part) == ("pyproject.toml", "settings")
    text = (folder / "pyproject.toml").read_text(encoding="utf-8").split("\n")[finding.line - 1]
    assert text == (line.rpartition("\n")[2] or "[tool.newsletter]")


SMTP = "[tool.newsletter.smtp]\nhost = 'smtp.steady.example'\nuser = 'proofs'\n"


@pytest.mark.parametrize(
    ("lines", "port", "security"),
    [
        ("", 587, "starttls"),
        ("security = 'tls'\n", 465, "tls"),
        ("security = 'starttls'\nport = 2525\n", 2525, "starttls"),
    ],
)
def test_a_mail_server_for_proofs_has_a_port_by_its_security(
    tmp_path: Path, lines: str, port: int, security: str
) -> None:
    """RFC 8314, section 3: 587 with STARTTLS, 465 with TLS from the start; none is set unless named."""
    assert load_settings(ROOT).smtp is None
    (tmp_path / "pyproject.toml").write_text(OURS + SMTP + lines, encoding="utf-8")
    assert load_settings(tmp_path).smtp == Smtp("smtp.steady.example", port, security, "proofs")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "rule", "message", "hint"),
    [
        ("host = 'https://smtp.steady.example'", "SET006", "host cannot be", "smtp.steady.example"),
        ("host = 'smtp..example'", "SET006", "host cannot be", "smtp.steady.example"),
        (f"host = '{'a' * 64}.example'", "SET006", "host cannot be", "smtp.steady.example"),
        ("", "SET004", "host is missing", "add host under [tool.newsletter.smtp]"),
        ("host = 'a'\nsecurity = 'none'", "SET006", "security cannot be 'none'", "known are: starttls, tls"),
        ("host = 'a'\nsecurity = 'start-tls'", "SET006", "security cannot be", "did you mean 'starttls'?"),
        ("host = 'a'\nsecurity = true", "SET005", "security is not text", "quotes"),
        ("host = 'a'\nport = 65536", "SET006", "port cannot be 65536", "from 1 to 65535"),
        ("host = 'a'\nport = '587'", "SET005", "port is not a whole number", "quotes"),
        ("host = 'a'\nuser_name = 'b'", "SET003", "unknown key 'user_name'", "did you mean 'user'?"),
        ("host = 'a'\npassword = 'sk-123'", "SET007", "a secret in a file that is shared", "environment"),
    ],
)
def test_a_wrong_mail_server_is_named_with_its_line(
    tmp_path: Path, line: str, rule: str, message: str, hint: str
) -> None:
    """There is no way to ask for one without TLS, and none to write the password down."""
    text = OURS + f"[tool.newsletter.smtp]\nuser = 'proofs'\n{line}\n"
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    (finding,) = _findings(tmp_path)
    assert finding.id == rule
    assert message in finding.message
    assert hint in finding.hint
    assert "sk-123" not in f"{finding.message} {finding.hint}"
    assert text.split("\n")[finding.line - 1] == (line.rpartition("\n")[2] or "[tool.newsletter.smtp]")


def test_a_mail_server_that_is_no_table_is_refused(tmp_path: Path) -> None:
    """It has several keys."""
    (finding,) = _findings(_edited(tmp_path, "name", "name = 'Steady'\nsmtp = 'smtp.steady.example'"))
    assert (finding.id, finding.message) == ("SET005", "smtp is not a table")


@pytest.mark.parametrize(
    "target", ["", "outbox = []", "outbox = ''", "outbox = 0", "outbx = ['a@example.com']"]
)
def test_an_audience_must_say_whom_it_reaches(tmp_path: Path, target: str) -> None:
    """An empty target means everyone at some providers, so there is none."""
    (finding,) = _findings(_edited(tmp_path, "outbox", target))
    assert finding.id == "SET008"
    assert "add outbox = ... under [tool.newsletter.audiences.weekly]" in finding.hint


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    """An editor mends all of them before the next run."""
    (tmp_path / "pyproject.toml").write_text(
        "[tool.newsletter]\nnmae = 3\nreaders = 'many'\n", encoding="utf-8"
    )
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path)
    rules = {finding.id for finding in caught.value.findings}
    assert rules == {"SET003", "SET004", "SET005"}
    assert caught.value.message == f"pyproject.toml: {len(caught.value.findings)} problems"


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (b"[tool.newsletter]\nid = \n", "SET002", 2),
        (b"name = 'caf\xe9'", "SET001", 0),
        (b"a = " + b"[" * 5000, "SET002", 0),
    ],
    ids=["no TOML", "no UTF-8", "too deep"],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, data: bytes, rule: str, line: int) -> None:
    """No traceback, whatever the bytes."""
    (tmp_path / "pyproject.toml").write_bytes(data)
    (finding,) = _findings(tmp_path)
    assert (finding.id, finding.line) == (rule, line)


def test_settings_that_may_be_left_out_have_defaults(tmp_path: Path) -> None:
    """A newsletter without archive and extras is complete."""
    text = OURS
    for key in (
        "archive_url",
        "reply_to",
        "readers",
        "subscribe_url",
        "lead_time",
        "latest_send",
        "provider",
    ):
        text = re.sub(rf"(?m)^{key} = .*\n", "", text)
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    settings = load_settings(tmp_path)
    assert (settings.archive_url, settings.reply_to, settings.readers) == ("", "", None)
    assert (settings.provider, settings.lead_time) == ("outbox", dt.timedelta(minutes=30))
    assert settings.receipts == "branch"


@pytest.mark.parametrize("folder", [".receipts", "records/mail", "/var/lib/steady"])
def test_receipts_may_be_a_folder(tmp_path: Path, folder: str) -> None:
    """With a slash or a leading dot it is a folder, relative to the newsletter's."""
    settings = load_settings(_edited(tmp_path, "id", f"id = 'steady'\nreceipts = '{folder}'"))
    assert settings.receipts == tmp_path / folder


def test_a_permalink_hangs_on_the_slug_and_the_archive() -> None:
    """Slug under archive_url with one slash at the end; none where there is no page."""
    settings = load_settings(ROOT)
    assert settings.permalink(_issue("slug: back")) == "https://steady.example/issues/back/"
    assert settings.permalink(_issue("archive: unlisted")) == "https://steady.example/issues/2026-12-01-back/"
    assert settings.permalink(_issue("archive: none")) == ""
    assert replace(settings, archive_url="").permalink(_issue("slug: back")) == ""


def test_an_images_address_hangs_on_its_bytes_and_width() -> None:
    """The mail refers to the published file; without an archive, to a file beside it."""
    settings = load_settings(ROOT)
    image = Image("a.png", ROOT / "a.png", "0" * 64, 1200, 600, "png")
    assert re.fullmatch(r"https://steady\.example/issues/assets/[0-9a-f]{16}\.png", settings.image_url(image))
    assert replace(settings, archive_url="").image_url(image).startswith("assets/")
    assert settings.image_url(image) != settings.image_url(replace(image, sha256="1" * 64))
    assert settings.image_url(image) != settings.image_url(replace(image, width=600))


def test_the_next_slot_is_in_the_newsletters_zone() -> None:
    """Tuesday half past seven in New York."""
    moment = next_slot(load_settings(ROOT), after=dt.datetime(2026, 11, 24, 13, tzinfo=dt.UTC))
    assert moment.isoformat() == "2026-12-01T07:30:00-05:00"


TOML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@hypothesis_settings(deadline=None, derandomize=True, max_examples=300)
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=12), TOML, max_size=12))
def test_any_table_is_read_or_refused_with_findings(values: dict[str, object]) -> None:
    """No value of any kind gives a traceback."""
    with pytest.raises(SettingsError) as caught:
        parse_settings(values, root=ROOT, lines={}, found=Findings("pyproject.toml", "settings"))
    assert caught.value.findings
