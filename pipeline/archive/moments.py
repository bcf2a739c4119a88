"""When an issue was changed, as feeds and search engines want it: as a moment, never as a day."""

import datetime as dt

from pipeline.archive.card import Card


def stamp(moment: dt.datetime) -> str:
    """Return *moment* as RFC 3339 has it, with its offset."""
    return moment.isoformat(timespec="seconds")


def changed_at(card: Card) -> dt.datetime | None:
    """
    Return when readers last saw *card* become another: the later of its sending and its last visible change.

    A change has a day and no time: it counts from the beginning of that day, in the offset from UTC that the
    issue was sent in. Every record of the time has that offset, while its zone's name is lost in some.

    Returns:
        An aware time with a fixed offset; None when the card has neither a time nor a change.
    """
    offset = (card.date and card.date.utcoffset()) or dt.timedelta()
    zone = dt.timezone(offset)
    moments = [card.date.astimezone(zone)] if card.date else []
    if card.updated:
        moments.append(dt.datetime.combine(card.updated, dt.time(), zone))
    return max(moments, default=None)
