"""`miniapp check` and the platform say the same of every mini-app: rule, severity, place, problem and fix."""

import asyncio
import io
import re
import stat
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from banshi import gate, package
from banshi import manifest as manifests
from banshi.cli import main
from banshi.findings import PackageRefused, Severity
from banshi.gate import Report
from banshi.package import MANIFEST
from miniapps.catalog.service import _receiving
from miniapps.review.service import _looking
from tests.sdk import test_package as packages
from tests.sdk.gate import good, seen, test_rules, test_seen

LANES = 3  # looks at once: a browser waits more than it works
VOLATILE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|[\d,]+(?= bytes)"
)  # of a blob; of a zip, which packs otherwise
LARGE = packages.DENSE[:20_000] * (1 + package.LARGEST_FILE // 20_000)
ODD = [  # what a folder can hold and a package may not
    ("package.name", {"a b.js": b""}),
    ("package.name", {"中文.js": b""}),
    ("package.name", {"a\nb.js": b""}),
    ("package.name", {"con.js": b""}),
    ("package.name", {"a/" * 12 + "b.js": b""}),
    ("package.name", {"a" * 198 + ".js": b""}),
    ("package.kind", {"run.sh": b""}),
    ("package.kind", {"Makefile": b""}),
    ("package.kind", {"a.HTML": b""}),
    ("package.traversal", {"a\\..\\b.js": b""}),
    ("package.traversal", {"a:b.js": b""}),
    ("package.case", {"A.js": b"", "a.js": b""}),
    ("package.symlink", {"a.js": None}),
    ("package.bomb", {"a.txt": b"a" * 5_000_000}),
    ("package.size", {"a.png": LARGE}),
    ("package.files", {f"{n}.js": b"" for n in range(package.MOST_FILES)}),
]
MANIFESTS = [
    packages.TEXT.replace("retention_days: 30", "retention_days: many").replace("name: 租房提取\n", ""),
    packages.TEXT.replace("version: 1.0.0", "version: one"),
    packages.TEXT + 'apis: [{name: rent.a, scope: "cases:read", input: {type: text}}]\n',
]


def on_disk(folder: Path, manifest: str, files: dict[str, bytes | None]) -> Path:
    """Write a mini-app as a developer has it; a file of None is a link."""
    (folder / MANIFEST).write_text(manifest, encoding="utf-8")
    for name, content in files.items():
        place = folder / "web" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            place.symlink_to("/etc/hostname")
        else:
            place.write_bytes(content)
    return folder / MANIFEST


def texts(base: dict[str, str], changes: dict[str, str | None]) -> tuple[str, dict[str, bytes]]:
    """The manifest of a mini-app with these changes, and its other files."""
    whole = {**base, **changes}
    manifest = whole.pop(MANIFEST)
    return str(manifest), {name: text.encode() for name, text in whole.items() if text is not None}


def packed(manifest: str, files: dict[str, bytes]) -> bytes:
    return package.pack(manifests.read(manifest), {**files, MANIFEST: manifest.encode()}, good.KEY)


def by_command(file: Path) -> str:
    """What `miniapp check` says, without the verdict at its end."""
    told = CliRunner().invoke(main, ["check", str(file)])
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    return _findings(told.output, file)


async def by_command_with_browser(file: Path) -> str:
    command = [sys.executable, "-m", "banshi", "check", str(file), "--browser"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    return _findings(output.decode(), file)


def _findings(output: str, file: Path) -> str:
    said = output.partition("✓")[0].replace(f"{file.parent / 'web'}/", "")
    return VOLATILE.sub("…", said)


async def by_machine(data: bytes) -> Report:
    """What the platform finds when a package is handed in, or else looked at."""
    try:
        _receiving._read(io.BytesIO(data))
    except PackageRefused as refusal:
        return Report(refusal.findings)
    return await _looking._judge(data)


def written(report: Report) -> str:
    """What was found, as the command writes it."""
    marks = {Severity.REFUSE: "✗", Severity.WARN: "!"}
    lines = [
        f"{marks[each.severity]} {each.show().removeprefix('(package): ')}\n" for each in report.findings
    ]
    return VOLATILE.sub("…", "".join(lines))


async def nothing_seen(found: package.Package, **rest: object) -> Report:
    return Report([])


@pytest.mark.parametrize(
    ("rule", "changes"),
    [*(each[:2] for each in test_rules.BAD), *(("", each) for each in ({}, good.OLD, *test_rules.INNOCENT))],
)
async def test_of_what_the_files_show(rule, changes, tmp_path, monkeypatch):
    monkeypatch.setattr(gate.browser, "inspect", nothing_seen)  # the last test has Chromium
    manifest, files = texts({MANIFEST: good.MANIFEST_TEXT, **good.FILES}, changes)

    told = written(await by_machine(packed(manifest, files)))

    assert by_command(on_disk(tmp_path, manifest, files)) == told
    assert rule in told and bool(rule) == bool(told)


@pytest.mark.parametrize(("rule", "files"), ODD, ids=[f"{each[0]}-{n}" for n, each in enumerate(ODD)])
async def test_of_what_is_no_package(rule, files, tmp_path):
    link = zipfile.ZipInfo("a.js")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    entries = [(link, b"/etc/hostname") if held is None else (name, held) for name, held in files.items()]

    told = written(await by_machine(packages.zipped(entries)))

    whole = {**packages.FILES, **files}
    del whole[MANIFEST]
    assert by_command(on_disk(tmp_path, packages.TEXT, whole)) == told
    assert f"{rule}: " in told


@pytest.mark.parametrize("manifest", MANIFESTS)
async def test_of_what_is_no_manifest(manifest, tmp_path):
    told = written(await by_machine(packages.zipped([(MANIFEST, manifest.encode())], without=(MANIFEST,))))

    said = CliRunner().invoke(main, ["check", str(on_disk(tmp_path, manifest, {}))]).output
    said = re.sub(
        rf"^{re.escape(str(tmp_path))}/({MANIFEST}:\d+):\d+: ", r"✗ \1: package.manifest: ", said, flags=re.M
    )
    assert said == told != ""


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_of_what_only_shows_where_pages_run(tmp_path):
    lanes = asyncio.Semaphore(LANES)

    async def compared(at: int, changes: dict[str, str | None]) -> tuple[Report, str]:
        manifest, files = texts({MANIFEST: seen.MANIFEST_TEXT, **seen.FILES}, changes)
        (folder := tmp_path / str(at)).mkdir()
        async with lanes:
            report = await by_machine(packed(manifest, files))
            return report, await by_command_with_browser(on_disk(folder, manifest, files))

    cases = [*test_seen.BAD, ("", {}, ""), ("", test_seen.OLD_SEEN, "")]
    both = await asyncio.gather(*(compared(at, each[1]) for at, each in enumerate(cases)))

    for (rule, _, selector), (report, said) in zip(cases, both, strict=True):
        assert said == written(report), rule
        if rule:
            test_seen.check_found(report, rule, selector)
        else:
            assert report.findings == []
