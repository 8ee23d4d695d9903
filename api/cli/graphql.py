"""`banshi graphql`: keep schema, errors and trusted documents in step with the code."""

from pathlib import Path

import click

from api import refusal_classes, refusal_page, refusals
from api.cli import explaining, naming
from api.graphql import documents, trusted
from api.graphql.documents import Entry
from api.graphql.schema import build

SCHEMA = Path(__file__).parent.parent / "graphql" / "schema.graphql"
ERRORS = Path(__file__).parent.parent.parent / "docs" / "errors.md"


@click.group()
def graphql() -> None:
    """The GraphQL schema, its errors and the trusted documents.

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
    """Write the table of all error codes to docs/errors.md, their page, and their classes into the SDK.

    Example: banshi graphql errors
    """
    ERRORS.write_text(refusals.table())
    refusal_page.FILE.write_text(refusal_page.page())
    refusal_classes.write()
    click.echo(f"wrote {ERRORS.name}, {refusal_page.FILE.name} and the SDK's classes")


@graphql.command("documents")
def write_documents() -> None:
    """Write the list of trusted documents to api/graphql/documents/manifest.json.

    Example: banshi graphql documents
    """
    documents.MANIFEST.write_text(documents.written(documents.present()))
    click.echo(f"wrote {documents.MANIFEST.name}")


@graphql.command()
def check() -> None:
    """Fail when a committed file is behind the code, or a trusted document is broken or unused.

    Example: banshi graphql check
    """
    present = documents.present()
    behind = [
        f"{file.name} is behind the code: run `banshi graphql {command}`"
        for command, file, text in (
            ("export", SCHEMA, build().as_str() + "\n"),
            ("errors", ERRORS, refusals.table()),
            ("errors", refusal_page.FILE, refusal_page.page()),
            ("documents", documents.MANIFEST, documents.written(present)),
        )
        if not file.exists() or file.read_text() != text
    ]
    behind += [
        f"banshi/refusals/{name} is behind the code: run `banshi graphql errors`"
        for name in refusal_classes.behind()
    ]
    faults = [*behind, *_broken(present), *naming.faults(present)]
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise SystemExit(1)
    click.echo(f"schema, errors and {len(present)} trusted documents are in step with the code")


def _broken(present: list[Entry]) -> list[str]:
    schema = build().core
    found = []
    for entry in present:
        try:
            trusted.ready(schema, entry)
        except trusted.Broken as fault:
            found.append(str(fault))
    return found


graphql.add_command(explaining.explain)
graphql.add_command(explaining.paths)
