"""`banshi items`: texts checked without a server, published and compared with one."""

import asyncio
from base64 import b64encode
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli.items import items
from miniapps.items.service import SHIPPED
from storage.embedded.postgres import Postgres
from storage.embedded.valkey import Valkey
from tests.miniapps.items.factories import a_text


def a_key(letter: bytes) -> str:
    return b64encode(letter * 32).decode()


async def run(*words: str | Path) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, items, [str(word) for word in words])


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "item.yaml"
    file.write_text(a_text(more="材料: [{种类: id_card, 名称: 身份证, 来源: 登录身份}]\n"), encoding="utf-8")
    return file


@pytest.fixture
def server(postgres: Postgres, database: str, valkey: Valkey, tmp_path: Path, monkeypatch) -> None:
    """The variables of a shell that means the servers under test."""
    given = {
        "DATA": str(tmp_path),
        "DATABASE_URL": postgres.url("app", database),
        "REDIS_URL": valkey.url,
        "S3_ENDPOINT": "127.0.0.1:1",
        "S3_ACCESS_KEY": "tests",
        "S3_SECRET_KEY": "tests-secret-key",
        "MASTER_KEY": a_key(b"m"),
        "INDEX_KEY": a_key(b"i"),
        "TOKEN_KEY": a_key(b"t"),
    }
    for name, value in given.items():
        monkeypatch.setenv(f"BANSHI_{name}", value)


async def test_texts_in_order_are_named_and_the_command_succeeds():
    done = await run("check", "--strict", *sorted(SHIPPED.glob("*.yaml")))

    assert done.exit_code == 0
    assert "330700101000 居住证申领" in done.output
    assert "texts, 0 errors, 0 warnings" in done.output


async def test_faults_are_told_with_their_file_and_fail_the_command(text):
    text.write_text(a_text(more="部们: 公安\n"), encoding="utf-8")

    done = await run("check", text)

    assert done.exit_code == 1
    assert f"{text}:16:1: error[unknown-key] 不认识的键“部们”；是否想写“部门”？" in done.output


async def test_warnings_fail_only_when_asked_to(text):
    text.write_text(a_text(more="问题: [{标识: a, 问题: 甲, 类型: 是否}]\n"), encoding="utf-8")

    assert (await run("check", text)).exit_code == 0
    assert (await run("check", "--strict", text)).exit_code == 1


async def test_a_file_in_another_encoding_is_told(text):
    text.write_bytes("格式: 1".encode("gb18030"))

    done = await run("check", text)

    assert done.exit_code == 1
    assert "is not UTF-8" in done.output


async def test_nothing_is_published_when_one_text_is_faulty(text, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("格式: 2\n", encoding="utf-8")

    done = await run("publish", text, bad)

    assert done.exit_code == 1
    assert "nothing was published" in done.output


async def test_a_text_is_compared_published_and_shown(server, text):
    before = await run("diff", text)
    published = await run("publish", text)
    again = await run("publish", text)
    after = await run("diff", text)
    text.write_text(text.read_text(encoding="utf-8").replace("数量: 5", "数量: 4"), encoding="utf-8")
    changed = await run("diff", text)
    shown = await run("show", "332000900000")
    written = await run("show", "332000900000", "--text")

    assert before.exit_code == 1, before.output
    assert "+ name: 某某证申领" in before.output
    assert published.exit_code == 0, published.output
    assert "version 1 is in force" in again.output
    assert (after.exit_code, after.output) == (0, "0 changes\n")
    assert changed.output == "- promised.count: 5\n+ promised.count: 4\n1 changes\n"
    assert "材料 id_card: 身份证" in shown.output
    assert written.output.startswith("格式: 1\n")


async def test_an_item_that_is_not_there_is_told(server):
    done = await run("show", "332000900000")

    assert done.exit_code == 1
    assert "There is no published item 332000900000." in done.output


async def test_a_faulty_text_is_not_compared(text):
    text.write_text("格式: 2\n", encoding="utf-8")

    done = await run("diff", text)

    assert done.exit_code == 1
    assert "has errors" in done.output
