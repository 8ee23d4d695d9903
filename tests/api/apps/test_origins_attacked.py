"""Nothing but a mini-app's own listed files is had from its origin, however it is asked for."""

from urllib.parse import unquote

import httpx
import pytest

from api.app import ROUTES as HANDLERS
from api.http.apps.origins import LONGEST, Origins
from tests.api.apps.conftest import HOST, Fetch
from tests.api.authz_route_table import ROUTES
from tests.miniapps.catalog.packed import FILES

PATHS = (
    b"/", b"/1.0.0", b"/index.html", b"/1.0/index.html", b"/01.0.0x/index.html", b"/1.0.0//index.html",
    b"/1.0.0/../1.0.0/index.html", b"/1.0.0/./index.html", b"/1.0.0/js/../index.html",
    b"/1.0.0/%2e%2e/index.html", b"/1.0.0/js%2fapp.js", b"/1.0.0/js%2Fapp.js", b"/1.0.0/js%5capp.js",
    b"/1.0.0/js\\app.js", b"/1.0.0/%69ndex.html", b"/1.0.0/index.html%00", b"/1.0.0/index.html\0",
    b"/1.0.0/index.html%20", b"/1.0.0/index.html.", b"/1.0.0/index.html/", b"/1.0.0/index.html\n",
    b"/1.0.0/js", b"/1.0.0/INDEX.HTML", b"/1.0.0/Index.html", b"/1.0.0/index.html;v=1",
    b"/1.0.0/index.html::$DATA", b"/1.0.0/_banshi/files.json", b"/1.0.0/_banshi/signature.json",
    b"/1.0.0/.env", b"/1.0.0/~", b"//1.0.0/index.html", b"/1.0.0/" + b"a/" * 200, b"/1.0.0/" + b"a" * 5000,
    b"/99999999999999999999.0.0/index.html", b"/-1.0.0/index.html", b"/\xd9\xa1.0.0/index.html",
    b"/1.0.0/index.html\xe3\x80\x82", b"http://127.0.0.1:8000/1.0.0/index.html", b"*", b"",
)  # fmt: skip


async def raw(client: httpx.AsyncClient, path: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    """Send the path as it stands, with nothing put right on the way: status, headers and body."""
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "query_string": b"",
        "path": unquote(path.decode("latin-1")), "raw_path": path, "headers": [(b"host", HOST.encode())],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "root_path": "",
    }  # fmt: skip
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    await client._transport.app(scope, None, send)
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(each.get("body", b"") for each in sent)


@pytest.mark.parametrize("path", PATHS)
async def test_odd_paths_lead_nowhere(fetch: Fetch, client: httpx.AsyncClient, path: bytes) -> None:
    status, headers, body = await raw(client, path)

    assert (status, body.decode()) == (404, "没有这个页面。")
    assert b"sandbox" in headers[b"content-security-policy"]


@pytest.mark.parametrize(
    "host",
    [
        "apps.localhost:8000", "rent-app.apps.localhost", "rent-app.apps.localhost:9",
        "rent-app.apps.localhost.:8000",
        "x.rent-app.apps.localhost:8000", "rent-app..apps.localhost:8000", ".apps.localhost:8000",
        "rent--app.apps.localhost:8000", "rent_app.apps.localhost:8000", "rent-app.apps.localhost:8000:8000",
        "rent-app.apps.localhost:08000", "no-such-app.apps.localhost:8000", "*.apps.localhost:8000",
        " rent-app.apps.localhost:8000.",
    ],
)  # fmt: skip
async def test_hosts_that_are_not_quite_its_own_serve_nothing(fetch: Fetch, host: str) -> None:
    for path in ("/1.0.0/index.html", "/sign-in", "/", "/account"):
        answer = await fetch(path, host=host)
        assert (answer.status_code, answer.text) == (404, "没有这个页面。"), path


