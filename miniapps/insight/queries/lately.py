"""The calls of the last days, line by line."""

from dataclasses import dataclass

import msgspec

from identity.actor import Actor
from miniapps.insight.queries.owned import TEAM, check_owned
from miniapps.insight.rules.lines import Line
from storage import trails
from storage.paging import Page

decode = msgspec.msgpack.Decoder(Line).decode


@dataclass(frozen=True)
class Call:
    """One line, and the id that stands for its place."""

    id: str
    line: Line


async def calls(actor: Actor, app_id: str, *, first: int, after: str | None) -> Page[Call]:
    """Return calls of citizens to a mini-app, oldest first: those after the one `after`, else the last ones.

    Some hundreds are kept, for some days; each shows a second after it was answered.
    Raises: AppNotFound when it is not of the actor's team; Unavailable.
    """
    await check_owned(actor, app_id, lock=TEAM)
    found = [Call(id, decode(told)) for id, told in await trails.follow(app_id, after=after, most=first + 1)]
    if after is None:
        return Page(rows=found[-first:], more=False)  # older ones are not asked for by going on
    return Page(rows=found[:first], more=len(found) > first)
