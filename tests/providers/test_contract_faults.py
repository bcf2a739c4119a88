"""Whatever goes wrong on the way, no provider writes twice, tells a lie about it, or gives its key away."""

import json
import re
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest

from pipeline.errors import (
    Altered,
    AuthError,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Rejected,
    Unavailable,
    UnexpectedAnswer,
)
from pipeline.model import Draft
from pipeline.providers import Can
from standins.bench import AT, KEY, ROWS, Bench, opened

Verb = Callable[[Bench, Draft], Any]
VERBS: dict[str, tuple[str, Verb]] = {  # what it is done to, and how
    "find": ("draft", lambda bench, draft: bench.provider.find(draft.key)),
    "create": ("draft", lambda bench, _: bench.provider.create(f"{KEY}-new", bench.payload())),
    "update": ("draft", lambda bench, draft: bench.provider.update(draft, bench.payload("Other"))),
    "read": ("draft", lambda bench, draft: bench.provider.read(draft.id)),
    "stored": ("draft", lambda bench, draft: bench.provider.stored(draft, bench.payload())),
    "schedule": ("draft", lambda bench, draft: bench.provider.schedule(draft, at=AT)),
    "unschedule": ("scheduled", lambda bench, draft: bench.provider.unschedule(draft)),
    "send_test": ("draft", lambda bench, draft: bench.provider.send_test(draft, to=[bench.row.tester])),
    "count": ("draft", lambda bench, _: bench.provider.count(bench.audience)),
    "stats": ("draft", lambda bench, draft: bench.provider.stats(draft)),
}
Error = type[ProviderError] | None  # None: it works


class Case(NamedTuple):
    """One fault, and what comes of it where a request reads and where it writes."""

    fault: dict[str, Any]
    reading: Error
    writing: Error
    pauses: int = 0  # how often it waits before it gives up or gets through; -1: it depends


