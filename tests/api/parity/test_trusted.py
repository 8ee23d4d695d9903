"""Every trusted query, for many viewers, on every way: the same bytes, the same errors, the same audit."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from graphql import FieldNode, VariableNode
from graphql.utilities import type_from_ast

from api.graphql.operations import Operation
from api.graphql.paths import operation_node
from api.graphql.trusted import Trusted
from identity.actor import Actor
from tests.api.parity.arguments import Arguments
from tests.api.parity.viewers import Viewers
from tests.api.parity.ways import Outcome, Ways, decode, is_full
from tests.api.parity.world import draw

pytestmark = pytest.mark.slow

MEANT = {  # (operation, variable) -> the root field and argument it is for, where another name says less
    ("Wallet", "materialsAfter"): ("materials", "after"),
    ("Wallet", "certificatesAfter"): ("certificates", "after"),
    ("Cases", "after"): ("cases", "after"),
    ("DeskCases", "after"): ("deskCases", "after"),
    ("Notices", "after"): ("notices", "after"),
    ("Visits", "after"): ("visits", "after"),
    ("Search", "after"): ("items", "after"),
    ("Find", "appsAfter"): ("findApps", "after"),
    ("Find", "itemsAfter"): ("findItems", "after"),
    ("Shelf", "after"): ("shelfApps", "after"),
    ("Upload", "id"): ("upload", "id"),
}


STAFF: dict[str, Callable[[Viewers], Actor]] = {
    "DeskCases": Viewers.clerk,
    **dict.fromkeys(
        (
            "AgreementText", "AppUpstreams", "MiniApp", "MiniAppCalls", "MiniAppFigures", "MiniAppRelease",
            "Webhooks",
        ),
        Viewers.maker,
    ),
}  # fmt: skip
"""Documents that citizens have no use for."""

EMPTY = {
    "MiniAppCalls": "calls are remembered by Valkey, which is the same for all ways",
    "MiniAppTerms": "only a session that was opened is told, and asking counts",
}
"""Trusted documents of which no full answer is compared here, and why."""

LATER = {
    "cases",
    "certificates",
    "findApps",
    "findItems",
    "items",
    "materials",
    "notices",
    "shelfApps",
    "visits",
}


def variables_of(operation: Operation, arguments: Arguments, schema: Any) -> dict[str, Any]:
    """Return variables for one request: most fit, some are missing, null or of another type."""
    node, dice, found = operation_node(operation), arguments.dice, {}
    for each in node.variable_definitions or ():
        name = each.variable.name.value
        kind = type_from_ast(schema.core, each.type)
        luck = dice.random()
        if luck < 0.02:
            found[name] = arguments.wrong()
        elif luck < 0.93 and not (each.default_value and luck < 0.3):
            field, argument = MEANT.get((operation.name or "", name), ("", name))
            found[name] = arguments.draw(field, argument, kind)
    return found


@dataclass
class Told:
    """How often each document, and each list in it from its second page on, told of any row."""

    full: Counter[str] = field(default_factory=Counter)
    later: Counter[str] = field(default_factory=Counter)

    async def ask(self, ways: Ways, operation: Operation, actor: Actor, variables: dict[str, Any]) -> None:
        """Compare an answer, and the next page of every list in it that has one."""
        found = await ways.compare(operation, actor, variables)
        data = _data(found)
        self.full[operation.name or ""] += is_full(data)
        for root, variable in _lists(operation):
            info = data[root]["pageInfo"] if data.get(root) else {}
            if info.get("hasNextPage"):
                further = {**variables, variable: info["endCursor"]}
                next_ = _data(await ways.compare(operation, actor, further))
                self.later[root] += is_full(next_.get(root))


def _data(found: Outcome | None) -> dict[str, Any]:
    return {} if found is None or found.errors else decode(found.body)["data"]


def _lists(operation: Operation) -> list[tuple[str, str]]:
    """Return the lists of a document that go on, and the variables that say where."""
    return [
        (each.name.value, argument.value.name.value)
        for each in operation_node(operation).selection_set.selections
        if isinstance(each, FieldNode)
        for argument in each.arguments or ()
        if argument.name.value == "after" and isinstance(argument.value, VariableNode)
    ]


async def each_for_many(ways, schema, world, viewers_each: int) -> Told:
    dice, told = Random(world.seed), Told()
    arguments, viewers = Arguments(world, dice), Viewers(world, dice)
    for operation in Trusted.load(schema.core).operations.values():
        if operation.is_mutation:
            continue
        ways.ready(operation)
        for _ in range(viewers_each):
            arguments.owners.clear()
            variables = variables_of(operation, arguments, schema)
            [actor] = viewers.some(1, arguments.owners if dice.random() < 0.85 else None)
            if operation.name in STAFF and dice.random() < 0.7:
                actor = STAFF[operation.name](viewers)
            await told.ask(ways, operation, actor, variables)
    print(told)
    return told


async def test_trusted_documents_are_alike_on_every_way(settle, ways, schema, tally):
    told = await each_for_many(ways, schema, await settle(draw(11, people=60)), 25)

    tally.check(planned=50)
    assert tally.ways["again"] > 20
    assert {name for name, count in told.full.items() if count < 3} <= EMPTY.keys()


@pytest.mark.timeout(300)
async def test_trusted_documents_are_alike_for_very_many(settle, ways, schema, tally):
    told = await each_for_many(ways, schema, await settle(draw(12)), 250)

    tally.check(planned=1_000)
    assert tally.ways["again"] > 400
    assert {name for name, count in told.full.items() if count < 30} == EMPTY.keys()
    assert {name for name, count in told.later.items() if count} >= LATER
