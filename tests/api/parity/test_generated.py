"""Thousands of documents of the schema, for thousands of viewers, on every way: the same to the byte.

`-s` prints how many documents and requests went which way, and how many were refused before they ran.
"""

from random import Random

import pytest

from tests.api.parity.arguments import Arguments
from tests.api.parity.documents import Author, drawn
from tests.api.parity.viewers import Viewers
from tests.api.parity.world import draw

pytestmark = pytest.mark.slow

SEEDS = (1, 2, 3, 4)


async def compare(ways, schema, world, *, each: int, viewers_each: int) -> None:
    """Draw documents, at most `each` for a root field, dress as many more, and ask them all."""
    dice = Random(world.seed)
    arguments, viewers = Arguments(world, dice), Viewers(world, dice)
    author = Author(schema.core, arguments)
    plain = drawn(schema.core, each=each, seed_=world.seed)
    for number, text in enumerate(plain * 2):
        adorned = number >= len(plain)
        texts = [text, *dice.sample(plain, dice.randrange(3))] if adorned else [text]
        document = author.write(texts, adorned=adorned)
        operation = ways.choose(document.text)
        for _ in range(viewers_each if operation else 0):
            arguments.owners[:] = document.owners
            variables = document.draw(arguments)
            wanted = [dice.choice(arguments.owners)] if arguments.owners and dice.random() < 0.8 else None
            [actor] = viewers.some(1, wanted)
            await ways.compare(operation, actor, variables)


def test_cursors_are_known_for_every_list_but_one(schema, keys):
    lists = {name for name, field in schema.core.query_type.fields.items() if "after" in field.args}

    known = Arguments(draw(1, people=20), Random(1)).cursors.keys()

    assert lists - known == {"miniAppCalls"}, "Valkey makes its keys"
    assert known <= lists


@pytest.mark.parametrize("each", [2, 4])
async def test_generated_documents_are_alike_on_every_way(settle, ways, schema, tally, each):
    world = await settle(draw(21, people=40))

    await compare(ways, schema, world, each=each, viewers_each=1)

    assert tally.requests > 100
    tally.check(planned=20)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
async def test_thousands_of_generated_documents_are_alike_on_every_way(settle, ways, schema, tally, seed):
    world = await settle(draw(seed))

    await compare(ways, schema, world, each=6, viewers_each=4)

    assert sum(tally.documents.values()) > 2_000 / len(SEEDS)
    assert tally.requests > 10_000 / len(SEEDS)
    tally.check(planned=250)
