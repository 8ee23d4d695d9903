"""What the benches reckon with: the population, the draws, ratios and charts."""

import json
import os
import re
import socket
import threading
from collections import Counter
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree

import pytest

from api.awake import DEVICE, Cores
from bench._lab import awake, chart, pace, report, rounds, targets, verify, wires
from bench._lab.clean import moment
from bench._lab.data import cases, items, viewers
from bench._lab.data.population import CASE, MOST_CASES, Population, uuid_text
from bench._lab.draws import CAP, Draws
from bench._lab.rounds import Run, Spread
from bench._lab.wires import Ask
from bench.home import flat
from miniapps.cases.rules import MOVES, CaseState, Verb
from miniapps.items.rules import compile_text
from storage.ids import new_id

POPULATION = Population(5_000, most_viewers=1_000)


def test_citizens_have_up_to_twelve_cases_and_four_on_average():
    owned = Counter(POPULATION.owners)

    assert max(owned.values()) <= MOST_CASES
    assert 3.8 < len(POPULATION.owners) / POPULATION.citizens < 4.2
    assert len(owned) < POPULATION.citizens, "some have none"


def test_the_same_population_is_made_every_time():
    again = Population(5_000, most_viewers=1_000)

    assert again.owners == POPULATION.owners
    assert again.parties == POPULATION.parties


def test_ids_are_of_version_7_and_sort_by_time_then_number():
    ids = [uuid_text(CASE, second, number) for second in (1, 2) for number in (1, 2)]

    assert ids == sorted(ids)
    assert {UUID(text).version for text in ids} == {7}


def test_what_a_bench_writes_comes_after_what_it_found():
    found = POPULATION.case_id(len(POPULATION.owners) - 1)

    assert UUID(found) < UUID(moment()) < new_id()


def test_viewers_are_known_to_the_sandbox_each_by_a_number_of_his_own():
    numbers = {viewers.number(index) for index in range(2_000)}

    assert len(numbers) == 2_000


def test_item_texts_compile():
    texts = list(items.texts(200))

    compiled = [compile_text(text) for text in texts]

    assert [each.errors for each in compiled if each.item is None] == []
    assert len({each.item.code for each in compiled if each.item}) == 200


@pytest.mark.parametrize("state", cases.SHARES)
def test_the_steps_of_a_case_are_moves_of_the_table(state):
    before = "draft"
    for verb, start, end, _day in cases.MOVES[state]:
        assert start == before
        assert MOVES[CaseState(start)][Verb(verb)] == CaseState(end)
        before = end

    assert before == state


def test_nobody_is_drawn_more_often_than_the_rate_limit_allows():
    drawn = Counter(Draws(POPULATION, 1).viewers(20_000))

    assert max(drawn.values()) <= 20_000 * CAP * 1.5
    assert drawn.most_common(1)[0][1] > 5 * drawn.most_common(500)[-1][1], "some ask more often than others"


def test_draws_vary_by_region_target_and_elder_mode():
    draws = Draws(POPULATION, 1).take(4_000)

    assert len({draw.region for draw in draws}) > 95
    assert {(draw.target, draw.elder) for draw in draws} == {
        (target, elder) for target in ("PERSON", "FIRM") for elder in (True, False)
    }


def run(per_s: float) -> Run:
    return Run(per_s, p50_ms=1, p99_ms=2, app_us=100, pg_us=50, valkey_us=1, bytes=9_000, failed=0)


def test_ratios_are_formed_inside_rounds():
    played = [{"ours": run(100), "peer": run(10)}, {"ours": run(60), "peer": run(20)}, {"ours": run(50)}]

    assert rounds.ratio(played, "ours", "peer") == Spread(least=3, median=6.5, most=10)
    assert rounds.ratio(played, "ours", "absent") is None


def test_a_peer_that_answered_nothing_gives_no_ratio():
    assert rounds.ratio([{"ours": run(100), "peer": run(0)}], "ours", "peer") is None


def test_the_last_line_holds_what_was_agreed_and_nothing_else():
    played = [{name: run(100) for name in ("ours", *report.PEER_NAMES)}]
    rate = {"ours": {"1200": {"p99_ms": 6.5, "halting": {"p99_ms": 40.0}}}}

    told = report.figures({"rounds": played, "rate": rate, "different": 0})

    assert told == {
        "ratios": dict.fromkeys(report.PEER_NAMES, 1.0),
        "app_cpu_us": 100,
        "pg_cpu_us": 50,
        "p99_ms_at_1200": 6.5,
        "different": 0,
    }


