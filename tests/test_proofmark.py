"""The mark in a proof's subject: put on once, known again by whoever is about to send."""

import pytest

from pipeline.proofmark import is_marked, marked
from samples import payload


@pytest.mark.parametrize(
    ("fit", "subject"), [(True, "[Proof] Backs"), (False, "[Proof, not fit to send] Backs")]
)
def test_the_subject_says_what_the_mail_is(*, fit: bool, subject: str) -> None:
    """And nothing but the subject changes; a second mark takes the place of the first."""
    plain = payload()
    once = marked(plain, fit=fit)
    assert once == payload(subject=subject)
    assert marked(marked(plain, fit=not fit), fit=fit) == once
    assert is_marked(once.subject)


@pytest.mark.parametrize("subject", ["[PROOF] Backs", " [proof]Backs", "[ Proof , v2 ] Backs"])
def test_a_mark_is_known_however_it_is_written(subject: str) -> None:
    """A provider that trims or folds a subject does not make a letter of a proof."""
    assert is_marked(subject)


@pytest.mark.parametrize(
    "subject", ["Backs", "Proof that walking helps", "[Proofs] of it", "Re: [Proof] Backs"]
)
def test_a_letter_is_no_proof(subject: str) -> None:
    """Only the mark at the beginning counts."""
    assert not is_marked(subject)
