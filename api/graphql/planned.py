"""How root fields of this server are said to the plans: own rows, keyset pages, what is shared.

@strawberry.field(extensions=[needs(Scope.NOTICES_READ)], metadata=own_page(OWN, of="notices"))
async def notices(self, info: Info, first: int = 20, after: str | None = None) -> …
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from api.graphql.pages import after_id, cursor
from api.graphql.plan.leaves import quoted
from api.graphql.plan.roots import Alike, Argument, Count, Kept, Page, Root, Size, root
from api.graphql.plan.sources import SOURCE, Source, Step, from_sql
from identity.roles import Role
from identity.visibility import Visibility, as_sql
from miniapps.items.queries import RegionsUsed
from storage.paging import LARGEST

Seen = Callable[[Any, Mapping[str, Any]], Awaitable[None] | None]
Arguments = Mapping[str, Argument]
Key = TypeVar("Key", bound=tuple[str, ...])

encode = msgspec.json.Encoder().encode


def own_page(
    rule: Visibility,
    *,
    of: str,
    arguments: Arguments | None = None,
    where: str = "true",
    within: str | None = None,
    seen: Seen | None = None,
) -> dict[str, Any]:
    """Return the metadata of a connection over rows that a citizen may see by `rule`, newest first."""
    after = Argument("uuid", "{t}.id < {a}", convert=lambda text: _after(text, of))
    return root(
        Root(
            visible=as_sql(rule, Role.CITIZEN),
            arguments={"after": after, **(arguments or {})},
            where=where,
            within=within,
            size=Size(LARGEST),
            page=Page("{t}.id", cursors(of)),
            seen=seen,
        )
    )


def own_list(
    rule: Visibility, *, most: int | None, where: str = "true", seen: Seen | None = None
) -> dict[str, Any]:
    """Return the metadata of a plain list of rows that a citizen may see by `rule`, newest first.

    `most` is how many one may ask for; None: the list is short by itself and asks for no number.
    """
    size = None if most is None else Size(most)
    visible = as_sql(rule, Role.CITIZEN)
    return root(Root(visible=visible, where=where, order="{t}.id DESC", size=size, seen=seen))


def own_count(rule: Visibility, table: str, *, most: int, where: str) -> dict[str, Any]:
    """Return the metadata of how many rows a citizen may see by `rule`, at most `most`."""
    return root(Root(visible=as_sql(rule, Role.CITIZEN), where=where, count=Count(table, most)))


def own_one(
    rule: Visibility,
    arguments: Arguments,
    *,
    where: str = "true",
    within: str | None = None,
    seen: Seen | None = None,
) -> dict[str, Any]:
    """Return the metadata of one row that a citizen may see by `rule`."""
    visible = as_sql(rule, Role.CITIZEN)
    return root(Root(visible=visible, arguments=arguments, where=where, within=within, seen=seen))


def own_parent(rule: Visibility, table: str, argument: str) -> str:
    """Return `within` for what hangs on a row that `argument` names: a citizen may see it by `rule`."""
    own = as_sql(rule, Role.CITIZEN).replace("{t}", "parent")
    return f"EXISTS (SELECT FROM {table} parent WHERE parent.id = {{{argument}}} AND ({own}))"


def kept_for_all(*topics: str, by_minute: bool = False, alike: Alike | None = None) -> dict[str, Any]:
    """Return the metadata of a field that Python answers, alike to everybody, until a table changes.

    `by_minute`: or until the minute is over.  `alike`: other texts that have the same answer (`Kept`).
    """
    return root(Kept(by="shared", topics=frozenset(topics), by_minute=by_minute, alike=alike))


def by_region(used: RegionsUsed) -> Alike:
    """Return `alike` of what a region is shown: the same as the nearest one with something of its own."""

    def chosen(given: Mapping[str, Any]) -> Mapping[str, str]:
        region = given.get("region")
        return {} if region is None else {"region": used.nearest(region)}

    return Alike(chosen, used.know)


def kept_with_session() -> dict[str, Any]:
    """Return the metadata of a field that Python answers once for a session."""
    return root(Kept(by="session"))


BY_ID = {"id": Argument("uuid", "{t}.id = {a}")}


def _after(text: str, of: str) -> UUID | None:
    return after_id(text, of=of)


def worded(words: Mapping[Key, str], *columns: str) -> dict[str, Source]:
    """Return the metadata of a text that a table of ours has for the values of some columns."""
    row = "||' '||".join(columns)
    cases = "".join(f" WHEN {quoted(' '.join(key))} THEN {quoted(text)}" for key, text in words.items())
    return from_sql(f"(CASE {row}{cases.replace('{', '{{').replace('}', '}}')} END)")


@cache
def cursors(of: str) -> Step:
    """Return how the cursors of the list `of` are made: only this server's key makes them."""

    async def fill(_context: Any, keys: Sequence[str]) -> list[bytes]:
        return [encode(cursor(key, of=of)) for key in keys]

    return Step("", fill)


async def _compact(_context: Any, texts: Sequence[str]) -> list[bytes]:
    return [encode(msgspec.json.decode(bytes.fromhex(text))) for text in texts]


def from_json(column: str) -> dict[str, Any]:
    """Return the metadata of a JSON scalar in a jsonb column, which PostgreSQL would write with spaces."""
    return {SOURCE: Step(f"encode(convert_to({column}::text, 'UTF8'), 'hex')", _compact)}
