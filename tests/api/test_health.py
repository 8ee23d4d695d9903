"""Whether the process lives, whether it can serve, and its figures."""

import httpx
import pytest

from api.http import health
from storage import objects


async def test_a_living_process_says_so_without_asking_anybody(client: httpx.AsyncClient, db):
    db.clear()

    answer = await client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert db == []


async def test_head_is_answered_as_get_is_without_the_body(client: httpx.AsyncClient):
    whole, head = await client.get("/healthz"), await client.head("/healthz")
    nothing, file = await client.head("/nowhere"), await client.head("/files/abc")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert (nothing.status_code, nothing.content) == (404, b"")
    assert file.status_code in (404, 405)


async def test_readiness_names_every_neighbour(client: httpx.AsyncClient, seaweed):
    objects.configure(seaweed)
    await objects.ensure_bucket()

    answer = await client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert {name: found["ok"] for name, found in answer.json()["checks"].items()} == {
        "postgresql": True,
        "valkey": True,
        "objects": True,
    }


async def test_readiness_names_the_neighbour_that_is_lost(client: httpx.AsyncClient, monkeypatch):
    monkeypatch.setattr(health, "PATIENCE_S", 0.3)

    answer = await client.get("/readyz")

    assert answer.status_code == 503
    found = {name: found["ok"] for name, found in answer.json()["checks"].items()}
    assert found == {"postgresql": True, "valkey": True, "objects": False}


async def test_figures_count_requests_by_route_and_operations_by_root_field(client: httpx.AsyncClient):
    await client.post("/graphql", json={"query": "query Mine { requestId }"})
    await client.get("/nothing/here/330106199003070001")

    text = (await client.get("/metrics")).text

    assert 'banshi_graphql_operation_seconds_count{operation="query requestId"}' in text
    assert 'route="/graphql",status="200"' in text
    assert "330106199003070001" not in text
    assert "Mine" not in text
    assert 'banshi_queue{what="waiting"} 0.0' in text


async def test_figures_of_the_requests_come_even_without_the_database(client: httpx.AsyncClient, monkeypatch):
    async def lost():
        raise OSError

    monkeypatch.setattr(health.jobs, "figures", lost)

    answer = await client.get("/metrics")

    assert answer.status_code == 200
    assert "banshi_http_request_seconds" in answer.text


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/metrics", "/start", "/graphql", "/none", "/sandbox/personas"]
)
async def test_every_route_carries_the_security_headers_and_an_id(bare: httpx.AsyncClient, path):
    answer = await bare.get(path)

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert len(answer.headers["x-request-id"]) == 32
    assert "strict-transport-security" not in answer.headers


async def test_the_start_page_is_chinese_and_loads_nothing_from_elsewhere(bare: httpx.AsyncClient):
    page = (await bare.get("/start")).text

    assert 'lang="zh-CN"' in page
    assert "http" not in page.replace("https://", "http")[page.index("<style>") :]
