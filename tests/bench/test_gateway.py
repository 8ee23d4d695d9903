"""The bench of the gateway: what is sent, what counts as an answer, and the section that tells of it."""

import asyncio
import json
from urllib.parse import parse_qs

from banshi import calls, manifest
from banshi.mgop import Sent
from bench._lab import pages, wrk
from bench._lab.rate import Pool, Sender, Wire
from bench._lab.wires import Ask
from bench.gateway import __main__ as bench
from bench.gateway import app, people, turns, upstream
from bench.gateway.people import Citizen

CITIZENS = [
    Citizen(f"a{number}", f"banshi_app=c{number}; _mgw_tk=t{number}_1", f"t{number}") for number in (1, 2)
]
PACED = {"p50_ms": 0.4, "p99_ms": 2.0, "bad": 0, "example": ""}
MOST = {"p50_ms": 3, "p99_ms": 9, "cpu_us": 200, "around_us": 20, "all_us": 240, "failed": 0}


def test_no_two_calls_are_alike_and_each_is_what_the_manifest_takes():
    made = manifest.read(app.TEXT)

    asks = people.calls(CITIZENS, 500, old=False)

    assert len({ask.body for ask in asks}) == 500
    assert {ask.headers["authorization"] for ask in asks} == {"Bearer a1", "Bearer a2"}
    for ask in asks:
        calls.check(made, app.API, [app.SCOPE], ask.body)


def test_the_back_end_answers_what_the_manifest_says():
    calls.fit(manifest.read(app.TEXT), app.API, upstream.ANSWER)

    assert turns.SAID.encode() in upstream.ANSWER


def test_a_call_of_the_old_way_is_signed_with_what_its_citizen_was_given():
    ask = people.old_way(CITIZENS[0], 7)

    asked = {name: values[0] for name, values in parse_qs(ask.path.partition("?")[2]).items()}
    sent = Sent(asked["ak"], asked["api"], asked["ts"], asked["data"], asked["sign"])
    assert sent.sign("t1") == sent.signed
    assert ask.headers["cookie"] == CITIZENS[0].cookies


def test_the_back_end_answers_pieces_and_several_at_once_and_counts():
    said: list[bytes] = []

    class Transport:
        write = said.append

    back_end, before = upstream.Upstream(), upstream.Upstream.answered
    back_end.connection_made(Transport())
    request = Ask(b"{}", {}, "/apis/x").raw()
    back_end.data_received(request[:20])
    back_end.data_received(request[20:] + request)
    back_end.data_received(b"GET /count HTTP/1.1\r\n\r\n")

    assert said[:2] == [upstream.SAID] * 2
    assert said[2].endswith(b"\r\n\r\n%d" % (before + 2))


def test_an_answer_without_what_is_wanted_is_a_refusal():
    sender = object.__new__(Sender)
    sender.refused, sender.took, sender.example = {}, {"call": []}, ""
    pool = Pool("call", [b""], once=False, wants=b'"most"')
    for body in (b'{"most":1}', b'{"rs":9003}'):
        wire = Wire(None, 0.0, pool)
        wire.got += b"HTTP/1.1 200 OK\r\n\r\n" + body
        sender._count(wire)

    assert sender.refused == {"call": 1}


async def test_wrk_sends_headers_that_hold_semicolons_and_the_host_that_is_told():
    seen: set[bytes] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                seen.update(head.split(b"\r\n"))
                await reader.readexactly(2)
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        asks = [Ask(b"{}", {"cookie": "a=1; b=2", "host": "x.example:8000"})]
        port = server.sockets[0].getsockname()[1]
        load = await asyncio.to_thread(wrk.load, port, asks, connections=1, seconds=1)

    assert load.failed == 0
    assert b"cookie: a=1; b=2" in seen
    assert [line for line in seen if line.lower().startswith(b"host:")] == [b"Host: x.example:8000"]


def test_the_section_says_what_was_compared_and_the_last_line_holds_the_bars():
    rate = [{"direct": PACED, "nginx": PACED | {"p50_ms": 0.5}, "gateway": PACED | {"p50_ms": 1.2},
             "mgop": PACED | {"p50_ms": 1.5}}]  # fmt: skip
    most = [{name: MOST | {"per_s": per_s} for name, per_s in
             {"direct": 3e4, "nginx": 1.2e4, "gateway": 3.1e3, "mgop": 2.5e3}.items()}]  # fmt: skip
    machine = {"cpu": "X", "cores": 2, "memory_mib": 2048, "kernel": "6", "load": 0.1}
    found = {
        "machine": machine,
        "versions": {},
        "nginx": "1.22",
        "citizens": 400,
        **bench.found_of(rate, [{**rate[0], "gateway": PACED | {"p50_ms": 1.9}}], most),
    }

    told = bench.figures(json.loads(json.dumps(found)))

    assert told["overhead_ms"] == {"nginx": 0.1, "gateway": 0.8, "mgop": 1.1}
    assert told["halting_overhead_ms"]["gateway"] == 1.5, "it is no matter of the bar"
    assert told["over_nginx"]["gateway"] == 0.258
    assert bench.holds(told)
    assert not bench.holds(told | {"overhead_ms": {"gateway": 1.1}})
    assert not bench.holds(told | {"per_s": {"gateway": 2_999}})
    assert "0.8/**0.8**/0.8 | 1.90/2.00 | 1.5/**1.5**/1.5" in pages.gateway(found)
    assert "Failed: 0." in pages.gateway(found)