def test_every_run_is_kept_beside_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "KEPT", tmp_path / "reports")

    for _ in range(2):
        report.keep("home", {"rounds": [{"ours": run(100)}], "different": 0})

    files = list((tmp_path / "reports").glob("home-*.json"))
    assert len(files) == 2
    kept = json.loads(files[0].read_text())
    assert rounds.read(kept["rounds"]) == [{"ours": run(100)}]
    assert kept["versions"]["commit"]


def test_what_was_missed_is_told_with_by_how_much():
    played = [{"ours": run(400), "mercurius_jit": run(100), "postgraphile": run(50), "static": run(1)}]
    told = {
        line[0]: line[1:]
        for line in targets.lines(
            played, {"rate": {"ours": {"1200": {"p99_ms": 12.0, "halting": {"p99_ms": 40.0}}}}}
        )
    }

    assert told == {
        "ours ÷ mercurius-jit": ["≥ 5", "4", "**missed by 20 %**"],
        "ours ÷ PostGraphile": ["≥ 7", "8", "reached"],
        "CPU of ours ÷ of a static answer": ["≤ 3.5", "1", "reached"],
        "CPU of PostgreSQL, ours ÷ mercurius-jit": ["≤ 0.25", "1", "**missed by 300 %**"],
        "p99 in ms at 1,200 requests a second": ["≤ 8", "12", "**missed by 50 %**"],
    }


def test_nobody_asks_so_often_that_he_is_refused_among_more_citizens():
    busy, other = Ask(b"", {"authorization": "Bearer a"}), Ask(b"", {"authorization": "Bearer b"})

    assert flat.calm([busy] * 9 + [other]) == [busy] * flat.MOST + [other]


def test_each_operation_among_more_citizens_is_held_against_the_fewest():
    sizes = {"100000": run(100), "10000": run(150)}
    compared = flat._compared([sizes, sizes], [10_000, 100_000])

    told = targets.lines([], {"flat": {"wallet": compared}})

    assert compared["10000"]["least_over_this"]["median"] == 1
    assert told == [
        ["wallet: answers/s among 10,000 citizens ÷ among 100,000", "≤ 1.2", "1.5", "**missed by 25 %**"]
    ]


def test_the_chart_can_be_read_and_heard():
    drawn = chart.bars([{"ours": run(9_000), "mercurius_jit": run(1_000)}])

    root = ElementTree.fromstring(drawn)
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title")
    assert "mercurius + JIT: 1,000" in (root.findtext(f"{space}desc") or "")
    assert len(root.findall(f"{space}rect")) == 3, "two bars on a ground"


def test_the_first_difference_is_named():
    mine, theirs = {"data": {"list": [1, 2]}}, {"data": {"list": [1, 3]}}

    assert verify.place(mine, theirs) == ".data.list[1]: 2 != 3"
    assert verify.place({"a": 1}, {"b": 1}).startswith("answer")


def test_every_unlisted_text_is_new_and_asks_the_same():
    first, second = wires.unlisted_text("a"), wires.unlisted_text("b")

    assert first != second
    assert re.sub(r"Home\w+", "Home", first) == re.sub(r"Home\w+", "Home", second) == wires.home_text()


class Answering(threading.Thread):
    """A server of one connection that answers so many requests: every fifth with a refusal."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.seen = 0

    def run(self) -> None:
        wire, _ = self.listening.accept()
        self.listening.close()
        with wire:
            while asked := wire.recv(65_536):
                self.seen += asked.count(b"POST ")
                body = json.dumps({"errors": []} if self.seen % 5 == 0 else {"data": {}}).encode()
                wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def test_the_sender_keeps_its_rate_and_counts_refusals():
    server = Answering()
    server.start()
    part = pace.Part("home", 1, [Ask(b"{}", {})])

    seen = pace.send(server.port, [part], per_s=100, seconds=1, connections=1)

    assert 50 < seen.answered < 160
    assert seen.answered == server.seen
    assert seen.refused == {"home": server.seen // 5}
    assert seen.failed == 0
    assert 0 < seen.percentile(50) <= seen.percentile(99)


def test_cores_are_kept_awake_inside_only_where_the_machine_lets_us():
    lets = Cores().halt and os.access(DEVICE, os.W_OK)

    with awake.kept():
        assert open_here(DEVICE) == lets
    assert not open_here(DEVICE)


def open_here(file: Path) -> bool:
    return any(os.path.realpath(each) == str(file) for each in Path("/proc/self/fd").iterdir())