async def test_the_host_is_read_in_any_case(fetch: Fetch) -> None:
    assert (await fetch("/1.0.0/index.html", host=HOST.upper())).content == FILES["index.html"]
    assert (await fetch("/sign-in", host=HOST.upper())).status_code == 404


@pytest.mark.parametrize("other", ["127.0.0.1:8000", "other-app.apps.localhost:8000"])
async def test_two_hosts_are_none(fetch: Fetch, client: httpx.AsyncClient, other: str) -> None:
    for pair in ((HOST, other), (other, HOST)):
        url = httpx.URL("http://127.0.0.1:8000/1.0.0/index.html")
        request = httpx.Request("GET", url, headers=[("host", each) for each in pair])
        assert (await client.send(request)).status_code == 404


async def test_forwarded_hosts_are_not_believed(fetch: Fetch, client: httpx.AsyncClient) -> None:
    claims = {"x-forwarded-host": HOST, "forwarded": f"host={HOST}", "x-original-host": HOST}

    answer = await client.get("/1.0.0/index.html", headers=claims)

    assert answer.json()["errors"][0]["extensions"]["code"] == "PATH_UNKNOWN"


async def test_no_page_of_the_platform_is_there(fetch: Fetch) -> None:
    """A script of the mini-app could read it, and a citizen could take it for ours."""
    assert HANDLERS
    shared = {("POST", "/graphql"), ("POST", "/beacon")}
    shared |= {route for route in ROUTES if route[1].startswith("/h5/")}  # its own session and calls
    for method, path in sorted(ROUTES.keys() - shared):
        url = path.replace("{name:str}", "mount.js").replace("{seed:int}", "1").replace("{token:str}", "t")
        answer = await fetch(url.replace("{id:uuid}", "1").replace("{request_id:uuid}", "1"), method=method)
        assert answer.status_code == (404 if method == "GET" else 405), (method, path)


async def test_the_platform_s_own_calls_are_there(fetch: Fetch, client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", headers={"host": HOST}, json={"query": "{ requestId }"})

    assert answer.json()["data"]["requestId"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
async def test_files_are_only_read(fetch: Fetch, method: str) -> None:
    answer = await fetch("/1.0.0/index.html", method=method)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert "access-control-allow-origin" not in answer.headers


async def test_no_service_worker_is_had(fetch: Fetch) -> None:
    """It would go on serving what has been stopped."""
    assert (await fetch("/1.0.0/js/app.js", service_worker="script")).status_code == 404


async def test_who_asks_too_often_is_told_when_to_come_again(fetch: Fetch, monkeypatch) -> None:
    monkeypatch.setattr("api.http.quota.ADDRESS_BURST", 3)
    monkeypatch.setattr("api.http.quota.ADDRESS_PER_S", 0.001)

    answers = [await fetch("/1.0.0/js/app.js") for _ in range(8)]

    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_host_of_any_length_is_not_remembered() -> None:
    origins = Origins(None, host="apps.banshi.example", platform="https://banshi.example", is_open=False)
    own, longest = "rent.apps.banshi.example", "a" * LONGEST

    assert [origins.shares(host) for host in (own, own.upper(), longest)] == [True] * 3
    for host in (f"{longest}a", "a" * 2**20, f"{'a' * LONGEST}.apps.banshi.example"):
        assert origins.shares(host) is False
    assert origins._shares.cache_info().currsize == 2


def test_a_host_that_only_ends_alike_is_the_platform_s() -> None:
    origins = Origins(None, host="apps.banshi.example", platform="https://banshi.example", is_open=False)

    def owns(host: str) -> bool:
        return origins.owns({"headers": [(b"host", host.encode())]})

    assert owns("rent.apps.banshi.example")
    assert owns("RENT.apps.banshi.example:443")
    assert not owns("evilapps.banshi.example")
    assert not owns("banshi.example")
    assert not owns("apps.banshi.example.evil.example")
    assert b"localhost" not in dict(origins.guards)[b"content-security-policy"]
