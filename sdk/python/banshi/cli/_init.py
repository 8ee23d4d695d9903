"""`miniapp init`: a new mini-app that runs."""

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

import click

TEMPLATE = files("banshi.cli").joinpath("template")
NAMES = {"gitignore": ".gitignore"}
TEXTS = (".yaml", ".py", ".html", ".js", ".css", ".md", ".toml", "gitignore")
FILLED = {"miniapp.yaml", "index.html", "README.md"}  # those with $ID or $NAME in them
ID = re.compile(r"[a-z][a-z0-9-]{2,38}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--id", "app_id", help="A DNS label that nobody else has.  [default: the folder's name]")
@click.option(
    "--name", default="问候", show_default=True, help="As citizens read it; six characters at most."
)
def init(folder: Path, app_id: str | None, name: str) -> None:
    """Make a new mini-app: manifest, back end, page and a test.

    Example: miniapp init rent-help --name 租房帮手
    """
    chosen = app_id or folder.resolve().name
    if not ID.fullmatch(chosen):
        raise click.ClickException(
            f"{chosen!r} cannot be an id: small letters, digits and hyphens, 3 to 39, the first a letter; "
            "name one with --id"
        )
    made = list(_filled(TEMPLATE, Path(), app_id=chosen, name=name))
    for path, _ in made:
        if (folder / path).exists():
            raise click.ClickException(f"{folder / path} is there already; nothing was written")
    for path, text in made:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
        click.echo(f"  {folder / path}")
    click.echo(f"✓ {chosen} is made: cd {folder} && miniapp dev")


def _filled(folder: Traversable, at: Path, *, app_id: str, name: str) -> Iterator[tuple[Path, str]]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir():
            if each.name != "__pycache__":
                yield from _filled(each, at / each.name, app_id=app_id, name=name)
        elif each.name.endswith(TEXTS):
            text = each.read_text(encoding="utf-8")
            if each.name in FILLED:
                text = Template(text).safe_substitute(ID=app_id, NAME=name)
            yield at / NAMES.get(each.name, each.name), text
