"""
Local wall time: what a clock on a wall shows, and which moment that is.

On the two days a year on which clocks change, an hour is shown twice or not at all. A mail timed for
such an hour would go out at a time nobody chose, so these times are refused, and both choices spelt out.
"""

import datetime as dt
import re
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from pipeline.findings import nearest

_WRITTEN = re.compile(
    r"""(?P<day>20[0-9]{2}-[0-9]{2}-[0-9]{2})
        (?:[T ](?P<minute>[0-9]{2}:[0-9]{2})(?P<second>:[0-9]{2}(?:\.[0-9]+)?)?
        [ ]?(?P<offset>Z|[+-][01][0-9]:[0-5][0-9])?)?""",
    re.VERBOSE,
)
# `posix/…`, `right/…` and `localtime` exist on some machines only; `right/…` counts leap seconds
_ZONE_NAME = re.compile(r"UTC|[A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SLOT = re.compile(rf"({'|'.join(_WEEKDAYS)}) ([01][0-9]|2[0-3]):([0-5][0-9])")


class WrongTime(ValueError):
    """A text names no single moment; the message can follow "send_at has", `hint` says how to mend it."""

    def __init__(self, message: str, hint: str) -> None:
        """Take what is wrong, and how to mend it."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class Slot(NamedTuple):
    """A weekly hour, such as Tue 07:30, by the clock on the wall."""

    weekday: int  # 0 is Monday
    time: dt.time

    def __str__(self) -> str:
        """Return the slot as settings write it."""
        return f"{_WEEKDAYS[self.weekday]} {self.time:%H:%M}"


def parse_zone(name: str) -> ZoneInfo:
    """
    Return the IANA time zone called *name*.

    Raises:
        WrongTime: there is none.
    """
    try:
        if _ZONE_NAME.fullmatch(name):
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: a folder of zones, such as America/Indiana
        pass
    meant = nearest(name, sorted(filter(_ZONE_NAME.fullmatch, available_timezones())))
    raise WrongTime(
        f"no such time zone: {name!r}",
        f"did you mean {meant!r}?" if meant else "use an IANA name such as 'America/New_York'",
    )


def parse_slot(text: str) -> Slot:
    """
    Return the weekly slot that *text* names, such as "Tue 07:30".

    Raises:
        WrongTime: it names none.
    """
    match = _SLOT.fullmatch(text)
    if not match:
        raise WrongTime(f"no weekday and hour: {text!r}", 'write it as "Tue 07:30", with two digits each')
    return Slot(_WEEKDAYS.index(match[1]), dt.time(int(match[2]), int(match[3])))


def parse_send_at(text: str, zone: ZoneInfo) -> dt.datetime:
    """
    Return the moment that *text* names in *zone*: aware, in that zone, whole minutes.

    Args:
        text: local wall time such as 2026-12-01T07:30; an offset may follow and must agree with the zone.
        zone: where the clock hangs.

    Raises:
        WrongTime: it names no moment, or two; the hint has the choices, ready to paste.
    """
    local, offset = _wall_time(text)
    readings = _readings(local, zone)
    if not readings:
        before, after = _around_gap(local, zone)
        raise WrongTime(
            f"no such local time: {text!r} in {zone.key!r}",
            f"clocks go forward over it that day: write {_choices(before, after)}",
        )
    if offset is None and len(readings) > 1:
        raise WrongTime(
            f"two such local times: {text!r} in {zone.key!r}",
            f"clocks go back that day: write {_choices(*readings)}",
        )
    for reading in readings:
        if offset in (None, reading.utcoffset()):
            return reading
    raise _wrong_offset(text, readings, local - (offset or dt.timedelta()), zone)


def next_in_slot(slot: Slot, zone: ZoneInfo, *, after: dt.datetime) -> dt.datetime:
    """
    Return the first time of the weekly *slot* that lies later than *after*: aware, in *zone*.

    Where clocks go forward over the slot's hour, it is as much later that day; where the hour comes twice,
    it is the first.
    """
    today = after.astimezone(zone).date()
    for days in range((slot.weekday - today.weekday()) % 7, 22, 7):
        local = dt.datetime.combine(today + dt.timedelta(days=days), slot.time)
        moment = (_readings(local, zone) or _around_gap(local, zone)[1:])[0]
        if moment > after:
            return moment
    raise AssertionError("a week has every weekday")  # pragma: no cover


def _wall_time(text: str) -> tuple[dt.datetime, dt.timedelta | None]:
    """Return the naive local time and the offset, if any, that *text* writes."""
    match = _WRITTEN.fullmatch(text)
    example = f"{match['day'] if match else '2026-12-01'}T{(match and match['minute']) or '07:30'}"
    if not match:
        raise WrongTime(f"no date and time that can be read: {text!r}", f"write it as {example}")
    if not match["minute"]:
        raise WrongTime(f"no time of day: {text!r}", f"add the local time, such as {example}")
    if match["second"] not in (None, ":00"):
        raise WrongTime(f"seconds: {text!r}", f"mail is timed in whole minutes: write {example}")
    try:
        local = dt.datetime.fromisoformat(f"{match['day']}T{match['minute']}")
    except ValueError as err:
        raise WrongTime(f"no such day or hour: {text!r}", f"look at a calendar: {err}") from err
    return local, _offset(match["offset"])


def _offset(text: str | None) -> dt.timedelta | None:
    if text in (None, "Z"):
        return dt.timedelta() if text else None
    hours, minutes = int(text[1:3]), int(text[4:])
    size = dt.timedelta(hours=hours, minutes=minutes)
    return -size if text[0] == "-" else size


def _readings(local: dt.datetime, zone: ZoneInfo) -> list[dt.datetime]:
    """Return the moments at which a clock in *zone* shows *local*: one; in a gap none, in a fold two."""
    readings: list[dt.datetime] = []
    for fold in (0, 1):
        moment = local.replace(tzinfo=zone, fold=fold)
        shown = _shown(moment, zone)
        if shown.replace(tzinfo=None) == local and moment.utcoffset() not in [
            other.utcoffset() for other in readings
        ]:
            readings.append(moment)
    return readings


def _around_gap(local: dt.datetime, zone: ZoneInfo) -> list[dt.datetime]:
    """Return the times that come of reading *local* by the clock after the change, and before it."""
    return [_shown(local.replace(tzinfo=zone, fold=fold), zone) for fold in (1, 0)]


def _shown(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return what the clock in *zone* really shows at *moment*; through UTC, or Python would not look."""
    return moment.astimezone(dt.UTC).astimezone(zone)


def _wrong_offset(text: str, readings: list[dt.datetime], utc: dt.datetime, zone: ZoneInfo) -> WrongTime:
    same_moment = utc.replace(tzinfo=dt.UTC).astimezone(zone)
    return WrongTime(
        f"an offset that does not agree with the zone: {text!r} in {zone.key!r}",
        f"write {_choices(*readings)} for that time on the clock there,"
        f" or {_choices(same_moment)} for the same moment as written",
    )


def _choices(*moments: dt.datetime) -> str:
    return " or ".join(_spelt(moment) for moment in moments)


def _spelt(moment: dt.datetime) -> str:
    """Return *moment* ready to paste, and its zone's short name where it has one that is no number."""
    name = moment.tzname() or ""
    return moment.isoformat(timespec="minutes") + (f" ({name})" if name.isalpha() else "")


def long_date(day: dt.date, lang: str) -> str:
    """Write *day* in words for English, as ISO 8601 for any other language; never by the system's locale."""
    if not is_english(lang):
        return day.isoformat()
    month = _MONTHS[day.month - 1]
    return (
        f"{month} {day.day}, {day.year}"
        if lang.upper() in ("EN", "EN-US")
        else f"{day.day} {month} {day.year}"
    )


def is_english(lang: str) -> bool:
    """Say whether *lang* (BCP 47) is English of any kind."""
    return lang.partition("-")[0].lower() == "en"
