"""A schema in which anything may go wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, NewType
from uuid import UUID

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

Even = NewType("Even", int)


def even(value: int) -> int:
    if value % 2:
        raise ValueError(f"{value} is odd")
    return value


@strawberry.enum
class Colour(Enum):
    RED = "r"
    BLUE = strawberry.enum_value("b", name="AZURE")


@strawberry.enum
class Word(StrEnum):
    SHORT = "SHORT"
    LONG = "LONG"


@strawberry.type
class Leaves:
    """One field of each kind of leaf; the values are whatever a test puts there."""

    text: str = "汉字"
    text_or: str | None = None
    number: int = 1
    number_or: int | None = 2
    ratio: float = 0.5
    yes: bool = True
    id: strawberry.ID = strawberry.ID("7")
    uuid: UUID = UUID(int=7)
    uuid_or: UUID | None = None
    at: datetime = datetime(2026, 11, 20, 4, 5, 6, 7)  # noqa: DTZ001
    on: date = date(2026, 11, 20)
    clock: time = time(4, 5)
    price: Decimal = Decimal("1.50")
    colour: Colour = Colour.BLUE
    colour_or: Colour | None = None
    word: Word = Word.SHORT
    json: JSON = strawberry.field(default_factory=lambda: {"a": [1, None]})
    json_or: JSON | None = None
    even: Even | None = None
    tags: list[str] = strawberry.field(default_factory=lambda: ["a", "b"])
    tags_or: list[str | None] | None = None
    grid: list[list[int]] = strawberry.field(default_factory=lambda: [[1], [2, 3]])
    grid_or: list[list[int | None] | None] | None = None


class Loud(FieldExtension):
    """Says what it has seen, and changes it."""

    def resolve(self, next_: Callable[..., Any], source: Any, info: Any, **kwargs: Any) -> Any:
        return f"{next_(source, info, **kwargs)} at {info.path.as_list()}"

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Any, **kwargs: Any
    ) -> Any:
        return f"{await next_(source, info, **kwargs)} at {info.path.as_list()}"


async def pause() -> None:
    """Wait as long as everybody else does."""
    await asyncio.sleep(0.001)


def given(value: Any) -> Any:
    """Return a prepared value, or raise it when it says so."""
    if isinstance(value, Raised):
        raise value.error
    return value


@dataclass
class Raised:
    """In the place of a value: the resolver raises this."""

    error: Exception


async def batched(sources: list["Thing"], context: "World") -> list[Any]:
    context.batches.append(len(sources))
    await pause()
    return [_batched(source) for source in sources]


def _batched(source: Any) -> Any:
    try:
        return given(source.held.get("batched"))
    except Exception as error:
        return error


@strawberry.type
class Thing:
    """An object of objects: each link plain, by a resolver, awaited, or by a batch."""

    name: str | None = "thing"
    size: int = 1
    leaves: Leaves | None = None
    one: "Thing | None" = None
    must: "Thing" = None  # type: ignore[assignment]
    many: list["Thing"] = strawberry.field(default_factory=list)
    some: list["Thing | None"] | None = None
    table: list[list["Thing"]] | None = None
    held: strawberry.Private[dict[str, Any]] = field(default_factory=dict)

    @strawberry.field
    def label(self) -> str:
        return given(self.held.get("label", f"{self.name}/{self.size}"))

    @strawberry.field
    def maybe_label(self, info: strawberry.Info, suffix: str = "!") -> str | None:
        path = "/".join(map(str, info.path.as_list()))
        return given(self.held.get("maybe_label", f"{path}{suffix}"))

    @strawberry.field
    async def slow_label(self, info: strawberry.Info, times: int = 1) -> str:
        for _ in range(times):
            await pause()
        return given(self.held.get("slow_label", f"{info.field_name} {info.context.viewer}"))

    @strawberry.field
    async def maybe_slow(self) -> int | None:
        await pause()
        return given(self.held.get("maybe_slow", 3))

    @strawberry.field(extensions=[Loud()])
    async def loud(self, word: str = "hi") -> str:
        await pause()
        return given(self.held.get("loud", word))

    @strawberry.field(extensions=[Loud()])
    def loud_now(self) -> str:
        return given(self.held.get("loud_now", "now"))

    @strawberry.field
    def made(self) -> "Thing":
        return given(self.held.get("made"))

    @strawberry.field
    def maybe_made(self) -> "Thing | None":
        return given(self.held.get("maybe_made"))

    @strawberry.field
    async def fetched(self) -> "Thing":
        await pause()
        return given(self.held.get("fetched"))

    @strawberry.field
    async def maybe_fetched(self) -> "Thing | None":
        await pause()
        return given(self.held.get("maybe_fetched"))

    @strawberry.field
    async def all_fetched(self) -> list["Thing"]:
        await pause()
        return given(self.held.get("all_fetched", []))

    @strawberry.field
    async def some_fetched(self) -> list["Thing | None"] | None:
        await pause()
        return given(self.held.get("some_fetched"))

    @strawberry.field(metadata={"batch": batched})
    async def batched(self, info: strawberry.Info) -> "Thing | None":
        await pause()
        return given(self.held.get("batched"))


@strawberry.input
class Filter:
    words: list[str]
    colour: Colour = Colour.RED
    deeper: "Filter | None" = None


@strawberry.type
class Query:
    @strawberry.field
    async def thing(self, info: strawberry.Info) -> Thing | None:
        await pause()
        return given(info.context.thing)

    @strawberry.field
    async def sure_thing(self, info: strawberry.Info) -> Thing:
        await pause()
        return given(info.context.thing)

    @strawberry.field
    async def things(self, info: strawberry.Info) -> list[Thing]:
        await pause()
        return given(info.context.things)

    @strawberry.field
    async def maybe_things(self, info: strawberry.Info) -> list[Thing | None] | None:
        await pause()
        return given(info.context.things)

    @strawberry.field
    def thing_now(self, info: strawberry.Info) -> Thing | None:
        return given(info.context.thing)

    @strawberry.field
    def leaves(self, info: strawberry.Info) -> Leaves | None:
        return given(info.context.leaves)

    @strawberry.field
    def sure_leaves(self, info: strawberry.Info) -> list[Leaves]:
        return given(info.context.all_leaves)

    @strawberry.field
    def echo(
        self,
        info: strawberry.Info,
        word: str = "w",
        number: int | None = None,
        colour: Colour | None = None,
        day: date | None = None,
        wanted: Filter | None = None,
        ids: list[strawberry.ID] | None = None,
        anything: JSON | None = None,
        maybe: strawberry.Maybe[int | None] = None,
    ) -> str:
        seen = (word, number, colour, day, wanted, ids, anything, maybe)
        return f"{seen} {info.variable_values} {info.return_type} {info.path}"


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def step(self, info: strawberry.Info, name: str, fails: bool = False) -> Thing | None:
        info.context.steps.append(f"{name} begins")
        await asyncio.sleep(0)
        info.context.steps.append(f"{name} ends")
        if fails:
            raise ValueError(name)
        return Thing(name=name)

    @strawberry.mutation
    async def sure_step(self, info: strawberry.Info, name: str, fails: bool = False) -> str:
        info.context.steps.append(name)
        if fails:
            raise ValueError(name)
        return name

    @strawberry.mutation
    def count(self, info: strawberry.Info) -> int:
        info.context.steps.append("count")
        return len(info.context.steps)


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    config=StrawberryConfig(scalar_map={Even: strawberry.scalar(name="Even", serialize=even)}),
)


@dataclass
class World:
    """The context: what there is, and what was seen."""

    thing: Any = None
    things: Any = field(default_factory=list)
    leaves: Any = None
    all_leaves: Any = field(default_factory=list)
    viewer: str = "somebody"
    steps: list[str] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