def answered(status: int, headers: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """Return the fault that is another answer, in anybody's words, with the key among them."""
    return {"when": "before", "do": "answer", "status": status, "headers": headers or {}, **more}


CASES = {
    "401": Case(answered(401), AuthError, AuthError),
    "403": Case(answered(403), AuthError, AuthError),
    "404": Case(answered(404), Rejected, Rejected),
    "409": Case(answered(409), Rejected, Rejected),
    "422": Case(answered(422), Rejected, Rejected),
    "429 once": Case(answered(429), None, None, 1),
    "429 for seven seconds": Case(answered(429, {"Retry-After": "7"}), None, None, 1),
    "429 for an hour": Case(answered(429, {"Retry-After": "3600"}), RateLimited, RateLimited),
    "429 for ever": Case(answered(429, times=9), RateLimited, RateLimited, 3),
    "500 once": Case(answered(500), None, OutcomeUnknown, -1),
    "500 for ever": Case(answered(500, times=9), Unavailable, OutcomeUnknown, -1),
    "500 after it was done": Case({**answered(500), "when": "after"}, None, OutcomeUnknown, -1),
    "broken JSON": Case({**answered(200, body='{"id": '), "when": "after"}, UnexpectedAnswer, OutcomeUnknown),
    "a web page": Case(
        {**answered(200, body="<html><body>Hello"), "when": "after"}, UnexpectedAnswer, OutcomeUnknown
    ),
    "cut before": Case({"when": "before", "do": "cut"}, None, OutcomeUnknown, -1),
    "cut after": Case({"when": "after", "do": "cut"}, None, OutcomeUnknown, -1),
    "cut for ever": Case({"when": "after", "do": "cut", "times": 9}, Unavailable, OutcomeUnknown, -1),
    "slow": Case({"when": "before", "do": "delay", "seconds": 0.1}, None, None),
}
REMOTE = [name for name, row in ROWS.items() if row.secret[0]]


class Asked(NamedTuple):
    """One request of a verb."""

    method: str
    path: str


@cache
def asked(name: str, verb: str) -> tuple[Asked, ...]:
    """Return what a verb asks on a calm day."""
    with (
        TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        opened(name, Path(folder), patch, is_held=False) as bench,
    ):
        draft, act = ready(bench, verb)
        before = len(bench.log)
        act(bench, draft)
        return tuple(Asked(each.method, each.path) for each in bench.log[before:])


def ready(bench: Bench, verb: str) -> tuple[Draft, Verb]:
    """Return the draft that a verb is for, and the verb."""
    state, act = VERBS[verb]
    return (bench.scheduled() if state == "scheduled" else bench.draft()), act


@pytest.mark.parametrize("case", list(CASES))
@pytest.mark.parametrize("verb", list(VERBS))
@pytest.mark.parametrize("name", REMOTE)
def test_a_fault_is_told_as_what_it_is(
    name: str, verb: str, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each request of each verb: the right error or none, and no write that is made twice."""
    for number, request in enumerate(asked(name, verb), start=1):
        is_last = all(each.method == "GET" for each in asked(name, verb)[number - 1 :])
        written = is_last and any(each.method != "GET" for each in asked(name, verb))
        with opened(name, tmp_path, monkeypatch, is_held=False) as bench:
            draft, act = ready(bench, verb)
            before = len(bench.log)
            bench.fault(number, **_with_words(CASES[case].fault, bench.row.secret[1]))
            wanted = _wanted(CASES[case], request, after_write=written)
            if re.fullmatch(bench.row.pages, request.path) and wanted == (UnexpectedAnswer,):
                wanted = (Altered,)  # any page is one, and this one is not ours
            where = f"request {number}, {request.method} {request.path}"
            error = _error(act, bench, draft)
            _look(bench, error, wanted, where=where, may_be_none=case == "404" and verb in ("read", "stats"))
            _look_at_writes(bench, before, case, where)
            if CASES[case].pauses >= 0:
                assert len(bench.pauses) == CASES[case].pauses, where
            if case == "429 for seven seconds":
                assert bench.pauses == [7.0]


def _with_words(fault: dict[str, Any], secret: str) -> dict[str, Any]:
    words = f"no: {secret}"
    said = json.dumps({"code": "no", "title": "No", "status": 1, "message": words, "detail": words})
    return {"body": said, **fault} if fault["do"] == "answer" else fault


def _wanted(case: Case, request: Asked, *, after_write: bool) -> tuple[Error, ...]:
    if request.method != "GET":
        return (case.writing,)
    # Between two writes nothing is sent yet; after the last one nobody may say so.
    if after_write and case.reading is not None:
        return (OutcomeUnknown,)
    return (case.reading,)


def _error(act: Verb, bench: Bench, draft: Draft) -> ProviderError | None:
    if act is VERBS["send_test"][1] and Can.SEND_TEST not in bench.provider.can:
        pytest.skip("it sends no tests")
    try:
        act(bench, draft)
    except ProviderError as err:
        return err
    return None


def _look(
    bench: Bench, error: ProviderError | None, wanted: tuple[Error, ...], *, where: str, may_be_none: bool
) -> None:
    """The error is of the right kind, shows the provider's words, and never the key."""
    if may_be_none and error is None:
        return
    assert (type(error) if error else None) in wanted, f"{where}: {error!r}"
    if error is not None:
        assert error.message
        assert error.hint
        told = "".join(traceback.format_exception(error)) + error.message + error.hint + repr(error)
        assert bench.row.secret[1] not in told, where
        if isinstance(error, Rejected | AuthError) and error.status:
            assert "no: ***" in error.message, where
    assert bench.row.secret[1] not in repr(bench.provider)


def _look_at_writes(bench: Bench, before: int, case: str, where: str) -> None:
    """No write is made twice, but after "too many requests"; and each key has the drafts it should have."""
    writes = bench.writes(since=before)
    if not case.startswith("429"):
        assert len(writes) == len(set(writes)), where
    bench.fault(0, when="before", do="delay", times=0)
    for key in (KEY, f"{KEY}-new"):
        assert len(bench.provider.find(key)) <= 1, where


@pytest.mark.parametrize("body", ["[]", "{}", "null", '"x"', '{"id": [], "status": 5}'])
@pytest.mark.parametrize("verb", ["find", "read", "stored", "count", "stats", "update"])
@pytest.mark.parametrize("name", REMOTE)
def test_an_answer_of_another_shape_stops(
    name: str, verb: str, body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is never taken for "there is nothing": that would send a second time."""
    for number, request in enumerate(asked(name, verb), start=1):
        if request.method != "GET" or re.fullmatch(ROWS[name].pages, request.path):
            break
        with opened(name, tmp_path, monkeypatch, is_held=False) as bench:
            draft, act = ready(bench, verb)
            bench.fault(number, **answered(200, body=body))
            with pytest.raises(UnexpectedAnswer):
                act(bench, draft)


@pytest.mark.parametrize("name", REMOTE)
def test_a_key_that_is_refused_is_not_shown(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The far end's own refusal of a wrong key."""
    with opened(name, tmp_path, monkeypatch, is_held=False) as bench:
        monkeypatch.setenv(bench.row.secret[0], "a-wrong-key")
        with pytest.raises(AuthError) as caught:
            bench.provider.find(KEY)
        assert "a-wrong-key" not in "".join(traceback.format_exception(caught.value)) + repr(caught.value)
