"""`banshi items`: what item definers and operators do with texts."""

import asyncio
from pathlib import Path

import click

from api.cli.environment import connected
from miniapps.items import queries, service
from miniapps.items.errors import ItemNotFound
from miniapps.items.rules import Change, CompiledItem, Finding, compile_text, diff
from storage import clock

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
COLOURS = {"error": "red", "warning": "yellow"}


@click.group()
def items() -> None:
    """Check, publish, compare and show item texts (docs/item-text.md).

    \b
    Example: banshi items check miniapps/items/texts/*.yaml
    """


@items.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
def check(files: tuple[Path, ...], strict: bool) -> None:
    """Compile texts and tell every fault as file:line:column.  Needs no server.

    Exit code: 0 in order, 1 not.

    \b
    Example: banshi items check my-item.yaml
    """
    results = [(file, compile_text(_read(file))) for file in files]
    for file, compilation in results:
        _tell(file, compilation.findings)
        if compilation.item:
            click.secho(f"{file}: {compilation.item.code} {compilation.item.name}", fg="green")
    errors = sum(len(compilation.errors) for _, compilation in results)
    warnings = sum(len(compilation.findings) for _, compilation in results) - errors
    click.echo(f"{len(results)} texts, {errors} errors, {warnings} warnings")
    if errors or (strict and warnings):
        raise SystemExit(1)


@items.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
def publish(files: tuple[Path, ...]) -> None:
    """Put texts in force.  All are checked first; when one has an error none is published.

    This is for whoever runs the server; people define and publish through the API, never both the same text.

    \b
    Example: banshi items publish my-item.yaml
    """
    texts = {file: _read(file) for file in files}
    faulty = [file for file, text in texts.items() if not _sound(file, text)]
    if faulty:
        raise click.ClickException(f"{len(faulty)} of {len(files)} texts have errors; nothing was published")
    asyncio.run(_publish(texts))


async def _publish(texts: dict[Path, str]) -> None:
    async with connected():
        for text in texts.values():
            version = await service.bring(text, now=await clock.now())
            item = queries.compiled(version)
            click.echo(f"{item.code} {item.name}: version {version.number} is in force")


@items.command(name="diff")
@click.argument("file", type=FILE)
def diff_(file: Path) -> None:
    """Compare a text with the version in force.

    Exit code: 0 the same, 1 different.

    \b
    Example: banshi items diff my-item.yaml
    """
    text = _read(file)
    new = compile_text(text).item
    if new is None or not _sound(file, text):
        raise click.ClickException(f"{file} has errors")
    changes = diff(asyncio.run(_in_force(new.code)), new)
    for change in changes:
        _tell_change(change)
    click.echo(f"{len(changes)} changes")
    if changes:
        raise SystemExit(1)


async def _in_force(code: str) -> CompiledItem | None:
    async with connected():
        try:
            return (await queries.described(code))[1]
        except ItemNotFound:
            return None


@items.command()
@click.argument("code")
@click.option("--text", is_flag=True, help="Print the text itself, fit for `publish`.")
def show(code: str, text: bool) -> None:
    """Show the version of an item that is in force.

    \b
    Example: banshi items show 330700101000
    """
    try:
        written, number, item = asyncio.run(_shown(code))
    except ItemNotFound as error:
        raise click.ClickException(str(error)) from error
    click.echo(written if text else _summary(item, number), nl=not text)


async def _shown(code: str) -> tuple[str, int, CompiledItem]:
    async with connected():
        row = await queries.published(code)
        return row.text, row.number, queries.compiled(row)


def _summary(item: CompiledItem, number: int) -> str:
    limit = f"承诺 {item.promised_days} 个工作日" if item.promised_days else "即办"
    lines = [
        f"{item.code} {item.name}（第 {number} 版{'，样本' if item.sample else ''}）",
        f"  {limit}，到场 {item.declared_trips} 次，{item.result.name}",
        *(f"  问  {question.id}: {question.text}" for question in item.questions),
        *(
            f"  材料 {material.code}: {material.name}"
            + (f"  当 {material.condition.cel}" if material.condition else "")
            for material in item.materials
        ),
    ]
    return "\n".join(lines)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8: byte {error.start}; save it as UTF-8") from error


def _sound(file: Path, text: str) -> bool:
    errors = compile_text(text).errors
    _tell(file, errors)
    return not errors


def _tell(file: Path, findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        click.secho(finding.line(str(file)), fg=COLOURS[finding.level], err=True)


def _tell_change(change: Change) -> None:
    if change.before is not None:
        click.secho(f"- {change.path}: {change.before}", fg="red")
    if change.after is not None:
        click.secho(f"+ {change.path}: {change.after}", fg="green")
