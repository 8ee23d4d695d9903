"""A mini-app's files come from its own origin, whole and true, and stop when they must."""

import hashlib

import asyncpg
import pytest

from miniapps.catalog import queries, service
from miniapps.catalog.rules import AppState
from miniapps.catalog.service import packages
from storage import objects
from storage.db import execute, transaction
from storage.db import fetch as rows_of
from tests.api.apps.conftest import HOST, Fetch
from tests.api.conftest import as_operator
from tests.miniapps.catalog.packed import FILES, NOON, approved

SCRIPT = FILES["js/app.js"]
TAG = f'"{hashlib.sha256(SCRIPT).hexdigest()}"'


async def test_pages_and_files_are_served_with_their_guards(fetch: Fetch) -> None:
    page, script = await fetch("/1.0.0/index.html"), await fetch("/1.0.0/js/app.js")

    assert (page.status_code, page.content) == (200, FILES["index.html"])
    assert (script.status_code, script.content) == (200, SCRIPT)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["etag"] == TAG
    policy = page.headers["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "sandbox allow-scripts allow-forms allow-same-origin" in policy
    assert "frame-ancestors http://127.0.0.1:8000" in policy
    for name, value in (
        ("x-content-type-options", "nosniff"), ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"), ("origin-agent-cluster", "?1"),
        ("referrer-policy", "no-referrer"),
    ):  # fmt: skip
        assert page.headers[name] == value
    assert "set-cookie" not in page.headers
    assert len(page.headers.get_list("content-security-policy")) == 1


async def test_an_origin_says_who_shows_its_pages(fetch: Fetch) -> None:
    told = await fetch("/.banshi/host.json")

    assert told.json() == {"app": "rent-app", "host": "http://127.0.0.1:8000"}
    assert told.headers["cache-control"] == "public, max-age=3600"
    assert "frame-ancestors http://127.0.0.1:8000" in told.headers["content-security-policy"]
    assert (await fetch("/.banshi/host.json", method="POST")).status_code == 405
    assert (await fetch("/.banshi/host.json", host="apps.localhost:8000")).status_code == 404


async def test_folders_stand_for_their_index(fetch: Fetch) -> None:
    assert (await fetch("/1.0.0/")).content == FILES["index.html"]
    assert (await fetch("/1.0.0/js/")).content == FILES["js/index.html"]
    assert (await fetch("/1.0.0/?from=home")).status_code == 200


async def test_head_tells_what_get_would(fetch: Fetch) -> None:
    got, told = await fetch("/1.0.0/js/app.js"), await fetch("/1.0.0/js/app.js", method="HEAD")

    assert (told.status_code, told.content) == (200, b"")
    for name in ("content-length", "etag", "content-type", "cache-control"):
        assert told.headers[name] == got.headers[name]


@pytest.mark.parametrize("tags", [TAG, f"W/{TAG}", f'"other", {TAG}', "*"])
async def test_what_is_known_is_not_sent_again_nor_read(fetch: Fetch, tags: str) -> None:
    await objects.remove(f"app-files/{TAG[1:-1]}")

    answer = await fetch("/1.0.0/js/app.js", if_none_match=tags)

    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", TAG)


async def test_another_tag_gets_the_file(fetch: Fetch) -> None:
    assert (await fetch("/1.0.0/js/app.js", if_none_match=f'"{"0" * 64}"')).status_code == 200
    assert (await fetch("/1.0.0/none.js", if_none_match="*")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-4", 206, SCRIPT[:5]), ("bytes=5-", 206, SCRIPT[5:]), ("bytes=-7", 206, SCRIPT[-7:]),
        ("bytes=0-999999", 206, SCRIPT), (f"bytes={len(SCRIPT)}-", 416, b""), ("bytes=-0", 416, b""),
        ("bytes=5-2", 200, SCRIPT), ("bytes=0-1,3-4", 200, SCRIPT), ("items=0-4", 200, SCRIPT),
        ("bytes=-", 200, SCRIPT), ("bytes=" + "9" * 40 + "-", 200, SCRIPT), ("bytes=-999999", 206, SCRIPT),
    ],
)  # fmt: skip
async def test_parts_of_files_are_given_as_asked(fetch: Fetch, asked: str, status: int, part: bytes) -> None:
    answer = await fetch("/1.0.0/js/app.js", range=asked)

    assert (answer.status_code, answer.content) == (status, part)
    if status == 206:
        begin = 0 if asked.startswith("bytes=0") else SCRIPT.rindex(part)
        assert answer.headers["content-range"] == f"bytes {begin}-{begin + len(part) - 1}/{len(SCRIPT)}"


