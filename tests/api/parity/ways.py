"""One request on each of the three ways, and whether the answers are the same to the byte.

The ordinary way is the reference.  A plan may decline to answer, and an operation may not be covered by the
generated executor: both are counted, neither is a difference.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest
from graphql import FieldNode

from api.context import Context
from api.graphql import execute
from api.graphql.execute import Answer, Ask
from api.graphql.operations import Operation
from api.graphql.paths import Path, Paths, operation_node
from api.graphql.plan.again import Again
from api.graphql.plan.running import Runner
from api.graphql.plan.runtime.compression import plain
from api.graphql.schema import Schema
from identity import audit
from identity.actor import Actor
from tests.api.parity.errors import agree
from tests.api.parity.values import NOON

REQUEST = "0" * 32

Told = tuple[object, ...]  # one audit row, but for its id


@dataclass(frozen=True)
class Outcome:
    """What one way made of a request: comparable."""

    body: bytes  # the whole, or with errors only what stands under "data"
    errors: tuple[str, ...]  # as JSON, in the order of their paths
    audited: tuple[Told, ...]


@dataclass
class Tally:
    """How many requests went which way, and where answers differ."""

    requests: int = 0
    full: Counter[str] = field(default_factory=Counter)  # root fields whose answer told of anything
    ways: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)  # by the best way open to them
    refused: Counter[str] = field(default_factory=Counter)  # documents that never ran, by their error
    with_errors: int = 0
    siblings: int = 0  # requests in which another of several failures was told; see tests.api.parity.errors
    failures: Counter[str] = field(default_factory=Counter)  # of plans, by the exception
    different: list[str] = field(default_factory=list)

    def check(self, *, planned: int) -> None:
        """See that both fast ways were taken, and that hardly ever another sibling's failure was told."""
        assert self.ways["plan"] > planned
        assert self.ways["generated"] == self.ways["ordinary"] == self.requests
        assert self.siblings <= 2 + self.requests // 100

    def failed(self, error: BaseException) -> None:
        """Take down why a plan failed."""
        self.failures[f"{type(error).__name__}: {error}"[:300]] += 1

    def __str__(self) -> str:
        return (
            f"{sum(self.documents.values())} documents {dict(self.documents)}, {self.requests} requests"
            f" {dict(self.ways)}, {self.with_errors} with errors, {self.siblings} with"
            f" another sibling's error, plan failures {dict(self.failures)},"
            f" refused {dict(self.refused)}, different: {len(self.different)}"
        )


