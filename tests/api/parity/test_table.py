"""What the authorization table asks, by everybody in it: queries on all ways, trusted mutations on their two.

Answers are alike, and so are the facts that mutations tell; what these do is taken back.  What is made by
chance is the same on all ways: ids and secrets.
"""

import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from typing import Any

import pytest
from graphql import FieldNode, VariableNode
from graphql.utilities import type_from_ast

from api.graphql.execute import Ask, check
from api.graphql.operations import Operation
from api.graphql.paths import operation_node
from api.graphql.trusted import Trusted
from identity.actor import Actor
from storage import ids, limits, queue
from storage.db import fetch, transaction
from storage.settings import QueueSettings
from tests.api.authz_asking import Undo, document, filled
from tests.api.authz_mutations import MUTATIONS
from tests.api.authz_queries import QUERIES
from tests.api.authz_row import COLUMNS, Row
from tests.api.authz_world import World, a_world
from tests.api.parity.values import uuid
from tests.api.parity.ways import Outcome, Ways, telling

pytestmark = pytest.mark.slow

NEVER_TWICE = re.compile(
    rb'((?:policy|x-amz-[a-z]+)","value":"|X-Amz-[A-Za-z-]+=|number":"(?=\d{21}")|webhookSecret":"whsec_)[^"&]+'
)
"""What is signed at a moment, counted by a sequence, or sealed with bytes of the system."""

FACTS = "SELECT type, party_id, app_id, payload, emitted_at, not_before FROM outbox ORDER BY seq"


@pytest.fixture
async def world(db, keys, valkey) -> AsyncIterator[World]:
    await queue.connect(QueueSettings(url=valkey.url))
    await queue.redis().flushdb()
    limits.forget()
    yield await a_world()
    limits.forget()
    await queue.disconnect()


@pytest.fixture
def chance(world, ways, monkeypatch) -> "Chance":
    """What is made by chance; after the world is made."""
    made = Chance()
    ways.masked = lambda body: NEVER_TWICE.sub(rb"\1", body)
    monkeypatch.setattr(ids, "_value", lambda _noise: made.id())
    monkeypatch.setattr(secrets, "token_hex", lambda size=32: made.dice.randbytes(size).hex())
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size=32: made.dice.randbytes(size).hex())
    return made


class Chance:
    """The same ids and secrets after each `again`."""

    def __init__(self) -> None:
        self.first = ids.new_id().int
        self.again()

    def again(self) -> None:
        self.dice, self.numbers = Random(1), count(1)

    def id(self) -> int:
        return self.first + next(self.numbers)


@dataclass
class Mutations:
    """Compares one mutation after another."""

    ways: Ways
    chance: Chance
    done: set[str] = field(default_factory=set)  # documents that changed something
    refused: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)  # kinds that were told

    async def compare(self, operation: Operation, actor: Actor, variables: dict[str, Any]) -> None:
        if check(operation, variables) is not None:
            self.ways.tally.refused["variables"] += 1
            return
        found, reference = [
            await self._told(name, operation, actor, variables) for name in ("generated", "ordinary")
        ]
        tally = self.ways.tally
        tally.requests += 1
        tally.with_errors += bool(reference.errors)
        (self.refused if reference.errors else self.done).add(operation.name or "")
        if found != reference:
            tally.different.append(telling("generated", operation, actor, variables, reference, found))

    async def _told(self, way: Any, operation: Operation, actor: Actor, variables: dict[str, Any]) -> Outcome:
        self.chance.again()
        limits.forget()
        await queue.redis().flushdb()
        try:
            async with transaction():
                found: Outcome = await self.ways.ask(way, operation, Ask(operation.text, variables), actor)
                facts = [tuple(row.values()) for row in await fetch(FACTS)]
                raise Undo
        except Undo:
            self.ways.tally.ways[way] += 1
            self.facts |= {fact[0] for fact in facts}
            return replace(found, audited=(*found.audited, *facts))


def brought(operation: Operation) -> tuple[str, dict[str, str]]:
    """Return the root field of a document, and which argument each of its variables brings."""
    [root] = operation_node(operation).selection_set.selections
    assert isinstance(root, FieldNode)
    return root.name.value, {
        each.value.name.value: each.name.value
        for each in root.arguments or ()
        if isinstance(each.value, VariableNode)
    }


def bent(kind: Any, dice: Random) -> list[Any]:
    """Return values that fit a type and hardly a mutation."""
    name = str(kind).rstrip("!")
    return {
        "UUID": [str(uuid(dice))], "Int": [0, -1, 2**31 - 1], "Boolean": [True, False],
        "String": ["", "x" * 3_000, "\0", "汉字"], "DateTime": ["1970-01-01T00:00:00+00:00"],
        "[String!]": [[], [""], ["x"]],
    }.get(name, [])  # fmt: skip


def allowed(row: Row) -> str:
    """Return who may do it, else anybody."""
    found = [name for name, cell in zip(COLUMNS, row.cells, strict=True) if cell in "+~0"]
    return found[0] if found else "owner"


@pytest.mark.timeout(300)
async def test_trusted_mutations_are_alike_on_both_ways(world, chance, ways, schema, tally):
    mutations, dice = Mutations(ways, chance), Random(1)
    trusted = [each for each in Trusted.load(schema.core).operations.values() if each.is_mutation]
    for operation in trusted:
        ways.ready(operation)
        root, arguments = brought(operation)
        for row in (row for row in MUTATIONS if row.field == root):
            given = {
                variable: filled(row.given[argument], world.things)
                for variable, argument in arguments.items()
                if argument in row.given
            }
            for column in COLUMNS:
                await mutations.compare(operation, world.actors[column], given)
            for each in operation_node(operation).variable_definitions or ():
                name, actor = each.variable.name.value, world.actors[allowed(row)]
                for value in bent(type_from_ast(schema.core, each.type), dice):
                    await mutations.compare(operation, actor, given | {name: value})

    names = {each.name for each in trusted}
    assert len(names) > 30
    assert tally.documents["generated"] == len(trusted)
    assert mutations.refused == names
    assert mutations.done == names
    assert len(mutations.facts) > 30


@pytest.mark.timeout(300)
async def test_every_query_of_the_table_is_alike_on_every_way(world, chance, ways, schema, tally):
    for row in QUERIES:
        operation = ways.choose(document(schema, row))
        given = {name: filled(value, world.things) for name, value in row.given.items()}
        for column in COLUMNS:
            chance.again()
            await ways.compare(operation, world.actors[column], given)

    tally.check(planned=150)
    assert schema.core.query_type.fields.keys() - tally.full.keys() == {"catalog"}, "nothing is offered here"
