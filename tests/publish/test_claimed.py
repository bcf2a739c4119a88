"""What was claimed against what each provider has: an edit there is found before and after it went out."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import publish
from pipeline.model import Message
from pipeline.publish import Desk
from pipeline.publish.due import Report, guard, reconcile
from pipeline.receipts import FolderReceipts
from pipeline.settings import load_settings
from samples import KEY, SEND_AT, WORDS, message, register, wording
from standins.bench import ROWS, Bench, opened

AFTER = SEND_AT.astimezone(dt.UTC) + dt.timedelta(hours=1)
Edit = Callable[[Any], None]


def letter() -> Message:
    """Return a message with a wording that somebody approved, and no preheader."""
    return replace(message(), preheader="", wordings=(wording(approved_by="Ada Moreno"),))


@contextmanager
def scheduled(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Bench, Desk]]:
    """Yield a provider, and a desk on which the letter is scheduled there."""
    with opened(name, folder, monkeypatch) as bench:
        register(folder)
        receipts = FolderReceipts(folder / "receipts", clock=bench.clock)
        office = Desk(load_settings(folder), bench.provider, receipts, bench.clock, lambda _seconds: None)
        publish.send(publish.plan(letter(), bench.audience, office), office)
        yield bench, office


def edit(bench: Bench, words: str) -> None:
    """Write other words into what is scheduled there, as somebody does by hand, over the disclaimer's."""
    if bench.standin is None:
        (path,) = bench.folder.rglob("drafts/*.json")
        path.write_text(path.read_text().replace(WORDS, words))
        return
    standin: Any = bench.standin
    kept = standin.emails if bench.name == "buttondown" else standin.campaigns
    (one,) = kept.values()
    held = standin.content[one["id"]] if bench.name == "mailchimp" else one
    name = {"mailchimp": "html", "brevo": "htmlContent"}.get(bench.name, "body")
    assert WORDS in held[name]
    held[name] = held[name].replace(WORDS, words)


def kinds(office: Desk) -> list[str]:
    """Return what is on record."""
    return [entry.kind for entry in office.receipts.read(KEY).entries]


def rename(bench: Bench) -> None:
    """Take our key off what is scheduled there."""
    if bench.standin is None:
        (path,) = bench.folder.rglob("drafts/*.json")
        path.write_text(json.dumps({**json.loads(path.read_text()), "key": "letters"}))
        return
    standin: Any = bench.standin
    (one,) = standin.campaigns.values()
    if bench.name == "mailchimp":
        one["settings"]["title"] = "Letter of 1 December"
    elif bench.name == "listmonk":
        one["tags"] = ["letters"]
    else:
        one |= {"name": "Letter of 1 December", "tag": "letters"}


@pytest.mark.parametrize("name", ROWS)
def test_what_went_out_unchanged_is_recorded_as_sent(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No provider shows a draft that nobody touched otherwise than it was given, before or after."""
    with scheduled(name, tmp_path, monkeypatch) as (bench, office):
        assert guard(KEY, office) is None
        bench.turn(AFTER)
        assert reconcile(KEY, office).outcome == "sent"


@pytest.mark.parametrize("name", ROWS)
def test_an_edit_after_the_last_look_needs_a_human_once_it_went_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers got other words than were approved: never recorded as sent; the issue's file is not asked."""
    with scheduled(name, tmp_path, monkeypatch) as (bench, office):
        edit(bench, "Buy our pills.")
        bench.turn(AFTER)
        assert all(WORDS not in mail["html"] for mail in bench.mails())
        for _look in range(2):
            report = reconcile(KEY, office)
            assert (report.outcome, report.exit_code) == ("needs-review", 6)
            assert report.message.startswith("went out otherwise than it was approved: html")
        assert kinds(office) == ["claimed", "scheduled", "needs-review"]


@pytest.mark.parametrize("name", ROWS)
def test_a_disclaimer_that_is_cut_out_takes_the_mail_back(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every provider; the next run puts back what was checked."""
    with scheduled(name, tmp_path, monkeypatch) as (bench, office):
        edit(bench, "Buy our pills.")
        report = guard(KEY, office)
        assert report is not None
        assert (report.outcome, report.exit_code) == ("cancelled", 1)
        publish.send(publish.plan(letter(), bench.audience, office, unattended=True), office)
        bench.turn(AFTER)
        assert [WORDS in mail["html"] for mail in bench.mails()] == [True, True]


def _header(standin: Any) -> None:
    (one,) = standin.campaigns.values()
    one["header"] = "<style>p{display:none!important}</style>"


def _template(standin: Any) -> None:
    (one,) = standin.campaigns.values()
    hiding = '<style>p{display:none!important}</style>{{ template "content" . }}'
    standin.templates[one["template_id"]] = hiding


@pytest.mark.parametrize(("name", "wrap"), [("brevo", _header), ("listmonk", _template)])
def test_a_wrapper_that_is_changed_takes_the_mail_back(
    name: str, wrap: Edit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it does to the disclaimer nobody can say."""
    with scheduled(name, tmp_path, monkeypatch) as (bench, office):
        wrap(bench.standin)
        report = guard(KEY, office)
        assert report is not None
        assert (report.outcome, report.exit_code) == ("cancelled", 6)
        bench.turn(AFTER)
        assert bench.mails() == []


@pytest.mark.parametrize("name", [name for name in ROWS if name != "buttondown"])
def test_what_bears_its_key_no_more_is_looked_after_and_called_off_all_the_same(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody gave it another title there; it is found by the id on record."""
    with scheduled(name, tmp_path, monkeypatch) as (bench, office):
        rename(bench)
        report: Report = reconcile(KEY, office)
        assert (report.outcome, report.exit_code) == ("scheduled", 0)
        assert publish.cancel(KEY, office) == "cancelled"
        bench.turn(AFTER)
        assert bench.mails() == []
        assert kinds(office) == ["claimed", "scheduled", "cancelled"]
