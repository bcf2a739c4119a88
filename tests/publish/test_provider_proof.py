"""A proof through a provider's own test call: marked, to the named addresses alone, and never in a list."""

from dataclasses import replace
from pathlib import Path

import pytest

from conftest import SetClock
from pipeline import publish
from pipeline.errors import ProviderError, Refused, Unsupported
from pipeline.model import Message
from pipeline.providers.base import Can
from pipeline.publish import Desk
from pipeline.receipts import FolderReceipts
from pipeline.settings import load_settings
from samples import READERS, desk, message, wording
from standins.bench import ROWS, Bench, opened

TESTERS = [name for name in ROWS if name != "outbox"]


def letter() -> Message:
    """Return a message with a wording that somebody approved, and no preheader."""
    return replace(message(), preheader="", wordings=(wording(approved_by="Ada Moreno"),))


def office(bench: Bench) -> Desk:
    """Return a desk at that provider."""
    settings = load_settings(bench.folder)
    receipts = FolderReceipts(bench.folder / "receipts", clock=bench.clock)
    return Desk(settings, bench.provider, receipts, bench.clock, lambda _seconds: None)


def proofs(bench: Bench) -> list[tuple[str, str]]:
    """Return address and subject of each test that was sent."""
    assert bench.standin
    return [(mail["to"], mail["subject"]) for mail in bench.standin.inbox if mail.get("test")]


@pytest.mark.parametrize("name", TESTERS)
def test_a_proof_goes_to_the_named_address_with_a_mark(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody of the list gets anything; nothing is on record."""
    with opened(name, tmp_path, monkeypatch) as bench:
        at = office(bench)
        publish.proof(letter(), bench.audience, at, to=[bench.row.tester], fit=True)
        ((to, subject),) = proofs(bench)
        assert to == bench.row.tester
        assert "[Proof] Backs" in subject
        assert bench.mails() == []
        assert at.receipts.read_all() == {}


@pytest.mark.parametrize("name", TESTERS)
def test_the_letter_that_is_sent_after_a_proof_bears_no_mark(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same draft is changed back before it is claimed."""
    with opened(name, tmp_path, monkeypatch) as bench:
        at = office(bench)
        publish.proof(letter(), bench.audience, at, to=[bench.row.tester], fit=False)
        dispatch = publish.plan(letter(), bench.audience, at)
        assert publish.send(dispatch, at) == "scheduled"
        bench.turn(dispatch.at)
        assert {mail["subject"] for mail in bench.mails()} == {"Backs"}
        assert len(bench.mails()) == 2


@pytest.mark.parametrize("name", TESTERS)
def test_what_is_scheduled_is_not_touched_by_a_proof(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mark in a scheduled draft would reach readers."""
    with opened(name, tmp_path, monkeypatch) as bench:
        at = office(bench)
        publish.send(publish.plan(letter(), bench.audience, at), at)
        with pytest.raises(Refused, match="already scheduled"):
            publish.proof(letter(), bench.audience, at, to=[bench.row.tester], fit=True)


@pytest.mark.parametrize("name", TESTERS)
def test_a_refused_proof_is_an_error(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test without an address; the adapter refuses it before it asks."""
    with opened(name, tmp_path, monkeypatch) as bench, pytest.raises(ProviderError):
        publish.proof(letter(), bench.audience, office(bench), to=[], fit=True)


def test_the_outbox_sends_no_test(tmp_path: Path, clock: SetClock) -> None:
    """What a provider cannot do is refused before anything is stored."""
    outbox = desk(tmp_path, clock)
    assert Can.SEND_TEST not in outbox.provider.can
    with pytest.raises(Unsupported):
        publish.proof(letter(), READERS, outbox, to=["editor@steady.example"], fit=True)
    assert outbox.provider.find(letter().key) == []
