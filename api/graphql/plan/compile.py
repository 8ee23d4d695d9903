"""From an operation to a plan: its root fields sorted into what is read, what is shared and what is kept.

query { viewer {…}  catalog {…}  cases {…}  notices {…} }
                 kept        shared       └── one statement ──┘
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

import strawberry
from graphql import DocumentNode, OperationDefinitionNode, OperationType, SelectionSetNode
from strawberry.types.field import StrawberryField

from api.graphql.plan.arguments import Binder, Given, Refused, vary
from api.graphql.plan.generated import Generated
from api.graphql.plan.house import House
from api.graphql.plan.roots import ROOT, Kept, Root
from api.graphql.plan.runtime.batching import Statement
from api.graphql.plan.segments import Cached, Constant, Plan, Private, Read, Segment
from api.graphql.plan.select import TYPENAME, Chosen, Flags, NotCovered, choose
from api.graphql.plan.sharing import Sharing
from api.graphql.plan.statements import VIEWER, Asked, statement


def compile_plan(
    schema: strawberry.Schema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    house: House,
    *,
    flags: Flags,
    fragments: bool = True,
) -> Plan:
    """Return the plan of a valid operation; without `fragments` everything is read at every request.

    Raises:
        NotCovered: it needs what only Python can do, and says what.
    """
    if operation.operation is not OperationType.QUERY:
        raise NotCovered("a mutation is made by Python")
    chosen = choose(schema._schema, document, operation, flags)
    return _Compiler(schema, document, operation, house, fragments=fragments).plan(chosen)


@dataclass(frozen=True)
class _Field:
    """One root field on its way into a plan."""

    chosen: Chosen
    root: Root | Kept
    given: Given
    is_read: bool  # by the operation's own statement

    @property
    def asked(self) -> Asked:
        assert isinstance(self.root, Root)
        return Asked(self.chosen, self.root, self.given.constants, self.given.variables)


class _Compiler:
    def __init__(
        self,
        schema: strawberry.Schema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        house: House,
        *,
        fragments: bool,
    ) -> None:
        self.schema = schema
        self.document = document
        self.operation = operation
        self.house = house
        self.types = {name: type_ for name, (type_, _) in house.viewer.items()}
        self.fragments = fragments

    def plan(self, chosen: tuple[Chosen, ...]) -> Plan:
        fields = {each.key: self._field(each) for each in chosen if each.name != TYPENAME}
        segments: list[Segment] = []
        runs: list[list[Asked]] = []
        for is_read, run in groupby(chosen, lambda each: each.key in fields and fields[each.key].is_read):
            if is_read:
                segments.append(Private(len(runs)))
                runs.append([fields[each.key].asked for each in run])
            else:
                segments.extend(self._unread(each, fields) for each in run)
        return Plan(
            segments=tuple(segments),
            read=self._read(runs) if runs else None,
            binder=Binder(
                self.schema._schema,
                self.operation,
                {key: (each.given, _sql(each.root)) for key, each in fields.items()},
            ),
            allows=self.house.lock([_definition(each.chosen) for each in fields.values()]),
            seen=tuple((key, each.root.seen) for key, each in fields.items() if each.root.seen is not None),
        )

    def _field(self, chosen: Chosen) -> _Field:
        root = _definition(chosen).metadata.get(ROOT)
        if not isinstance(root, Root | Kept):
            raise NotCovered(f"{chosen.name} is answered by Python")
        try:
            given = Given.of(chosen, _sql(root))
        except Refused:
            raise NotCovered(f"the arguments of {chosen.name} are refused") from None
        is_read = isinstance(root, Root) and not (root.shared and self.fragments)
        return _Field(chosen, root, given, is_read)

    def _unread(self, chosen: Chosen, fields: Mapping[str, _Field]) -> Constant | Cached:
        if chosen.name == TYPENAME:
            return Constant(f'"{chosen.key}":"{chosen.parent.name}"'.encode())
        found = fields[chosen.key]
        if isinstance(found.root, Root):
            read = self._read([[found.asked]])
            if any(key == VIEWER for key, _ in read.parameters):
                raise NotCovered(f"{chosen.name} is shared, and asks who asks")
            same = sha256(read.statement.text.encode()).digest(), read.steps  # equal ones make equal bytes
            return Cached(chosen.key, "shared", found.root.topics, read, same)
        kept, maker = found.root, self._python(chosen)
        sharing = Sharing.of(kept, chosen)
        return Cached(chosen.key, kept.by, kept.topics, maker, object(), kept.by_minute, sharing)

    def _read(self, runs: list[list[Asked]]) -> Read:
        text, parameters, steps = statement(runs, self.types)
        return Read(Statement(text, max(1, len(parameters))), tuple(parameters), tuple(steps))

    def _python(self, chosen: Chosen) -> Generated:
        """Return an executor of this one root field; raises NotCovered unless its own arguments tell all."""
        if vary(chosen.inner or ()):
            raise NotCovered(f"variables inside {chosen.name}")
        whole = self.operation
        alone = OperationDefinitionNode(
            operation=whole.operation,
            name=whole.name,
            variable_definitions=whole.variable_definitions,
            selection_set=SelectionSetNode(selections=tuple(chosen.nodes)),
        )
        return Generated.compile(self.schema, self.document, alone)


def _definition(chosen: Chosen) -> StrawberryField:
    found = chosen.field.extensions["strawberry-definition"]
    assert isinstance(found, StrawberryField)
    return found


def _sql(root: Root | Kept) -> Root | None:
    return root if isinstance(root, Root) else None
