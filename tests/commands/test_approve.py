"""`newsletter approve`: a reviewer signs what they read, and `send` with require_approval asks for it."""

import datetime as dt
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from conftest import SetClock
from pipeline import cli
from pipeline.commands.approve import approve
from pipeline.commands.build import build
from pipeline.commands.cancel import cancel
from pipeline.commands.check import check
from pipeline.commands.send import send
from pipeline.errors import ChecksFailed, Refused, UsageError
from pipeline.model import Finding
from pipeline.output import Result

ISSUE = "2026-12-01-when-one-side-works-harder"
KEY = f"steady-{ISSUE}"


@pytest.fixture
def office(root: Path) -> Path:
    """Our newsletter, with sign-offs required and a reviewer named in its first issue."""
    edit(root / "pyproject.toml", "require_approval = false", "require_approval = true")
    edit(letter(root), "\nauthors:", "\nreviewed_by: Dr. Ada Moreno\nreviewer_credential: DPT\nauthors:")
    return root


def letter(root: Path) -> Path:
    """Return the file of the issue."""
    return root / "issues" / ISSUE / "index.md"


def edit(path: Path, old: str, new: str) -> None:
    """Replace the one place in which *old* stands."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def yes(_rows: Sequence[tuple[str, str]]) -> bool:
    """Sign."""
    return True


def signed(
    root: Path,
    clock: SetClock,
    *,
    by: str = "Ada Moreno",
    credential: str | None = None,
    read: str | None = None,
    confirm: Callable[[Sequence[tuple[str, str]]], bool] = yes,
) -> Result:
    """Sign the issue."""
    return approve(root, ISSUE, by=by, credential=credential, read=read, confirm=confirm, clock=clock)


def sent(root: Path, clock: SetClock, *, at: str | None = None) -> Result:
    """Send the issue."""
    return send(root, ISSUE, at=at, confirm=lambda _dispatch: True, clock=clock)


def on_record(root: Path) -> list[str]:
    """Return the kinds of the entries on record."""
    path = root / ".newsletter" / "receipts" / KEY / "receipt.json"
    return [entry["kind"] for entry in json.loads(path.read_bytes())["entries"]] if path.exists() else []


def test_a_signed_issue_is_sent_and_an_unsigned_one_is_not(office: Path, clock: SetClock) -> None:
    """The way of an issue where sign-offs are required."""
    with pytest.raises(Refused, match="nobody has signed it off"):
        sent(office, clock)
    assert signed(office, clock).data["outcome"] == "approved"
    assert sent(office, clock).data["outcome"] == "scheduled"
    assert on_record(office) == ["approved", "claimed", "scheduled"]


def test_one_changed_letter_voids_a_sign_off(office: Path, clock: SetClock) -> None:
    """REV003: signed, corrected, refused; signed again, sent."""
    signed(office, clock)
    path = letter(office)
    text = path.read_text(encoding="utf-8")
    start = text.index("\n---\n", 4)
    change = re.search(r"\bthe\b", text[start:])
    assert change is not None
    at = start + change.start()
    path.write_text(f"{text[:at]}tha{text[at + 3 :]}", encoding="utf-8")
    with pytest.raises(Refused, match="changed since Ada Moreno signed it"):
        sent(office, clock)
    assert signed(office, clock).data["outcome"] == "approved"
    assert sent(office, clock).data["outcome"] == "scheduled"


def test_a_changed_template_voids_a_sign_off(office: Path, clock: SetClock) -> None:
    """The signature is on what readers get, whatever made it."""
    signed(office, clock)
    path = office / "templates" / "partials" / "opening.html"
    path.write_text(path.read_text(encoding="utf-8").replace("Medically reviewed", "Carefully reviewed"))
    with pytest.raises(Refused, match="changed since"):
        sent(office, clock)


def test_another_hour_keeps_a_sign_off(office: Path, clock: SetClock) -> None:
    """Moving send_at changes no letter, in the front matter or with --at."""
    signed(office, clock)
    edit(letter(office), "send_at: 2026-12-01T07:30", "send_at: 2026-12-01T09:00")
    assert sent(office, clock).data["outcome"] == "scheduled"
    cancel(office, ISSUE, clock=clock)
    assert sent(office, clock, at="2026-12-02T08:00").data["outcome"] == "scheduled"
    assert on_record(office).count("approved") == 1


def test_the_signer_sees_what_is_signed(office: Path, clock: SetClock) -> None:
    """Subject, preheader, time, each wording with its version and approver, the whole digest."""
    seen: list[tuple[str, str]] = []

    def look(rows: Sequence[tuple[str, str]]) -> bool:
        seen.extend(rows)
        return False

    declined = signed(office, clock, confirm=look)
    assert (declined.data["outcome"], declined.text) == ("declined", f"{ISSUE}: nothing was signed\n")
    assert on_record(office) == []
    names = [name for name, _ in seen]
    assert [*dict.fromkeys(names)] == [
        *("subject", "preheader", "goes out", "wording", "content", "to read", "signer")
    ]
    rows = dict(seen)
    assert rows["subject"] in letter(office).read_text(encoding="utf-8")
    assert rows["goes out"].startswith("Tuesday 01 December 2026, 07:30 EST")
    assert ("wording", "gen@1, en-US, a sample, approved by nobody") in seen
    assert names.count("wording") == len(declined.data["wordings"])
    assert re.fullmatch("[0-9a-f]{64}", rows["content"])
    assert rows["signer"] == "Ada Moreno, DPT"


def test_the_signer_sees_the_waivers(office: Path, clock: SetClock) -> None:
    """OVR004: one that comes after the sign-off is signed anew, though it changes no letter."""
    signed(office, clock)
    waiver = '{rule: MD006, reason: "quote in note 3", by: Ben Ito, until: 2026-12-31}'
    edit(letter(office), "\nauthors:", f"\nwaivers: [{waiver}]\nauthors:")
    with pytest.raises(Refused, match="the waiver of MD006 is not among those that Ada Moreno signed"):
        sent(office, clock)
    seen: list[tuple[str, str]] = []
    again = signed(office, clock, confirm=lambda rows: not seen.extend(rows))  # type: ignore[func-returns-value]
    assert ("waiver", "MD006, by Ben Ito until 2026-12-31: quote in note 3") in seen
    assert again.data["outcome"] == "approved"
    assert sent(office, clock).data["outcome"] == "scheduled"


def test_the_digest_that_is_signed_is_the_one_that_build_writes(office: Path, clock: SetClock) -> None:
    """A reviewer reads files, and signs with the digest that lies beside them."""
    build(office, ISSUE, folder=None, persona_name="reader", clock=clock)
    described = json.loads((office / "build" / ISSUE / "message.json").read_bytes())
    done = signed(office, clock, read=described["content_digest"][:12].upper())
    assert done.data["content_digest"] == described["content_digest"]


def test_what_was_not_read_is_not_signed(office: Path, clock: SetClock) -> None:
    """A digest of other content is refused, one that is none is a slip."""
    with pytest.raises(Refused, match="it was changed"):
        signed(office, clock, read="0" * 12)
    for slip in ("0" * 11, "g" * 12, "0" * 65, ""):
        with pytest.raises(UsageError, match="no content digest"):
            signed(office, clock, read=slip)
    assert on_record(office) == []


def test_findings_stop_a_sign_off(office: Path, clock: SetClock) -> None:
    """Nobody signs what could not be sent."""
    (office / "templates" / "partials" / "disclaimer.html").write_text("")
    with pytest.raises(ChecksFailed) as caught:
        signed(office, clock)
    assert "DISC001" in {finding.id for finding in caught.value.findings}
    assert on_record(office) == []


def test_an_author_cannot_sign(office: Path, clock: SetClock) -> None:
    """REV006, before anything is asked."""
    with pytest.raises(Refused, match="is an author of it"):
        signed(office, clock, by="Luke", confirm=lambda _rows: pytest.fail("asked"))


def test_the_same_sign_off_twice_is_nothing_to_do(office: Path, clock: SetClock) -> None:
    """Before and after the send, and without a question."""
    signed(office, clock)
    for _ in range(2):
        again = signed(office, clock, confirm=lambda _rows: pytest.fail("asked"))
        assert (again.data["outcome"], again.exit_code) == ("nothing", 0)
        if "scheduled" not in on_record(office):
            sent(office, clock)
    assert on_record(office) == ["approved", "claimed", "scheduled"]


def test_a_dispatched_issue_cannot_be_signed(root: Path, clock: SetClock) -> None:
    """It says what to do instead."""
    sent(root, clock)
    with pytest.raises(Refused, match="already scheduled") as caught:
        signed(root, clock, credential="DPT")
    assert f"newsletter cancel {ISSUE}" in caught.value.hint


def test_sample_wordings_are_told(office: Path, clock: SetClock) -> None:
    """The outbox takes them; a reviewer should know that nobody else will."""
    (found,) = (one for one in signed(office, clock).findings if one.id == "REG001")
    assert "gen@1" in found.message
    assert found.file.startswith("templates/disclaimers/")
    assert found.severity.value == "warning"
    for path in (office / "templates" / "disclaimers").rglob("*.md"):
        edit(path, 'approved_by: "sample"', 'approved_by: "Ada Moreno"')
    again = signed(office, clock)
    assert [one for one in again.findings if one.id == "REG001"] == []
    assert again.data["outcome"] == "nothing"  # who approved a wording is no word of the letter


def test_a_signer_has_a_name_and_a_credential(root: Path, clock: SetClock) -> None:
    """The credential is the issue's own; where it names none, the option."""
    for by in ("", " - ", "Ada\x1b[31m Moreno"):
        with pytest.raises(UsageError, match="names nobody"):
            signed(root, clock, by=by, credential="DPT")
    with pytest.raises(UsageError, match="what makes Ada Moreno fit to sign"):
        signed(root, clock)
    assert signed(root, clock, by=" Ada \n Moreno ", credential="DPT").data["by"] == "Ada Moreno"


