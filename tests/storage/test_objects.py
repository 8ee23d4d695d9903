"""The object store, on a real server: what is allowed, what the server refuses, what happens without it."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from banshi.errors import Unavailable
from storage import objects
from storage.embedded.process import free_port
from storage.ids import new_id
from storage.objects import Absent, PostForm
from storage.settings import ObjectsSettings

PDF = "application/pdf"


@pytest.fixture
async def store(seaweed: ObjectsSettings) -> AsyncIterator[ObjectsSettings]:
    objects.configure(seaweed)
    await objects.ensure_bucket(["https://app.example"])
    yield seaweed
    objects.close()


def a_key() -> str:
    return f"quarantine/{new_id()}"


async def post(form: PostForm, data: bytes, **changed: str) -> int:
    async with httpx.AsyncClient() as client:
        answer = await client.post(form.url, data=form.fields | changed, files={"file": ("file", data)})
    return answer.status_code


async def test_what_was_put_is_streamed_back_in_pieces(store: ObjectsSettings) -> None:
    key, data = a_key(), bytes(range(256)) * 3000

    await objects.put(key, data, media_type=PDF)
    pieces = [piece async for piece in objects.get(key)]

    assert b"".join(pieces) == data
    assert len(pieces) == 3
    found = await objects.stat(key)
    assert found is not None
    assert (found.key, found.size, found.media_type) == (key, len(data), PDF)


async def test_a_reader_that_stops_early_gives_its_connection_back(store: ObjectsSettings) -> None:
    key = a_key()
    await objects.put(key, bytes(objects.CHUNK_BYTES * 3))

    stream = objects.get(key)
    await anext(stream)
    await stream.aclose()

    assert len(await objects.read(key, max_bytes=objects.CHUNK_BYTES * 3)) == objects.CHUNK_BYTES * 3


async def test_read_refuses_more_than_it_was_told_to_take(store: ObjectsSettings) -> None:
    key = a_key()
    await objects.put(key, b"12345")

    with pytest.raises(ValueError, match="larger than 4"):
        await objects.read(key, max_bytes=4)


async def test_what_is_not_there_is_absent_and_may_be_removed(store: ObjectsSettings) -> None:
    key = a_key()

    await objects.remove(key)

    assert await objects.stat(key) is None
    with pytest.raises(Absent):
        await objects.read(key, max_bytes=1)


async def test_copy_list_and_remove(store: ObjectsSettings) -> None:
    folder = f"vault/{new_id()}"
    await objects.put(f"{folder}/一", b"1")

    await objects.copy(f"{folder}/一", f"{folder}/二")
    await objects.remove(f"{folder}/一")

    assert [found.key for found in await objects.list_(f"{folder}/")] == [f"{folder}/二"]


async def test_a_form_takes_the_file_it_was_made_for(store: ObjectsSettings) -> None:
    key = a_key()
    form = objects.presign_post(key, media_type=PDF, min_bytes=5, max_bytes=5, seconds=60)

    assert await post(form, b"%PDF-") == 204

    assert await objects.read(key, max_bytes=5) == b"%PDF-"


@pytest.mark.parametrize(
    ("case", "data", "changed"),
    [
        ("larger", b"%PDF-1", {}),
        ("smaller", b"%PDF", {}),
        ("another key", b"%PDF-", {"key": "vault/somebody"}),
        ("another type", b"%PDF-", {"Content-Type": "text/html"}),
        ("a forged signature", b"%PDF-", {"x-amz-signature": "0" * 64}),
        ("a forged policy", b"%PDF-", {"policy": "e30="}),
    ],
)
async def test_the_server_refuses_a_form_used_otherwise(
    store: ObjectsSettings, case: str, data: bytes, changed: dict[str, str]
) -> None:
    key = a_key()
    form = objects.presign_post(key, media_type=PDF, min_bytes=5, max_bytes=5, seconds=60)

    status = await post(form, data, **changed)

    assert status in (400, 403), case
    assert await objects.stat(key) is None


async def test_the_server_refuses_an_expired_form(store: ObjectsSettings) -> None:
    key = a_key()
    form = objects.presign_post(key, media_type=PDF, max_bytes=5, seconds=-5)

    assert await post(form, b"%PDF-") == 403

    assert await objects.stat(key) is None


async def test_nobody_reads_or_lists_without_a_signature(store: ObjectsSettings) -> None:
    key = a_key()
    await objects.put(key, b"secret")
    bucket = f"http://{store.endpoint}/{store.bucket}"

    async with httpx.AsyncClient() as client:
        statuses = [
            (await client.get(url)).status_code for url in (f"{bucket}/{key}", f"{bucket}?list-type=2")
        ]

    assert statuses == [403, 403]


async def test_pages_of_our_own_origin_only_may_post(store: ObjectsSettings) -> None:
    asked = {"Access-Control-Request-Method": "POST"}

    async with httpx.AsyncClient(base_url=f"http://{store.endpoint}/{store.bucket}") as client:
        ours = await client.options("", headers=asked | {"Origin": "https://app.example"})
        foreign = await client.options("", headers=asked | {"Origin": "https://evil.example"})

    assert ours.headers.get("access-control-allow-origin") == "https://app.example"
    assert foreign.headers.get("access-control-allow-origin") != "https://evil.example"


async def test_making_the_bucket_again_changes_nothing(store: ObjectsSettings) -> None:
    key = a_key()
    await objects.put(key, b"stays")

    await asyncio.gather(objects.ensure_bucket(), objects.ensure_bucket())

    assert await objects.read(key, max_bytes=5) == b"stays"


async def test_a_form_names_the_public_address_and_costs_no_call(seaweed: ObjectsSettings) -> None:
    objects.configure(
        ObjectsSettings(
            endpoint=f"127.0.0.1:{free_port()}", public_endpoint="https://files.example", access_key="a",
            secret_key="b" * 8, bucket="papers",
        )
    )  # fmt: skip

    started = time.perf_counter()
    form = objects.presign_post("quarantine/1", media_type=PDF, max_bytes=5, seconds=60)
    objects.close()

    assert form.url == "https://files.example/papers"
    assert time.perf_counter() - started < 0.1


async def test_a_store_that_is_away_is_unavailable() -> None:
    away = f"127.0.0.1:{free_port()}"
    objects.configure(
        ObjectsSettings(endpoint=away, public_endpoint=away, access_key="a", secret_key="b" * 8)
    )

    with pytest.raises(Unavailable, match="object store"):
        await objects.stat("vault/1")

    objects.close()


async def test_more_callers_than_threads_wait_their_turn(store: ObjectsSettings) -> None:
    keys = [a_key() for _ in range(40)]

    await asyncio.gather(*(objects.put(key, b"x") for key in keys))

    assert all(await asyncio.gather(*(objects.stat(key) for key in keys)))
