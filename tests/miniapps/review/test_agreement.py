"""`miniapp check` and the platform's machine say the same of every bad mini-app."""

import asyncio
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from banshi import gate, package
from banshi import manifest as manifests
from banshi.cli import main
from banshi.gate import Report
from banshi.package import MANIFEST
from miniapps.review.service import _looking
from tests.sdk.gate import good, seen
from tests.sdk.gate.test_rules import BAD

RULE = re.compile(r"^[✗!] (?:.*?: )?([a-z]+\.[a-z_]+): ", re.MULTILINE)
MANY = {
    "app.js": seen.SCRIPT
    + "localStorage.me ??= me.note;\n"
    + "document.getElementById('who').textContent = '手机 ' + me.phone;\n"
    + "fetch('https:/' + '/elsewhere.example/a').catch(() => 0);\n"
    + "globalThis['al' + 'ert']('hello');\n"
    + "eval('1');\n",
    "style.css": seen.STYLE + "#more { color: #aaa; font-size: 12px; line-height: 1.1 } #who { margin: 0 }\n"
    "#send, .elder #send { min-height: 20px; line-height: 20px } footer { width: 700px }\n",
}
FOUND = {
    "elder.letters", "elder.targets", "link.requests", "page.contrast", "page.error", "page.masking",
    "page.paragraphs", "page.policy", "page.sideways", "page.spacing", "page.targets", "page.uninvited",
    "script.eval", "switch.storage",
}  # fmt: skip


def on_disk(folder: Path, manifest: str, files: dict[str, str | None]) -> Path:
    texts = {MANIFEST: manifest, **files}
    for name, text in texts.items():
        place = folder / name if name == MANIFEST else folder / "web" / name
        place.parent.mkdir(exist_ok=True)
        if text is not None:
            place.write_text(text, encoding="utf-8")
    return folder / MANIFEST


def by_command(file: Path, *more: str) -> list[str]:
    told = CliRunner().invoke(main, ["check", str(file), *more])
    assert not isinstance(told.exception, Exception) or isinstance(told.exception, SystemExit), told.exception
    return sorted(RULE.findall(told.output))


async def by_machine(manifest: str, files: dict[str, str | None]) -> list[str]:
    texts = {MANIFEST: manifest, **files}
    held = {name: text.encode() for name, text in texts.items() if text is not None}
    data = package.pack(manifests.read(manifest), held, good.KEY)
    return sorted(each.rule for each in (await _looking._judge(data)).findings)


async def nothing_seen(found: package.Package, **rest: object) -> Report:
    return Report([])


@pytest.mark.parametrize(("rule", "changes"), [(each[0], each[1]) for each in BAD])
async def test_of_what_the_files_show(rule, changes, tmp_path, monkeypatch):
    monkeypatch.setattr(gate.browser, "inspect", nothing_seen)  # the other test has Chromium
    files = {**good.FILES, **changes}
    manifest = files.pop(MANIFEST, None) or good.MANIFEST_TEXT

    told = await by_machine(manifest, files)

    assert by_command(on_disk(tmp_path, manifest, files)) == told
    assert rule in told


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_of_what_only_shows_where_pages_run(tmp_path):
    files = {**seen.FILES, **MANY}
    file = on_disk(tmp_path, seen.MANIFEST_TEXT, files)

    told = await by_machine(seen.MANIFEST_TEXT, files)

    with_browser = await asyncio.to_thread(by_command, file, "--browser")
    assert with_browser == told
    assert set(told) >= FOUND