def test_a_credential_that_readers_are_not_told_is_a_slip(office: Path, clock: SetClock) -> None:
    """The record and the byline say the same."""
    with pytest.raises(UsageError, match="'MD', and the issue tells readers 'DPT'"):
        signed(office, clock, credential="MD")
    assert signed(office, clock, credential="dpt").data["credential"] == "DPT"


def rev(found: Sequence[Finding]) -> list[tuple[str, str]]:
    """Return rule and severity of what was found about the review."""
    return [(one.id, one.severity.value) for one in found if one.id.startswith("REV")]


def test_check_warns_of_what_is_not_signed_yet(office: Path, clock: SetClock) -> None:
    """REV003 stops a send and no build: the reviewer comes when the checks are clean."""
    unsigned = check(office, [ISSUE], strict=False, clock=clock)
    assert (rev(unsigned.findings), unsigned.exit_code) == ([("REV003", "warning")], 0)
    signed(office, clock)
    assert rev(check(office, [ISSUE], strict=True, clock=clock).findings) == []
    edit(letter(office), "\nreviewed_by: Dr. Ada Moreno", "\nreviewed_by: Ben Ito")
    assert rev(check(office, [ISSUE], strict=False, clock=clock).findings) == [("REV003", "warning")]


def test_check_says_nothing_of_the_sign_off_of_what_went_out(office: Path, clock: SetClock) -> None:
    """A template that changes later makes no old issue look unsigned."""
    signed(office, clock)
    sent(office, clock)
    path = office / "templates" / "partials" / "opening.html"
    path.write_text(path.read_text(encoding="utf-8").replace("Medically reviewed", "Carefully reviewed"))
    assert rev(check(office, [ISSUE], strict=True, clock=clock).findings) == []