async def test_a_part_of_what_has_changed_is_the_whole(fetch: Fetch) -> None:
    same = await fetch("/1.0.0/js/app.js", range="bytes=0-4", if_range=TAG)
    other = await fetch("/1.0.0/js/app.js", range="bytes=0-4", if_range='"other"')

    assert (same.status_code, other.status_code) == (206, 200)


async def stop(what: str, developer: object) -> None:
    if what == "switched off":
        async with transaction():
            app = await queries.lock_app(as_operator(), "rent-app")
            await service.set_state(app, AppState.SUSPENDED, "核查", now=NOON)
    elif what == "key revoked":
        [key] = await queries.keys(developer)
        await service.revoke_key(developer, key.id, "丢失", now=NOON)
    elif what == "version stopped":
        [row] = await rows_of("SELECT id FROM mini_app_version")
        await service.set_stopped([row["id"]], stopped=True)
    else:
        await execute("UPDATE mini_app_version SET state = $1", what)


@pytest.mark.parametrize(
    "what",
    ["switched off", "key revoked", "version stopped", "submitted", "queued", "refused", "withdrawn"],
)
async def test_what_is_stopped_or_not_approved_looks_like_what_never_was(
    fetch: Fetch, developer, what: str
) -> None:
    await stop(what, developer)

    stopped, never = await fetch("/1.0.0/index.html"), await fetch("/9.9.9/index.html")

    assert (stopped.status_code, stopped.content) == (never.status_code, never.content)
    assert stopped.status_code == 404
    assert strip(stopped.headers) == strip(never.headers)
    assert stopped.headers["cache-control"] == "no-store"


def strip(headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "x-request-id"}


async def test_a_delisted_mini_app_goes_on_for_who_has_it_open(fetch: Fetch) -> None:
    async with transaction():
        app = await queries.lock_app(as_operator(), "rent-app")
        await service.set_state(app, AppState.DELISTED, "", now=NOON)

    assert (await fetch("/1.0.0/index.html")).status_code == 200


@pytest.mark.parametrize("other", [b"x" * len(SCRIPT), b"short", SCRIPT + b"more", None])
async def test_a_file_that_was_changed_in_the_store_is_not_served(fetch: Fetch, other: bytes | None) -> None:
    key = f"app-files/{TAG[1:-1]}"
    await (objects.remove(key) if other is None else objects.put(key, other))
    packages.forget()

    answer = await fetch("/1.0.0/js/app.js")

    assert answer.status_code == 503
    assert b"x" * 5 not in answer.content
    assert answer.headers["cache-control"] == "no-store"
    assert (await fetch("/1.0.0/index.html")).status_code == 200


@pytest.fixture
async def owner(postgres, database):
    connection = await asyncpg.connect(postgres.url("owner", database))
    yield connection
    await connection.close()


async def test_lists_that_are_changed_or_exchanged_are_not_believed(fetch: Fetch, developer, owner) -> None:
    """Who owns the database, but no key, gets nothing of his served; the server itself may not even try."""
    await approved(developer, as_operator(), version="1.1.0", files={**FILES, "js/app.js": b"later"})
    was = "SELECT listing, signature FROM mini_app_version WHERE version = '1.1.0'"
    await owner.execute(  # a good list, signed by the same key, of another version
        f"UPDATE mini_app_version v SET (listing, signature) = ({was}) WHERE version = '1.0.0'"
    )
    packages.forget()
    assert (await fetch("/1.0.0/js/app.js")).status_code == 404

    await owner.execute("UPDATE mini_app_version SET listing = replace(listing, 'js/app.js', 'js/abc.js')")
    packages.forget()
    assert (await fetch("/1.1.0/js/abc.js")).status_code == 404
    assert (await fetch("/1.1.0/index.html")).status_code == 404


async def test_another_mini_app_s_files_are_not_served_here(fetch: Fetch, developer) -> None:
    await approved(developer, as_operator(), id="other-app", files={**FILES, "other.js": b"1"})

    assert (await fetch("/1.0.0/other.js")).status_code == 404
    assert (await fetch("/1.0.0/other.js", host=HOST.replace("rent", "other"))).status_code == 200
