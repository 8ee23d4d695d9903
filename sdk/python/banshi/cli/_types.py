"""`miniapp types`: what a page calls, for TypeScript."""

from pathlib import Path

import click

from banshi.cli._local import MANIFEST, made_of
from banshi.typescript import declarations


@click.command()
@MANIFEST
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="[default: miniapp.d.ts beside the manifest]",
)
def types(file: Path, out: Path | None) -> None:
    """Write the TypeScript types of the APIs in a manifest, for pages that use @banshi/bridge.

    Example: miniapp types miniapp.yaml --out src/miniapp.d.ts
    """
    made, to = made_of(file), out or file.parent / "miniapp.d.ts"
    to.write_text(declarations(made), encoding="utf-8")
    click.echo(f"✓ {to}: {len(made.apis)} APIs of {made.id} {made.version}")
