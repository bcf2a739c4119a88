"""`newsletter proof`: a finished copy, delivered by a real mail server, proved by `verify`."""

import email
import email.policy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from conftest import SetClock
from mailserver import PASSWORD, Authority, Mailbox, mail_server
from pipeline.commands.build import build
from pipeline.commands.proof import proof
from pipeline.commands.verify import verify
from pipeline.errors import AuthError, Rejected, SettingsError, UsageError
from pipeline.output import Result
from pipeline.settings import Smtp

ISSUE = "2026-12-01-when-one-side-works-harder"
TO = "editor@house.example"


@pytest.fixture
def mailbox() -> Mailbox:
    """What arrived."""
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Smtp]:
    """A mail server that the newsletter in *root* is set up for."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    monkeypatch.setenv("NEWSLETTER_SMTP_PASSWORD", PASSWORD)
    with mail_server(mailbox, authority.context) as smtp:
        with (root / "pyproject.toml").open("a", encoding="utf-8") as settings:
            settings.write(
                f'\n[tool.newsletter.smtp]\nhost = "{smtp.host}"\nport = {smtp.port}\nuser = "{smtp.user}"\n'
            )
        yield smtp


def mailed(root: Path, clock: SetClock, *to: str, persona: str = "reader", issue: str = ISSUE) -> Result:
    """Run the command."""
    return proof(root, issue, to=to or (TO,), persona_name=persona, clock=clock)


def parsed(content: bytes) -> EmailMessage:
    """Read a mail; a defect is a failure."""
    message = email.message_from_bytes(content, policy=email.policy.default.clone(raise_on_defect=True))
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    """Return the one part of this kind."""
    (found,) = [leaf for leaf in message.walk() if leaf.get_content_type() == kind]
    return found.get_content().replace("\r\n", "\n")


@pytest.mark.usefixtures("server")
def test_the_command_delivers_a_copy_that_verify_proves(
    root: Path, mailbox: Mailbox, tmp_path: Path, clock: SetClock
) -> None:
    """From the command line to the mailbox, and from there to the proof that both parts show the wordings."""
    command = [sys.executable, "-m", "pipeline", "--root", str(root), "proof", ISSUE, "--to", TO, "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["ok"], told["copies"], told["fit"]) == (0, True, 1, True)
    assert told["subject"].startswith("[Proof] ")
    assert TO not in ran.stdout + ran.stderr
    assert PASSWORD not in ran.stdout + ran.stderr
    delivered = tmp_path / "delivered.eml"
    delivered.write_bytes(mailbox.mails[0].content)
    build(root, ISSUE, folder=tmp_path / "built", persona_name=None, clock=clock)
    wordings = json.loads((tmp_path / "built/message.json").read_text(encoding="utf-8"))["wordings"]
    assert len(wordings) > 1
    proved = verify(root, delivered, text=None, require=wordings, clock=clock)
    assert (proved.exit_code, proved.findings) == (0, [])
    assert proved.text.endswith("shown to every reader, in both parts\n")


@pytest.mark.usefixtures("server")
def test_a_text_part_without_the_wording_is_seen_in_the_delivered_copy(
    root: Path, mailbox: Mailbox, tmp_path: Path, clock: SetClock
) -> None:
    """What a server or a provider does to the text on its way does not pass."""
    mailed(root, clock)
    message = parsed(mailbox.mails[0].content)
    plain = message.get_body(("plain",))
    assert plain is not None
    plain.set_content("See the letter online.")
    delivered = tmp_path / "delivered.eml"
    delivered.write_bytes(message.as_bytes())
    result = verify(root, delivered, text=None, require=[], clock=clock)
    assert (result.exit_code, {finding.id for finding in result.findings}) == (1, {"DISC002"})


@pytest.mark.usefixtures("server")
def test_html_and_text_are_those_of_build_but_for_where_pictures_lie(
    root: Path, mailbox: Mailbox, tmp_path: Path, clock: SetClock
) -> None:
    """Every picture of the issue's own travels inside the mail; nothing else differs."""
    told = mailed(root, clock, persona="arabic").data
    build(root, ISSUE, folder=tmp_path / "built", persona_name="arabic", clock=clock)
    message = parsed(mailbox.mails[0].content)
    pictures = {leaf["Content-ID"].strip("<>"): leaf for leaf in message.walk() if leaf["Content-ID"]}
    html = part(message, "text/html")
    for name, leaf in pictures.items():
        file = name.partition("@")[0]
        assert leaf.get_content() == (tmp_path / "built/assets" / file).read_bytes()
        html = html.replace(f'src="cid:{name}"', f'src="assets/{file}"')
    assert [name.partition("@")[0] for name in pictures] == told["pictures"]
    assert len(pictures) == 2
    assert html == (tmp_path / "built/message.html").read_text(encoding="utf-8")
    assert part(message, "text/plain") == (tmp_path / "built/message.txt").read_text(encoding="utf-8")
    assert "ليلى" in html


