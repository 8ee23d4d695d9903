"""`banshi graphql explain` and `paths`: which way an operation goes, why, and what it asks of PostgreSQL."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path as File
from typing import get_args

import click
from strawberry.types.field import StrawberryField

from api.cli.environment import current
from api.cli.sql_lines import lines
from api.graphql import documents, operations
from api.graphql.operations import Operation, Refused
from api.graphql.paths import Path, Paths, Ways, operation_node
from api.graphql.plan.roots import ROOT, Kept, Root
from api.graphql.plan.runtime.batching import Statement
from api.graphql.plan.runtime.connections import Connections
from api.graphql.plan.runtime.slots import Unavailable
from api.graphql.plan.segments import Cached, Plan, Read
from api.graphql.plan.select import TYPENAME, Chosen, NotCovered, choose
from api.graphql.schema import Schema, build
from api.graphql.trusted import Trusted

NOTHING_RUNS = "no database is given (--database) and nothing runs here: the plans of PostgreSQL are left out"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=File))
@click.option("--name", help="Which operation of the file, when it has several.")
@click.option("--database", metavar="URL", help="Where to EXPLAIN the statements; else what runs here.")
def explain(file: File, name: str | None, database: str | None) -> None:
    """Show which way an operation goes, why, and its SQL with the plans of PostgreSQL.

    \b
    Example: banshi graphql explain api/graphql/documents/home.graphql
    """
    schema = build()
    operation = _operation(schema, file, name)
    ways = Paths(schema).ways(operation)
    click.echo(f"{file.name}: {operation.label} goes the way: {ways.best}")
    for reason in ways.reasons:
        click.echo(f"  not {reason}")
    for flags, plan in ways.plans.items():
        given = dict(zip((name for name, _ in ways.flags), flags, strict=True))
        click.echo(f"\nroot fields{f', with {given}' if given else ''}:")
        for line in _fields(schema, operation, given):
            click.echo(f"  {line}")
        _statements(plan, database)
    if not ways.plans:
        click.echo("\nroot fields:")
        for line in _fields(schema, operation, {name: True for name, _ in ways.flags}):
            click.echo(f"  {line}")


@click.command()
def paths() -> None:
    """Show the way of every trusted document, and fail when one goes the ordinary, slow way.

    Example: banshi graphql paths
    """
    schema = build()
    known = Trusted.load(schema.core)
    ways = {entry.name: _ways(schema, known, entry.id) for entry in documents.listed()}
    for name, each in ways.items():
        click.echo(f"{name:<20} {each.best:<10} {'; '.join(each.reasons)}".rstrip())
    counted = Counter(each.best for each in ways.values())
    every: tuple[Path, ...] = get_args(Path)
    click.echo(", ".join(f"{path} {counted[path]} ({counted[path] / len(ways):.0%})" for path in every))
    if counted["ordinary"]:
        raise SystemExit(1)


def _operation(schema: Schema, file: File, name: str | None) -> Operation:
    try:
        return operations.choose(schema.core, file.read_text(encoding="utf-8"), name, is_open=False)
    except Refused as refusal:
        raise click.ClickException("\n".join(str(error) for error in refusal.errors)) from refusal


def _ways(schema: Schema, known: Trusted, document_id: str) -> Ways:
    operation = known.find(document_id)
    assert operation is not None, "the manifest lists it"
    return Paths(schema).trust(operation)


def _fields(schema: Schema, operation: Operation, flags: dict[str, bool]) -> Iterator[str]:
    """Yield what is known of each root field, in the order of the answer."""
    try:
        chosen = choose(schema.core, operation.document, operation_node(operation), flags)
    except NotCovered as why:
        yield f"unknown: {why}"
        return
    for each in chosen:
        if each.name != TYPENAME:
            yield f"{each.key:<14} {_source(each)}"


def _source(chosen: Chosen) -> str:
    definition = chosen.field.extensions.get("strawberry-definition")
    found = definition.metadata.get(ROOT) if isinstance(definition, StrawberryField) else None
    if isinstance(found, Root):
        if not found.shared:
            return "private: SQL in the operation's one statement, by who asks"
        return f"shared: bytes made by SQL, kept until a change of {_topics(found)}"
    if isinstance(found, Kept) and found.by == "shared":
        return f"shared: bytes made by Python, kept until a change of {_topics(found)}"
    if isinstance(found, Kept):
        return "session: bytes made by Python, kept with the verdict on the session"
    return "Python: a resolver answers it"


def _topics(found: Root | Kept) -> str:
    return ", ".join(sorted(found.topics)) or "nothing"


def _statements(plan: Plan, database: str | None) -> None:
    """Print every statement of a plan, and how PostgreSQL would run it."""
    reads = list(_reads(plan))
    told = asyncio.run(_explained([read.statement for _, read in reads], database)) if reads else []
    for (whose, read), rows in zip(reads, told, strict=True):
        values = ", ".join(f"{key or 'viewer'}.{name}" for key, name in read.parameters)
        click.echo(f"\nstatement of {whose}; each asker hands in: {values or 'nothing'}")
        if read.steps:
            click.echo(f"  Python fills {len(read.steps)} kinds of places in it")
        for line in [*lines(read.statement.text), "", *rows]:
            click.echo(f"  {line}".rstrip())


def _reads(plan: Plan) -> Iterator[tuple[str, Read]]:
    if plan.read is not None:
        yield "the operation's own", plan.read
    for each in plan.segments:
        if isinstance(each, Cached) and isinstance(each.maker, Read):
            yield each.key, each.maker


async def _explained(statements: list[Statement], database: str | None) -> list[list[str]]:
    """Return the generic plan of each statement, or a line that says why there is none."""
    try:
        url = database or current().plan_url
    except click.ClickException:
        return [[NOTHING_RUNS] for _ in statements]
    connections = Connections(url, size=1)  # plans on it are generic, as those of the server
    try:
        await connections.open()
        return [await _plan(connections, f"s{place}", each) for place, each in enumerate(statements)]
    except Unavailable as error:
        raise click.ClickException(f"the database does not answer: {error}") from error
    finally:
        await connections.close()


async def _plan(connections: Connections, name: str, statement: Statement) -> list[str]:
    """Return the lines of a plan; EXPLAIN (GENERIC_PLAN) cannot be sent as the driver sends statements."""
    await connections.fetch(f"PREPARE {name} AS {statement.text}")
    nothing = ", ".join(["NULL"] * statement.columns)
    return [str(row[0]) for row in await connections.fetch(f"EXPLAIN EXECUTE {name}({nothing})")]
