"""Mail as bytes: which parts clients show, in whatever encoding they come."""

import email.policy
from email.message import EmailMessage, MIMEPart

import pytest
from mails import GEN, SHOWN, TEXT, message

from pipeline.examine import Mail, examine_mail
from pipeline.examine.reading.mail import Unreadable
from pipeline.examine.reading.mime import read_html, read_mail


def rules(whole: EmailMessage | bytes) -> set[str]:
    """Return the rules that a mail breaks."""
    data = whole if isinstance(whole, bytes) else whole.as_bytes()
    return {finding.id for finding in examine_mail(read_mail(data), [GEN])}


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
def test_no_encoding_changes_the_verdict(encoding: str, charset: str) -> None:
    """The words are the same words in any transfer encoding and character set."""
    curly = TEXT.replace("'", "'") + " Grüße"
    assert (
        rules(message(text=curly, html=SHOWN.replace("well", "wéll"), encoding=encoding, charset=charset))
        == set()
    )


def test_an_inline_picture_or_a_signature_around_the_mail_changes_nothing() -> None:
    """Related and mixed parts and signatures are walked through."""
    whole = message()
    whole.get_payload()[1].add_related(b"GIF89a", "image", "gif", cid="<hero>")
    whole.add_attachment(b"%PDF-", "application", "pdf", filename="plan.pdf")
    assert rules(whole) == set()
    signed = MIMEPart(policy=email.policy.SMTP)
    signed["Content-Type"] = 'multipart/signed; protocol="application/pkcs7-signature"; boundary="b"'
    signed.set_payload([whole, MIMEPart()])
    assert rules(b"From: a@b.example\r\n" + signed.as_bytes()) == set()


def test_the_related_root_that_is_named_counts() -> None:
    """The first of the related parts is not always the root."""
    whole = message()
    html = whole.get_payload()[1]
    html.add_related("Hello", subtype="plain", cid="<x>")
    assert rules(whole) == set()
    html.set_param("start", "<x>")
    assert rules(whole) == {"DISC001", "DISC002", "VIS021"}


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n",
        b"just words",
        b"From: a@b.example\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n",
    ],
)
def test_what_is_no_mail_is_unreadable(data: bytes) -> None:
    """Nobody is told that it does not show the wording: it is not known."""
    with pytest.raises(Unreadable):
        read_mail(data)


def test_flowed_text_is_joined() -> None:
    """format=flowed with delsp parts words at blanks that are not theirs."""
    words = TEXT.replace("education", "edu \ncation")
    data = f"From: a@b.example\nContent-Type: text/plain; format=flowed; delsp=yes\n\n{words}\n".encode()
    assert "edu cation" not in (read_mail(data).text or "edu cation")


def test_html_is_decoded_as_browsers_decode_it() -> None:
    """UTF-8 first, else what the page declares, else windows-1252."""
    assert read_html("<p>é".encode()) == "<p>é"
    assert read_html("<meta charset=iso-8859-2><p>ő".encode("iso-8859-2")).endswith("ő")
    assert read_html("<p>’".encode("cp1252")).endswith("’")
    assert read_mail(SHOWN.encode()) == Mail(SHOWN, None)
