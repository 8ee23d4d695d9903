"""One line and the figures of each request, written together with those of others."""

import asyncio
import json

import pytest
import structlog
from prometheus_client import CollectorRegistry

from api import logs, metrics
from api.http import report
from api.http.report import Line
from api.metrics import Durations


def tell(number: int = 0, **changes: object) -> None:
    given = {"route": "/graphql", "method": "POST", "status": 200, "seconds": 0.0025}
    report.report(**{**given, "request_id": f"{number:032x}", **changes})


def lines(capsys) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_alone_a_line_is_written_at_once(capsys):
    tell(operation="query cases", codes=["NOT_SIGNED_IN"])

    [line] = lines(capsys)
    at = line.pop("at")
    assert str(at).endswith("Z")
    assert line == {
        "route": "/graphql", "method": "POST", "status": 200, "duration_ms": 2.5, "codes": ["NOT_SIGNED_IN"],
        "operation": "query cases", "event": "request", "request_id": "0" * 32, "level": "info",
    }  # fmt: skip


def test_a_line_looks_like_those_of_the_logger(capsys):
    saved = structlog.get_config()
    logs.configure()
    structlog.configure(cache_logger_on_first_use=False)
    with structlog.contextvars.bound_contextvars(request_id="0" * 32):
        structlog.get_logger().info(
            "request", route="/graphql", method="POST", status=200, duration_ms=2.5, codes=[]
        )
    structlog.configure(**saved)
    tell()

    of_logger, of_report = (line.rpartition('"at":')[0] for line in capsys.readouterr().out.splitlines())
    assert of_report == of_logger


def test_no_key_is_written_that_the_logs_would_withhold():
    assert set(Line.__struct_fields__) <= logs.ALLOWED


async def test_inside_a_bundle_lines_wait_for_one_another(capsys, monkeypatch):
    monkeypatch.setattr(report, "FLUSH_S", 0.02)
    with report.bundled():
        for number in range(5):
            tell(number)
        waiting = lines(capsys)
        await asyncio.sleep(0.1)
        written = lines(capsys)
        tell(5)

    assert waiting == []
    assert [line["request_id"] for line in written] == [f"{number:032x}" for number in range(5)]
    assert len(lines(capsys)) == 1  # the last at the end


async def test_a_writer_that_fails_once_loses_its_lines_and_goes_on(capsys, monkeypatch):
    def broken(_: object) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout.write", broken)
        with pytest.raises(OSError):
            tell()
    tell(1)

    assert [line["request_id"] for line in lines(capsys)] == [f"{1:032x}"]


def test_figures_are_those_of_observing_one_by_one():
    seconds = [0.0001, 0.002, 0.0021, 0.5, 11.0, 0.05, 0.05]
    registries = CollectorRegistry(), CollectorRegistry()
    together, singly = (
        Durations("x", "y", ["z"], buckets=metrics.SECONDS, registry=each) for each in registries
    )

    together.labels("a").observe_all(seconds)
    for each in seconds:
        singly.labels("a").observe(each)

    samples = [
        [
            (sample.name, sample.labels, pytest.approx(sample.value))
            for sample in family.samples
            if "created" not in sample.name
        ]
        for registry in registries
        for family in registry.collect()
    ]
    assert samples[0] == samples[1]


def test_codes_and_operations_are_counted():
    before = metrics.REGISTRY.get_sample_value("banshi_graphql_errors_total", {"code": "TEST_CODE"}) or 0

    tell(codes=["TEST_CODE", "TEST_CODE"], operation="query test")

    value = metrics.REGISTRY.get_sample_value
    assert value("banshi_graphql_errors_total", {"code": "TEST_CODE"}) == before + 2
    assert (value("banshi_graphql_operation_seconds_count", {"operation": "query test"}) or 0) >= 1
