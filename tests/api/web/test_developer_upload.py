"""A package handed in with a browser: streamed, from a page of ours, refused with every fault."""

import httpx
import pytest

from api.http.apps import upload
from api.settings import Settings
from banshi.package import LARGEST
from storage import objects
from storage.embedded.valkey import Valkey
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.conftest import some_settings
from tests.api.pages.browsing import forms_of, text_of
from tests.api.web.office import ORIGIN, in_team, with_key
from tests.miniapps.catalog.packed import a_package

UPLOAD = "/developer/upload"


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


@pytest.fixture
async def word(client: httpx.AsyncClient) -> dict[str, str]:
    """What the form of the page would send besides the file."""
    await objects.ensure_bucket()
    await with_key(await in_team(client))
    return dict(forms_of((await client.get(UPLOAD)).text))[UPLOAD]


async def hand_in(client: httpx.AsyncClient, word: dict[str, str], data: bytes) -> httpx.Response:
    file = {"package": ("rent-app-1.0.0.zip", data, "application/zip")}
    fields = {name: value for name, value in word.items() if name != "package"}
    return await client.post(UPLOAD, data=fields, files=file, headers=ORIGIN)


async def test_a_package_makes_a_version_once(client: httpx.AsyncClient, word):
    first, again = [await hand_in(client, word, a_package()) for _ in range(2)]

    assert first.headers["location"] == "/developer/apps/rent-app?done=handed-in"
    assert again.headers["location"] == "/developer/apps/rent-app?done=handed-in-before"
    page = text_of((await client.get(first.headers["location"])).text)
    assert "安装包已提交" in page and "机器检查 进行中" in page


async def test_every_fault_is_told_with_what_to_do(client: httpx.AsyncClient, word):
    answer = await hand_in(client, word, b"PK no zip")

    assert answer.status_code == 422
    assert "安装包不是完好的 zip 文件" in text_of(answer.text) and "package.zip" in answer.text


async def test_a_package_of_a_key_that_is_not_the_teams_is_told_so(client: httpx.AsyncClient, word):
    await in_team(client, "li_wei", "另一个团队")
    word = dict(forms_of((await client.get(UPLOAD)).text))[UPLOAD]

    answer = await hand_in(client, word, a_package())

    assert answer.status_code == 422 and "签名密钥" in text_of(answer.text)


async def test_nothing_chosen_is_told_beside_the_field(client: httpx.AsyncClient, word):
    answer = await hand_in(client, word, b"")

    assert answer.status_code == 422 and 'id="package-problem"' in answer.text


async def test_a_form_of_another_page_is_refused(client: httpx.AsyncClient, word):
    assert (await hand_in(client, {**word, "form_word": "0" * 32}, a_package())).status_code == 403
    file = {"package": ("a.zip", a_package(), "application/zip")}
    strange = await client.post(UPLOAD, data=word, files=file, headers={"origin": "https://evil.example"})
    assert strange.status_code == 403


async def test_who_is_not_signed_in_is_led_there_and_nothing_is_read(client: httpx.AsyncClient, word):
    client.cookies.clear()

    assert (await hand_in(client, word, a_package())).headers["location"].startswith("/sign-in")


async def test_what_is_too_long_is_refused(client: httpx.AsyncClient, word):
    assert (await hand_in(client, word, b"\0" * (LARGEST + 128 * 1024))).status_code == 413


async def test_what_is_no_form_with_a_file_is_refused(client: httpx.AsyncClient, word):
    assert (await client.post(UPLOAD, data=word, headers=ORIGIN)).status_code == 415
    broken = {**ORIGIN, "content-type": "multipart/form-data; boundary=x"}
    assert (await client.post(UPLOAD, content=b"--y\r\n", headers=broken)).status_code == 400


async def test_the_same_limit_counts_packages_of_pages_and_of_the_command(client: httpx.AsyncClient, word):
    found = [(await hand_in(client, word, b"PK no zip")).status_code for _ in range(upload.BURST + 1)]

    assert found[-1] == 429 and set(found[:-1]) == {422}


async def test_a_form_that_comes_to_nothing_is_counted_before_a_place_is_held(client, word, monkeypatch):
    monkeypatch.setattr(upload, "BURST", 1)
    broken = {**ORIGIN, "content-type": "multipart/form-data; boundary=x"}

    first, second = [await client.post(UPLOAD, content=b"--y\r\n", headers=broken) for _ in range(2)]

    assert (first.status_code, second.status_code) == (400, 429)
