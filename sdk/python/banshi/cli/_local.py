"""The commands that need no platform: checking, keys and packing."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import click

from banshi import gate, manifest, package
from banshi.findings import Finding, PackageRefused
from banshi.gate import Report
from banshi.gate.browser import BrowserFailed, BrowserMissing
from banshi.manifest import Manifest, ManifestRefused

WEB = "web"  # beside the manifest: where the files are that citizens get

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
MANIFEST = click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default="miniapp.yaml"
)
FOLDER = click.option(
    "--web", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder with the files that citizens get.  [default: web/ beside the manifest, if there is one]",
)  # fmt: skip


@click.command()
@MANIFEST
@FOLDER
@click.option(
    "--browser", is_flag=True, help="Open the pages in Chromium too, as the platform does: all rules."
)
@click.option(
    "--shots", type=click.Path(file_okay=False, path_type=Path),
    help="Where to put pictures of the pages, with what was found outlined; needs --browser.",
)  # fmt: skip
def check(file: Path, web: Path | None, browser: bool, shots: Path | None) -> None:
    """Check a manifest, and the files of the mini-app as the platform's gate does.

    Says where and how to mend what it finds.  Example: miniapp check miniapp.yaml --browser
    """
    made, text = _manifest(file)
    folder = _web(file, web)
    if folder is None:
        click.echo(f"✓ {file} is a good manifest")
        return
    report = _report(made, folder, text, browser=browser)
    _show(report.findings, folder)
    if shots:
        _keep(report, shots)
    if not gate.passes(report.findings):
        raise SystemExit(1)
    count = sum(browser or not rule.in_browser for rule in gate.RULES.values())
    click.echo(f"✓ {made.id} {made.version} passes {count} rules of the gate")
    if not browser:
        click.echo(f"  {len(gate.RULES) - count} more look at the pages where they run: --browser")


@click.command()
@MANIFEST
@FOLDER
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    envvar="MINIAPP_KEY",
    show_envvar=True,
    help="The private key, as `miniapp keys new` makes it.",
)
@click.option("--out", type=click.Path(path_type=Path), help="[default: <id>-<version>.zip]")
def pack(file: Path, web: Path | None, key: Path, out: Path | None) -> None:
    """Put the files of a version into one signed package.

    The same files make the same package.  Example: miniapp pack miniapp.yaml --key team.pem
    """  # fmt: skip
    data, made = packed(file, web, key), _manifest(file)[0]
    to = out or Path(f"{made.id}-{made.version}.zip")
    to.write_bytes(data)
    count = len(package.read(data).files)
    click.echo(f"✓ {to}: {count} files, {len(data):,} bytes, of at most {package.LARGEST:,}")


def packed(file: Path, web: Path | None, key: Path) -> bytes:
    """Return the package of a manifest and its files, once they pass the gate.

    Raises: SystemExit when they do not, saying why; ClickException.
    """
    made, text = _manifest(file)
    folder = _web(file, web)
    if folder is None:
        raise click.ClickException(f"there is no folder {WEB}/ beside {file}: name the files with --web")
    found = _report(made, folder, text).findings
    if not gate.passes(found):
        _show(found, folder)
        raise SystemExit(1)
    try:
        return package.pack(made, package.gather(folder, text), key.read_bytes())
    except ValueError as error:
        raise click.ClickException(f"{key}: {error}") from None


@click.group()
def keys() -> None:
    """Make and show the keys that packages are signed with.

    Example: miniapp keys new team.pem
    """


@keys.command()
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Make a new private key, which only you can read, and print the public one.

    Example: miniapp keys new team.pem
    """
    pem = package.new_key()
    try:
        place = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(
            f"{file} is there already; a key that was lost cannot be had again"
        ) from None
    with open(place, "wb") as stream:
        stream.write(pem)
    _public(pem)


@keys.command()
@FILE
def show(file: Path) -> None:
    """Print id and public key of a private key.

    Example: miniapp keys show team.pem
    """
    try:
        _public(file.read_bytes())
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from None


def text_of(file: Path) -> str:
    """Return the text of a file.

    Raises: ClickException when it is not UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8: byte {error.start}; save it as UTF-8") from None


def made_of(file: Path) -> Manifest:
    """Return the manifest in a file.

    Raises: SystemExit when it is not good, saying why; ClickException.
    """
    return _manifest(file)[0]


def _public(pem: bytes) -> None:
    public = package.public_of(pem)
    click.echo(f"id         {package.key_id(public)}")
    click.echo(f"public key {public.hex()}")


def _manifest(file: Path) -> tuple[Manifest, str]:
    text = text_of(file)
    try:
        return manifest.read(text), text
    except ManifestRefused as refusal:
        for fault in refusal.faults:
            click.echo(fault.show(str(file)))
        raise SystemExit(1) from None


def _web(file: Path, web: Path | None) -> Path | None:
    beside = file.parent / WEB
    return web or (beside if beside.is_dir() else None)


def _report(made: Manifest, folder: Path, text: str, *, browser: bool = False) -> Report:
    """Return what package and gate have against the files of a folder; a key for the day signs them."""
    try:
        packed = package.read(package.pack(made, package.gather(folder, text), package.new_key()))
        return asyncio.run(gate.judge(packed)) if browser else Report(gate.inspect(packed))
    except PackageRefused as refusal:
        return Report(refusal.findings)
    except (BrowserMissing, BrowserFailed) as error:
        raise click.ClickException(str(error)) from None


def _keep(report: Report, shots: Path) -> None:
    shots.mkdir(parents=True, exist_ok=True)
    for name, picture in report.shots.items():
        (shots / name).write_bytes(picture)
    click.echo(f"{len(report.shots)} pictures are in {shots}")


def _show(found: Sequence[Finding], folder: Path) -> None:
    for finding in found:
        mark = "✗" if finding.severity == "refuse" else "!"
        name = (
            f"{folder / finding.file}" if finding.file and finding.file != package.MANIFEST else finding.file
        )
        place = ":".join(str(part) for part in (name, finding.line) if part)
        seen = f" ({finding.selector})" if finding.selector else ""
        told = f"{finding.rule}: {finding.problem}{seen}; {finding.fix}"
        click.echo(f"{mark} {f'{place}: ' if place else ''}{told}")
