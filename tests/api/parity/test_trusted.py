"""Every trusted query, for many viewers, on every way: the same bytes, the same errors, the same audit."""

from random import Random
from typing import Any

import pytest
from graphql.utilities import type_from_ast

from api.graphql.operations import Operation
from api.graphql.paths import operation_node
from api.graphql.trusted import Trusted
from tests.api.parity.arguments import Arguments
from tests.api.parity.viewers import Viewers
from tests.api.parity.world import draw

pytestmark = pytest.mark.slow

MEANT = {  # (operation, variable) -> the root field and argument it is for, where another name says less
    ("Wallet", "materialsAfter"): ("materials", "after"),
    ("Wallet", "certificatesAfter"): ("certificates", "after"),
    ("Cases", "after"): ("cases", "after"),
    ("DeskCases", "after"): ("deskCases", "after"),
    ("Notices", "after"): ("notices", "after"),
    ("Visits", "after"): ("visits", "after"),
    ("Upload", "id"): ("upload", "id"),
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


async def each_for_many(ways, schema, world, viewers_each: int) -> None:
    dice = Random(world.seed)
    arguments, viewers = Arguments(world, dice), Viewers(world, dice)
    for operation in Trusted.load(schema.core).operations.values():
        if operation.is_mutation:
            continue
        ways.ready(operation)
        for _ in range(viewers_each):
            arguments.owners.clear()
            variables = variables_of(operation, arguments, schema)
            [actor] = viewers.some(1, arguments.owners if dice.random() < 0.85 else None)
            await ways.compare(operation, actor, variables)


async def test_trusted_documents_are_alike_on_every_way(settle, ways, schema, tally):
    await each_for_many(ways, schema, await settle(draw(11, people=60)), 25)

    assert tally.ways["plan"] > 50 and tally.ways["again"] > 20


@pytest.mark.timeout(300)
async def test_trusted_documents_are_alike_for_very_many(settle, ways, schema, tally):
    await each_for_many(ways, schema, await settle(draw(12)), 250)

    assert tally.ways["plan"] > 1_000 and tally.ways["again"] > 400
