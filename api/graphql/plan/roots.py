"""Root fields of compiled plans: which rows, of whose, and what their arguments mean.

A root field without `visible` does not compile: who may see a row is part of its SQL.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from api.graphql.plan.sources import Step

ROOT = "plan.root"

Converter = Callable[[Any], Any]


@dataclass(frozen=True)
class Argument:
    """An argument that becomes a value in SQL: its type there, and how it gets there.

    `convert` may raise whatever it likes: the operation then runs on the path that says why.
    """

    type: str  # e.g. "uuid"
    where: str | None = None  # condition with {a}; left out when the argument is null
    convert: Converter | None = None


@dataclass(frozen=True)
class Size:
    """The argument that says how many: refused outside 1 to `most`."""

    most: int
    name: str = "first"


@dataclass(frozen=True)
class Page:
    """A Relay connection, newest first, by a key that only grows; `cursor` makes its cursors."""

    key: str  # SQL over {t}
    cursor: Step
    after: str = "after"  # the argument with the key to go on from


@dataclass(frozen=True)
class Count:
    """A root field that says how many rows there are; counting stops at `most`."""

    table: str
    most: int


@dataclass(frozen=True, kw_only=True)
class Root:
    """A root field whose answer SQL gives.

    `within` says, of the arguments (`{caseId}`) and of who asks, when there is an answer at all, e.g. that
    the case is his: where it holds a missing row is null, if it may be, and else the ordinary way answers.
    `shared`: the same for everybody with these arguments, kept as bytes until one of `topics` changes.
    `seen` is called once the answer is made, e.g. to note who looked; what it raises ends the request
    on the ordinary way.
    """

    visible: str | None
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    where: str = "true"
    within: str | None = None
    order: str | None = None  # of a plain list
    key: str | None = None  # a unique column: its rows are chosen first, from an index alone if one will do
    size: Size | None = None
    page: Page | None = None
    count: Count | None = None
    shared: bool = False
    topics: frozenset[str] = frozenset()
    seen: Callable[[Any, Mapping[str, Any]], Awaitable[None] | None] | None = None


@dataclass(frozen=True)
class Alike:
    """Arguments that have the same answer.

    `chosen` says which texts among them may be exchanged, and for what; it is asked at each request.  `learn`
    is awaited whenever an answer is made, for `chosen` to know more the next time.
    """

    chosen: Callable[[Mapping[str, Any]], Mapping[str, str]]
    learn: Callable[[], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A root field whose answer Python makes and that is kept as bytes.

    "shared": for everybody with these arguments, until one of `topics` changes; with `by_minute` made anew
    in each minute of the platform's clock, for what begins and ends by schedules of whole minutes.
    `alike`: arguments that share one answer.
    "session": for who asks, as long as the verdict on his session is remembered.
    """

    by: Literal["shared", "session"]
    topics: frozenset[str] = frozenset()
    by_minute: bool = False
    alike: Alike | None = None
    seen: Callable[[Any, Mapping[str, Any]], Awaitable[None] | None] | None = None


def root(found: Root | Kept) -> dict[str, Any]:
    """Return the metadata of a root field: `strawberry.field(metadata=root(Root(…)))`."""
    return {ROOT: found}