class Ways:
    """Asks on every way.  `kept` is what plans remember with a session: by who asks."""

    def __init__(self, schema: Schema, runner: Runner, tally: Tally) -> None:
        self.tally = tally
        self.schema = schema
        self.paths: dict[Path, Paths] = {
            "ordinary": Paths(schema, open_=("ordinary",)),
            "generated": Paths(schema, open_=("generated",), eager=True),
            "plan": Paths(schema, open_=("plan",), runner=runner, eager=True),
        }
        self.kept: dict[Actor, dict[Any, Any]] = {}
        self.audited: list[Told] = []
        self.masked: Callable[[bytes], bytes] = bytes  # what no two answers share

    def listen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take down what is audited instead of storing it, so that looking changes nothing to see."""

        async def note(rows: list[Any]) -> None:
            self.audited += [
                (each.actor, each.party_id, each.act, each.object, each.basis) for _, each in rows
            ]

        monkeypatch.setattr(audit, "_insert", note)
        monkeypatch.setattr(
            Schema, "process_errors", lambda *_: None
        )  # logging bugs takes longer than all else

    def choose(self, text: str) -> Operation | None:
        """Return the operation of a text; None when the house refuses it, which is counted."""
        try:
            operation = execute.choose_operation(self.schema, Ask(text), is_open=True)
        except execute.Refused as refusal:
            code = execute.refused(refusal.errors, request_id=REQUEST).codes[0]
            self.tally.refused[code] += 1
            return None
        self.ready(operation)
        return operation

    def ready(self, operation: Operation) -> None:
        """Compile an operation for every way, and count which is its best."""
        ways = {name: paths.known(operation) for name, paths in self.paths.items()}
        best = next((name for name in ("plan", "generated") if ways[name].best == name), "ordinary")
        self.tally.documents[best] += 1

    async def compare(self, operation: Operation, actor: Actor, variables: dict[str, Any]) -> Outcome | None:
        """Ask on all ways; return the reference's outcome, None when the variables are refused."""
        if execute.check(operation, variables) is not None:
            self.tally.refused["variables"] += 1
            return None
        ask = Ask(operation.text, variables)
        reference = await self.ask("ordinary", operation, ask, actor)
        self.tally.requests += 1
        self.tally.with_errors += bool(reference.errors)
        self.tally.ways["ordinary"] += 1
        self.tally.full.update(_full(operation, reference))
        for name in ("generated", "plan"):
            if self.paths[name].known(operation).best == name:
                found = await self.ask(name, operation, ask, actor)
                if self._count(name, found, reference, operation, ask, actor) and name == "plan":
                    found = await self._again(operation, ask, actor)
                    self._count("again", found, reference, operation, ask, actor)
        return reference

    def _count(
        self,
        name: str,
        found: Outcome | None,
        reference: Outcome,
        operation: Operation,
        ask: Ask,
        actor: Actor,
    ) -> bool:
        """Take down what one way answered; say whether it answered."""
        if found is None:
            self.tally.ways[f"{name} declined"] += 1
            return False
        self.tally.ways[name] += 1
        if self._are_siblings(found, reference):
            self.tally.siblings += 1
        elif found != reference:
            self.tally.different.append(telling(name, operation, actor, ask.variables, reference, found))
        return True

    async def _again(self, operation: Operation, ask: Ask, actor: Actor) -> Any:
        """Ask for what a plan answered just now as the lane does when it comes again."""
        self.audited = []
        paths = self.paths["plan"]
        context = Context(
            actor=actor, now=NOON, request_id=REQUEST, address="127.0.0.1", kept=self.kept[actor]
        )
        plan = paths.known(operation).plan_for(ask.variables)
        bound = None if plan is None else plan.binder.recall(ask.variables)
        if plan is None or bound is None or paths.runner is None:
            return None
        again = Again.of(paths.runner, plan, bound)
        begun = None if again is None else again.begin(context)
        if begun is None:
            return None
        if begun.waits is not None:
            await begun.waits
        ended = begun.end()
        assert ended is not None, "a plan answered this just now"
        for storing in ended[1]:
            await storing
        return outcome(Answer(body={}, raw=plain(ended[0])), self.audited)

    async def ask(self, name: Path, operation: Operation, ask: Ask, actor: Actor) -> Any:
        """Ask on one way; return its outcome, None when a plan declines."""
        self.audited = []
        context = Context(actor=actor, now=NOON, request_id=REQUEST, address="127.0.0.1")
        paths = self.paths[name]
        if name == "plan":
            context = replace(context, kept=self.kept.setdefault(actor, {}))
            parts = await paths.by_plan(paths.known(operation), ask.variables, context)
            answer = None if parts is None else Answer(body={}, raw=plain(parts))
        else:
            answer = await execute.run(paths, operation, ask, context)
        if answer is None:
            return None
        found = outcome(answer, self.audited)
        return replace(found, body=self.masked(found.body))

    def _are_siblings(self, found: Outcome, reference: Outcome) -> bool:
        """Say whether they differ, but only in what happens at the same time and is given up."""
        nothing = found.body == reference.body == b"null"  # and then nobody saw what may have been noted
        return (
            found != reference
            and found.body == reference.body
            and (nothing or found.audited == reference.audited)
            and agree(decode(reference.body), reference.errors, found.errors)
        )


def outcome(answer: Answer, audited: Sequence[Told] = ()) -> Outcome:
    """Return an answer as it can be compared."""
    noted = tuple(sorted(audited, key=repr))
    if answer.raw is not None or "errors" not in answer.body:
        return Outcome(answer.wire, (), noted)
    errors = sorted(answer.body["errors"], key=lambda each: repr((each.get("path"), each)))
    data = execute.encode(answer.body.get("data", "never began"))
    return Outcome(data, tuple(execute.encode(each).decode() for each in errors), noted)


def _full(operation: Operation, found: Outcome) -> Iterator[str]:
    """Return the root fields that told of anything; those inside fragments are not looked at."""
    body = decode(found.body)
    data = body if found.errors else body["data"]
    for each in operation_node(operation).selection_set.selections if isinstance(data, dict) else ():
        if isinstance(each, FieldNode) and is_full(data.get((each.alias or each.name).value)):
            yield each.name.value


def telling(
    name: str,
    operation: Operation,
    actor: Actor,
    variables: dict[str, Any],
    reference: Outcome,
    found: Outcome,
) -> str:
    """Return in what an outcome is not the reference's."""
    lines = [f"--- {name} by {actor}", operation.text, repr(variables)]
    for what in ("body", "errors", "audited"):
        one, other = getattr(reference, what), getattr(found, what)
        if one != other:
            lines += [f"{what} ordinary: {_around(one, other)}", f"{what} {name}: {_around(other, one)}"]
    return "\n".join(lines)


def _around(one: Any, other: Any) -> str:
    """Return what stands near the first place where `one` is not `other`."""
    if not isinstance(one, bytes):
        return repr(one)[:2_000]
    place = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return f"at {place}: {one[max(0, place - 80) : place + 120]!r}"


def decode(body: bytes) -> Any:
    """Return a body as Python values."""
    return msgspec.json.decode(body)


def is_full(value: Any) -> bool:
    """Say whether an answer tells of anything, besides of where a page ends."""
    if isinstance(value, dict):
        return any(is_full(each) for key, each in value.items() if key != "pageInfo")
    return any(map(is_full, value)) if isinstance(value, list) else value is not None
