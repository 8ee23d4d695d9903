"""Many askers at once on all ways, each of whom knows what he should be told."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from api import metrics
from api.context import Context
from api.graphql import execute
from api.graphql.execute import Ask
from api.graphql.operations import Operation
from api.graphql.paths import Paths
from api.graphql.schema import Schema
from identity.actor import Actor
from tests.api.parity.values import NOON
from tests.api.parity.viewers import citizen
from tests.api.parity.ways import REQUEST, Outcome, outcome
from tests.api.parity.world import World

CASES = "{ cases(first: 4) { edges { node { id title state clocks { kind dueOn } } cursor } } }"
ONE = "query ($id: UUID!) { case(id: $id) { id title corrections { number defects { problem } } } }"
INBOX = "{ recentCases(first: 3) { id title } notices(first: 3) { edges { node { id title body } } } }"
SHOP = '{ catalog(region: "330106", target: PERSON) { code name } materials { edges { node { id title } } } }'
DOCUMENTS = (CASES, ONE, INBOX, SHOP)


@dataclass(frozen=True)
class Question:
    """Who asks what, and what the reference tells him."""

    actor: Actor
    operation: Operation
    variables: dict[str, Any]
    expected: Outcome


@dataclass
class Load:
    """Asks questions on `paths`; whatever is not as expected is kept."""

    paths: Paths
    different: list[tuple[Question, Outcome]] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    async def ask(self, question: Question) -> Outcome:
        """Ask once; return what was told."""
        found = await ask(self.paths, question.operation, question.actor, question.variables)
        if found == question.expected:
            self.counted["as expected"] += 1
        else:
            self.counted["otherwise"] += 1
            self.different.append((question, found))
        return found

    async def all(self, questions: list[Question]) -> list[Outcome]:
        """Ask all at once."""
        return list(await asyncio.gather(*(self.ask(each) for each in questions)))


async def ask(paths: Paths, operation: Operation, actor: Actor, variables: dict[str, Any]) -> Outcome:
    """Ask once on the fastest way open."""
    context = Context(actor=actor, now=NOON, request_id=REQUEST, address="127.0.0.1", kept={})
    return outcome(await execute.run(paths, operation, Ask(operation.text, variables), context))


async def question(
    schema: Schema, text: str, actor: Actor, variables: dict[str, Any] | None = None
) -> Question:
    """Return a question with the reference's answer."""
    operation = execute.choose_operation(schema, Ask(text), is_open=True)
    expected = await ask(Paths(schema, open_=("ordinary",)), operation, actor, variables or {})
    return Question(actor, operation, variables or {}, expected)


async def questions(schema: Schema, world: World, dice: Random, count: int) -> list[Question]:
    """Return questions of citizens with the reference's answers; a third of the cases are foreign."""
    asked = []
    for _ in range(count):
        case = dice.choice(world.tables["case_file"])
        person = case["party_id"] if dice.random() < 0.67 else dice.choice(world.people)
        document = dice.choice(DOCUMENTS)
        variables = {"id": str(case["id"])} if document == ONE else {}
        asked.append(await question(schema, document, citizen(person), variables))
    return asked


def planned() -> float:
    """Return how many operations of this process were answered by plans."""
    metrics.by_plan.tell()
    return float(metrics.paths.labels("plan")._value.get())
