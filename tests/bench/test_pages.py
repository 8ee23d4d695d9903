"""The sections of the mixed load and of handing in: what stands in them, and what reaches a bar."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from bench._lab import rounds
from bench._lab.rounds import Run
from bench.home import micro
from bench.home import page as home
from bench.mix import operations
from bench.mix import page as mix
from bench.submit import page as submit

MACHINE = {"cpu": "a cpu", "cores": 2, "memory_mib": 24_000, "kernel": "6", "load": 0.1}
FILLED = [(s, min(150 + s, 200)) for s in range(0, 600, 5)]  # full after fifty seconds
LEAKING = [(s, 150 + s / 10) for s in range(0, 600, 5)]
LONG = {
    "writes_of_100": 5, "per_s": 1_900, "minutes": 10, "answered": 1_140_000, "bad": 0, "p50_ms": 3.0,
    "p99_ms": 21.0, "p99_9_ms": 40.0, "pss_mib": FILLED, "pss_mib_an_hour": 0.0, "app_us": 306, "pg_us": 232,
    "kinds": {"sign_in": {"of_100": 0.71, "sent": 9, "bad": 0, "p50_ms": 1, "p99_ms": 2, "p99_9_ms": 3}},
}  # fmt: skip
MIX = {"machine": MACHINE, "citizens": 10_000, "versions": {"commit": "c0ffee"}, "long": LONG,
       "processes": {"one_us": [1.0, 1.0], "two_us": [1.0, 1.0], "two_over_one": 1.0}}  # fmt: skip


def test_five_in_a_hundred_write_and_the_rest_keeps_its_proportions():
    shares = operations.SHARES

    assert sum(shares.values()) == pytest.approx(100)
    assert sum(shares[name] for name in ("submit", "upload", "sign_in")) == pytest.approx(5)
    assert shares["submit"] == pytest.approx(2 * shares["upload"]) == pytest.approx(4 * shares["sign_in"])
    assert shares["home"] / shares["cases"] == pytest.approx(45 / 8)


def test_memory_that_fills_once_plateaus_and_memory_that_leaks_does_not():
    assert mix.growth(FILLED) == 0
    assert mix.growth(LEAKING) > 10


def test_what_is_over_in_a_moment_has_a_growth_too():
    assert mix.growth([(0, 100.0)]) == 0


def test_the_mixed_load_is_held_against_its_bars(tmp_path, monkeypatch):
    monkeypatch.setattr(mix, "LINE", tmp_path / "mix.svg")

    told = mix.section(MIX)

    assert "commit c0ffee" in told
    assert "10,000 citizens. Shares of a working day with 5 writes in a hundred" in told
    assert "306 µs, PostgreSQL 232 µs" in told
    assert "| p99 in ms at 70 % of saturation | ≤ 20 | 21 | **missed by 5 %** |" in told
    assert "| requests that failed | 0 | 0 | reached |" in told
    assert "to the last, % | ≤ 2 | 0 | reached |" in told
    assert "| CPU for one answer, two API processes ÷ one | ≤ 1.1 | 1 | reached |" in told
    assert "| sign in | 0.71 | 9 | 0 | 1 | 2 | 3 |" in told
    drawn = ElementTree.parse(tmp_path / "mix.svg").getroot()
    assert "200 MiB after 9.9 minutes" in (drawn.findtext("{http://www.w3.org/2000/svg}desc") or "")


def test_one_failure_misses_the_bar():
    told = mix.bars(MIX | {"long": LONG | {"bad": 1}})

    assert told[1] == ["requests that failed", "0", "1", "**missed**"]


def test_what_is_compressed_in_parts_is_the_same_answer_and_every_way_is_told():
    answer = (
        b'{"data":{"viewer":null,"catalog":['
        + b'"\xe7\x99\xbb\xe8\xae\xb0",' * 400
        + b'1],"recentCases":[]}}'
    )
    request = b'{"documentId":"sha256:1","variables":{"region":"330106"}}'

    squeezed = micro.squeezed(answer, 2)
    parsed = micro.parsed(request, answer, 2)

    assert squeezed["as it is"]["bytes"] == len(answer)
    assert all(of["bytes"] < len(answer) / 4 for name, of in squeezed.items() if name != "as it is")
    spread = {"least": 1.0, "median": 2.0, "most": 3.0}
    sql = {"own": {"text_us": spread, "json_us": spread, "text_over_json": spread}}
    told = home.alone({"sql": sql, "micro": {"squeezed": squeezed, "parsed": parsed}})
    assert "| own cases and notices | 1/**2**/3 | 1/**2**/3 | 1/**2**/3 |" in told
    assert f"| as it is | {len(answer)} |" in told
    assert "| request, msgspec |" in told


def test_the_bytes_of_compressed_answers_are_told():
    whole = Run(per_s=9, p50_ms=1, p99_ms=2, app_us=1, pg_us=1, valkey_us=1, bytes=8_000, failed=0)
    played = [{"zipped": replace(whole, bytes=2_000), "without_compression": whole}]

    told = home.alone({"techniques": {"rounds": rounds.plain(played)}})

    assert "is 2,000 bytes, without 8,000: 25 %" in told
    assert home.alone({}) == ""


def test_handing_in_is_held_against_the_naive_way_and_tells_what_groups_bring():
    storage = [{"grouped": [6_000, 200], "alone": [1_000, 1_200], "naive": [2_000, 500],
                "same_rows": [1_500, 900]}]  # fmt: skip
    http = [
        {"ours": {"per_s": 900.0, "app_us": 1_000.0}, "without_groups": {"per_s": 450.0, "app_us": 1_500.0}}
    ]

    told = submit.section(
        {
            "machine": MACHINE,
            "citizens": 10_000,
            "versions": {"commit": "c0ffee"},
            "storage": storage,
            "http": http,
        }
    )

    assert "commit c0ffee" in told
    assert "| grouped | 6,000/**6,000**/6,000 | 200/**200**/200 | 3/**3**/3 | 4/**4**/4 |" in told
    assert "| on ÷ off | 2/**2**/2 | 0.667/**0.667**/0.667 |" in told
    assert "at the storage boundary | ≥ 2.5 | 3 | reached |" in told
