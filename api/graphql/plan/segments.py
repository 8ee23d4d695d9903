"""What a plan consists of: the pieces of an answer in their order, and whence each comes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from api.graphql.plan.arguments import Binder
from api.graphql.plan.generated import Generated
from api.graphql.plan.runtime.batching import Statement
from api.graphql.plan.sharing import Sharing
from api.graphql.plan.sources import Step
from api.graphql.plan.statements import Parameter


@dataclass(frozen=True)
class Read:
    """SQL, what one asker hands in, and who fills the places it leaves."""

    statement: Statement
    parameters: tuple[Parameter, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Private:
    """A column of the operation's statement: the text of root fields that stand next to one another."""

    column: int


@dataclass(frozen=True)
class Cached:
    """A root field that is kept as bytes, shared by all or with a session; SQL or Python makes it."""

    key: str
    by: Literal["shared", "session"]
    topics: frozenset[str]
    maker: Read | Generated
    identity: object  # tells it from others, also from those that are gone; holds no maker in memory
    by_minute: bool = False
    sharing: Sharing | None = None


@dataclass(frozen=True)
class Constant:
    """Text that every answer has."""

    text: bytes


Segment = Private | Cached | Constant
Seen = Callable[[Any, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Plan:
    """One operation, ready to be answered by bytes."""

    segments: tuple[Segment, ...]
    read: Read | None  # of the private fields
    binder: Binder
    allows: Callable[[Any], bool]  # the coarse lock
    seen: tuple[tuple[str, Seen], ...]  # by the root fields' keys