def test_a_required_review_that_is_missing_blocks(office: Path, clock: SetClock) -> None:
    """REV001: without a reviewer there is nobody to sign."""
    edit(letter(office), "reviewed_by: Dr. Ada Moreno\nreviewer_credential: DPT\n", "")
    checked = check(office, [ISSUE], strict=False, clock=clock)
    assert (("REV001", "block") in rev(checked.findings), checked.exit_code) == (True, 1)
    with pytest.raises(ChecksFailed):
        signed(office, clock, credential="DPT")


def run(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    """Run the command in this process; return exit code, stdout and stderr."""
    monkeypatch.setattr(sys, "argv", ["newsletter", "--root", str(root), *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    captured = capsys.readouterr()
    return int(ended.value.code or 0), captured.out, captured.err


def test_without_a_terminal_a_sign_off_needs_the_digest(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody signs what they did not see: --yes alone is refused, and what there is to sign is shown."""
    command = ("approve", ISSUE, "--by", "Ada Moreno")
    code, _, err = run(office, monkeypatch, capsys, *command, "--yes")
    assert (code, "--yes needs --digest" in err) == (2, True)
    code, _, err = run(office, monkeypatch, capsys, *command)
    assert (code, "add --yes, and --digest" in err) == (2, True)
    (digest,) = re.findall(r"\b[0-9a-f]{64}\b", err)
    assert on_record(office) == []
    code, out, err = run(office, monkeypatch, capsys, *command, "--yes", "--digest", digest, "--json")
    plain = json.loads(out)
    assert (code, plain["outcome"], digest in err) == (0, "approved", True)
    assert plain.keys() == {
        *("schema_version", "verb", "ok", "findings"),
        *("key", "outcome", "by", "credential", "content_digest", "wordings"),
    }
    code, out, _ = run(office, monkeypatch, capsys, *command)
    assert (code, "nothing to do" in out) == (0, True)


def test_whoever_confirms_a_send_sees_who_signed(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside audience, time and digest."""
    edit(letter(office), "\ndate: 2026-12-01", "\ndate: 2026-11-01")
    moment = dt.datetime.now(ZoneInfo("America/New_York")) + dt.timedelta(hours=3)
    command = ("send", ISSUE, "--at", moment.isoformat(timespec="minutes"))
    code, _, err = run(office, monkeypatch, capsys, *command)
    assert (code, "nobody has signed it off" in err) == (6, True)
    run(office, monkeypatch, capsys, "build", ISSUE)
    digest = json.loads((office / "build" / ISSUE / "message.json").read_bytes())["content_digest"]
    run(office, monkeypatch, capsys, "approve", ISSUE, "--by", "Ada Moreno", "--yes", "--digest", digest)
    code, _, err = run(office, monkeypatch, capsys, *command)
    assert code == 2
    assert re.search(r"(?m)^signed by  Ada Moreno, DPT, on \d{4}-\d\d-\d\d \d\d:\d\d UTC$", err)
