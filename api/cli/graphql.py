"""`banshi graphql`: keep the committed schema and the table of errors in step with the code."""

from pathlib import Path

import click

from api import refusals
from api.graphql.schema import build

SCHEMA = Path(__file__).parent.parent / "graphql" / "schema.graphql"
ERRORS = Path(__file__).parent.parent.parent / "docs" / "errors.md"


@click.group()
def graphql() -> None:
    """The GraphQL schema and its errors.

    \b
    Example: banshi graphql check
    """


@graphql.command()
def export() -> None:
    """Write the schema to api/graphql/schema.graphql.

    Example: banshi graphql export
    """
    SCHEMA.write_text(build().as_str() + "\n")
    click.echo(f"wrote {SCHEMA.name}")


@graphql.command()
def errors() -> None:
    """Write the table of all error codes to docs/errors.md.

    Example: banshi graphql errors
    """
    ERRORS.write_text(refusals.table())
    click.echo(f"wrote {ERRORS.name}")


@graphql.command()
def check() -> None:
    """Fail when the committed schema or the table of errors is behind the code.

    Example: banshi graphql check
    """
    behind = [
        command
        for command, file, text in (
            ("export", SCHEMA, build().as_str() + "\n"),
            ("errors", ERRORS, refusals.table()),
        )
        if not file.exists() or file.read_text() != text
    ]
    for command in behind:
        click.echo(f"behind the code: run `banshi graphql {command}`", err=True)
    if behind:
        raise SystemExit(1)
    click.echo("the schema and the table of errors are in step with the code")
