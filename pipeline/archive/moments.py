"""When an issue was changed, as feeds and search engines want it: as a moment, never as a day."""

import datetime as dt

from pipeline.archive.card import Card


def stamp(moment: dt.datetime) -> str:
    """Return *moment* as RFC 3339 has it, with its offset."""
    return moment.isoformat(timespec="seconds")


def changed_at(card: Card) -> dt.datetime | None:
    """
    Return when readers last saw *card* become another: when it was sent, or last changed for all to see.

    A change has a day and no time: it counts from the beginning of that day, in the offset from UTC that the
    issue was sent in, or from the sending when that came later, and one second for each change of the day.
    So each is later than what was before it, and a feed reader shows every one, also on the day of sending.
    Every record of the time has that offset, while its zone's name is lost in some.

    Returns:
        An aware time with a fixed offset; None when the card has neither a time nor a change.
    """
    offset = (card.date and card.date.utcoffset()) or dt.timedelta()
    zone = dt.timezone(offset)
    sent = card.date and card.date.astimezone(zone)
    days = [*([card.updated] if card.updated else []), *(day for day, _ in card.corrections)]
    begun = [dt.datetime.combine(day, dt.time(), zone) for day in days]
    changes = [max(sent, begin) if sent else begin for begin in begun]
    if not changes:
        return sent
    last = max(changes)
    return last + dt.timedelta(seconds=changes.count(last))