@pytest.mark.usefixtures("server")
def test_each_copy_is_addressed_to_one_and_offers_no_way_to_unsubscribe(
    root: Path, mailbox: Mailbox, clock: SetClock
) -> None:
    """Dated now, with a header of its own; an address given twice gets one copy."""
    result = mailed(root, clock, TO, "ada@büro.example", TO.upper())
    assert result.text.startswith(f"{ISSUE}: a proof is on its way to 2 addresses, through 127.0.0.1:")
    assert [mail.to for mail in mailbox.mails] == [(TO.upper(),), ("ada@xn--bro-hoa.example",)]
    for mail in mailbox.mails:
        message = parsed(mail.content)
        assert mail.sender == "luke@steady.example"
        assert [address.addr_spec for address in message["To"].addresses] == list(mail.to)
        assert (message["Cc"], message["Bcc"]) == (None, None)
        assert not [name for name in message if name.lower().startswith("list-")]
        assert message["X-Newsletter-Proof"] == f"steady-{ISSUE} {result.data['content_digest']}"
        assert message["Date"].datetime == clock.now


@pytest.mark.usefixtures("server")
def test_a_second_proof_is_another_mail(root: Path, mailbox: Mailbox, clock: SetClock) -> None:
    """Mailboxes keep one mail of each Message-ID: the second would not be seen."""
    mailed(root, clock)
    clock.now = clock.now.replace(second=1)
    mailed(root, clock)
    assert len({parsed(mail.content)["Message-ID"] for mail in mailbox.mails}) == 2


@pytest.mark.usefixtures("server")
def test_what_is_not_fit_goes_out_and_its_subject_says_so(
    root: Path, mailbox: Mailbox, clock: SetClock
) -> None:
    """Editors want to see a draft; nobody takes it for a finished letter; exit code 1, as for build."""
    file = root / "issues" / ISSUE / "index.md"
    file.write_text(
        file.read_text(encoding="utf-8") + "\nSee [this](#).\n\n{{ first_nme }}\n", encoding="utf-8"
    )
    result = mailed(root, clock)
    assert (result.exit_code, result.data["fit"]) == (1, False)
    assert any(finding.severity.stops for finding in result.findings)
    assert "; not fit to send: " in result.text
    assert parsed(mailbox.mails[0].content)["Subject"].startswith("[Proof, not fit to send] ")


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("to", "message"),
    [
        (["ada@example.com"], "--to names an address of audience 'weekly': 'ada@example.com'"),
        (["BEN@example.com"], "--to names an address of audience 'weekly': 'BEN@example.com'"),
        (
            [f"a{number}@house.example" for number in range(11)],
            "11 addresses, and a proof goes to 10 at most",
        ),
        (["Ada <a@house.example>"], "--to is no mail address: 'Ada <a@house.example>'"),
        (["a@house.example,b@house.example"], "--to is no mail address"),
        (["a@house.example\r\nBcc: b@house.example"], "--to is no mail address"),
        (["a@house.example\x00"], "--to holds a character"),
        (["editor"], "--to is no mail address: 'editor'"),
        (["a@localhost"], "--to is no mail address"),
        (["ü@house.example"], "--to is no mail address"),
        (["a@ü..example"], "--to is no mail address"),
        ([""], "--to is no mail address"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(
    root: Path, mailbox: Mailbox, clock: SetClock, to: list[str], message: str
) -> None:
    """A reader, a crowd, or what is no bare address; no connection is made."""
    with pytest.raises(UsageError, match=re.escape(message)):
        mailed(root, clock, *to)
    assert (mailbox.commands, mailbox.mails) == ([], [])


@pytest.mark.usefixtures("server")
def test_a_lists_own_address_is_refused_wherever_settings_name_it(root: Path, clock: SetClock) -> None:
    """Also below another provider's name: mail to it would reach everyone on the list."""
    file = root / "pyproject.toml"
    text = file.read_text(encoding="utf-8")
    target = '[tool.newsletter.audiences.weekly]\nother = {lists = ["Weekly <All@lists.example>"]}\n'
    file.write_text(text.replace("[tool.newsletter.audiences.weekly]\n", target), encoding="utf-8")
    with pytest.raises(UsageError, match=r"audience 'weekly': 'all@lists\.example'"):
        mailed(root, clock, "all@lists.example")


@pytest.mark.usefixtures("server")
def test_what_the_server_refuses_is_told(
    root: Path, mailbox: Mailbox, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password and a refused address come through as they are."""
    mailbox.refuse[TO] = "550 no such user"
    with pytest.raises(Rejected, match="550 no such user"):
        mailed(root, clock)
    monkeypatch.setenv("NEWSLETTER_SMTP_PASSWORD", "old-pa55")
    with pytest.raises(AuthError, match="535"):
        mailed(root, clock)


def test_without_a_server_or_its_password_the_settings_are_named(
    root: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What to add, and where."""
    monkeypatch.delenv("NEWSLETTER_SMTP_PASSWORD", raising=False)
    with pytest.raises(SettingsError, match="no mail server is set") as caught:
        mailed(root, clock)
    assert "[tool.newsletter.smtp]" in caught.value.hint
    with (root / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[tool.newsletter.smtp]\nhost = "smtp.invalid"\nuser = "a"\n')
    with pytest.raises(SettingsError, match="NEWSLETTER_SMTP_PASSWORD is not set"):
        mailed(root, clock)


@pytest.mark.usefixtures("server")
def test_an_unknown_persona_is_refused(root: Path, clock: SetClock) -> None:
    """With the known ones."""
    with pytest.raises(UsageError, match="no persona is called 'redaer'"):
        mailed(root, clock, persona="redaer")
