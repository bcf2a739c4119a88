"""What a provider answers is believed field by field; a failed look after a write is no failed write."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.errors import OutcomeUnknown, Rejected, SettingsError, UnexpectedAnswer
from pipeline.providers.answers import Fields, after_write


def fields(value: Any) -> Fields:
    """Return an answer."""
    return Fields("brand", "GET /mails", value)


@pytest.mark.parametrize(
    "read",
    [
        lambda: fields([]),
        lambda: fields({}).text("id"),
        lambda: fields({"id": 5}).text("id"),
        lambda: fields({"id": 5}).optional_text("id"),
        lambda: fields({"id": True}).number("id"),
        lambda: fields({"id": 1}).flag("id"),
        lambda: fields({"id": {}}).rows("id"),
        lambda: fields({"id": ["a"]}).rows("id"),
        lambda: fields({"id": [1]}).texts("id"),
        lambda: fields({"id": []}).part("id"),
        lambda: fields({"id": "tomorrow"}).moment("id"),
        lambda: fields({"id": "2026-12-01T12:30:00"}).moment("id"),
    ],
)
def test_a_field_that_is_not_of_its_kind_is_named(read: Callable[[], Any]) -> None:
    """No other error escapes, and no value is shown."""
    with pytest.raises(UnexpectedAnswer, match=r"brand: GET /mails.*: (id|the answer) (is|holds)"):
        read()


def test_fields_of_their_kind_are_read() -> None:
    """Missing and null are empty where that is allowed."""
    answer = fields(
        {"a": "x", "b": 3, "c": False, "d": [{"a": "y"}], "e": None, "at": "2026-12-01T13:30:00+01:00"}
    )
    assert (answer.text("a"), answer.number("b"), answer.flag("c")) == ("x", 3, False)
    assert [row.text("a") for row in answer.rows("d")] == ["y"]
    assert (answer.optional_text("e"), answer.part("e").optional_text("a"), answer.moment("e")) == (
        "",
        "",
        None,
    )
    assert answer.moment("at") == dt.datetime(2026, 12, 1, 12, 30, tzinfo=dt.UTC)
    assert [answer.has(name) for name in "abce"] == [True, True, False, False]


def test_a_failed_look_after_a_write_leaves_it_open_what_became_of_it() -> None:
    """To say "nothing was sent" would be a guess; our own errors stay what they are."""
    said = r"brand: POST /mails: it was taken, .*: no such mail"
    with pytest.raises(OutcomeUnknown, match=said) as caught, after_write("brand", "POST /mails"):
        raise Rejected("no such mail", status=404)
    assert caught.value.status == 404
    with pytest.raises(SettingsError), after_write("brand", "POST /mails"):
        raise SettingsError("no key")
