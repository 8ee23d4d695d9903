"""Full sign-ins a second, ours beside npm's oidc-provider on the same PostgreSQL: `scripts/bench sign_in`.

Each is a citizen of his own in a browser of his own: the client's link, the sign-in form, signing in,
consent, the client's call-back, token and user info.  Then a storm: so many citizens as fast as they can.
The last line printed is one JSON object.
"""

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from rich.table import Table

from bench._lab import kernel, options, pace, report
from bench._lab.data import viewers
from bench._lab.options import Options
from bench._lab.servers import Running, need_node, serving
from bench._lab.stage import Stage, stage
from bench.sign_in import servers
from bench.sign_in.journey import Client

PARTS = ("peers", "storm")
CITIZENS = 50_000  # of whom every fifth can sign in
FEW = 2_500  # of a smoke run; not as many as others have, for signing in changes people
AT_ONCE = 32
STORM = 10_000
SMALLER = 50  # of a smoke run
SAMPLE_S = 2.0


@dataclass(frozen=True)
class Turn:
    """One server's turn in one round."""

    per_s: float
    app_us: float  # CPU of the server for one sign-in
    pg_us: float
    p50_ms: float
    p99_ms: float
    calls: float  # of one sign-in
    failed: int


def citizens(at: Stage) -> Iterator[tuple[str, str, str]]:
    """Return one citizen after another, each from an address of his own."""
    dice = random.Random("who signs in")
    order = list(at.population.viewers)
    dice.shuffle(order)
    for each in cycle(order):
        address = ".".join(str(dice.randrange(1, 255)) for _ in range(4))
        yield viewers.number(each), viewers.name(each), address


def storm(server: Running, client: Client, who: list[Any], *, seconds: float = 0) -> subprocess.Popen[str]:
    """Let citizens sign in; returns at once."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sign_in.storm"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin
    process.stdin.write(servers.told(server.port, client, who, at_once=AT_ONCE, seconds=seconds))
    process.stdin.close()
    return process


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return what a storm saw."""
    assert process.stdout
    with process.stdout as out:
        seen: dict[str, Any] = json.loads(out.read() or "{}")
    if process.wait() or not seen:
        sys.exit("the sender failed")
    return seen


def turn(at: Stage, server: Running, client: Client, who: Iterator[Any], seconds: float) -> Turn:
    """Measure one server for so long."""
    assert at.lab.postgres.process
    postgres = at.lab.postgres.process.pid
    some = [next(who) for _ in range(int(600 * seconds))]
    servers.forget_consents(at)  # both ask each citizen, also one whose turn came before
    app, pg = server.cpu(), kernel.cpu_us(postgres)
    seen = ended(storm(server, client, some, seconds=seconds))
    done = max(1, seen["signed_in"])
    if seen["failed"]:
        at.say(f"{server.name}: {seen['failed']} failed, {seen['example']}")
    return Turn(
        per_s=seen["signed_in"] / seen["lasted_s"],
        app_us=kernel.between(app, server.cpu()) / done,
        pg_us=kernel.between(pg, kernel.cpu_us(postgres)) / done,
        p50_ms=pace.percentile(seen["took_ms"], 50),
        p99_ms=pace.percentile(seen["took_ms"], 99),
        calls=seen["calls"] / done,
        failed=seen["failed"],
    )


def beside(
    at: Stage, running: list[Running], clients: dict[str, Client], settings: Options
) -> list[dict[str, Turn]]:
    """Measure both in interleaved rounds; the first round warms up and is left out."""
    who, found = citizens(at), []
    for number in range(settings.rounds + 1):
        order = running if number % 2 else running[::-1]
        found.append({each.name: turn(at, each, clients[each.name], who, settings.seconds) for each in order})
        at.say(
            f"round {number}: " + ", ".join(f"{name} {one.per_s:.0f}/s" for name, one in found[-1].items())
        )
    return found[1:]


def show(at: Stage, rounds: list[dict[str, Turn]]) -> None:
    """Print the comparison: medians."""
    table = Table("server", "sign-ins/s", "app µs", "PG µs", "p50 ms", "p99 ms", "calls", "failed")
    for name in rounds[0]:
        mine = [each[name] for each in rounds]
        figures = [
            statistics.median(getattr(one, what) for one in mine) for what in ("per_s", "app_us", "pg_us")
        ]
        spans = [statistics.median(getattr(one, what) for one in mine) for what in ("p50_ms", "p99_ms")]
        table.add_row(
            name, *(f"{figure:,.0f}" for figure in figures), *(f"{span:.1f}" for span in spans),
            f"{mine[0].calls:.1f}", str(sum(one.failed for one in mine)),
        )  # fmt: skip
    at.console.print(table)


def flood(at: Stage, server: Running, client: Client, settings: Options) -> dict[str, Any]:
    """Let 10,000 citizens sign in once each, and watch the memory."""
    who = citizens(at)
    many = STORM // SMALLER if settings.smoke else STORM
    warm = ended(storm(server, client, [next(who) for _ in range(many // 10)]))
    servers.forget_consents(at)
    process = storm(server, client, [next(who) for _ in range(many)])
    memory, began = [], time.monotonic()
    with ThreadPoolExecutor(1) as reader:  # what it prints is longer than a pipe holds
        reading = reader.submit(ended, process)
        while not reading.done():
            memory.append((round(time.monotonic() - began), round(server.pss(), 1)))
            time.sleep(0.2 if settings.smoke else SAMPLE_S)
        seen = reading.result()
    at.say(
        f"storm: {seen['signed_in']} signed in, {seen['failed']} failed {seen['example']}"
        f" in {seen['lasted_s']:.1f} s; memory {memory[0][1]} → {memory[-1][1]} MiB"
    )
    return {
        "signed_in": seen["signed_in"], "failed": seen["failed"] + warm["failed"],
        "per_s": round(seen["signed_in"] / seen["lasted_s"], 1),
        "p99_ms": round(pace.percentile(seen["took_ms"], 99), 1), "pss_mib": memory,
    }  # fmt: skip


def main() -> None:
    """Measure, print, and end with the figures."""
    settings = options.read("Full sign-ins.", PARTS, small=PARTS, citizens=CITIZENS, few=FEW)
    need_node()
    found: dict[str, Any] = {"machine": kernel.machine(), "citizens": settings.citizens}
    figures: dict[str, Any] = {"bench": "sign_in"}
    with stage(settings) as at:
        servers.known(at, at.population)
        pairs = [servers.ours(at), servers.peer(at, at.population)]
        clients = {contender.name: client for contender, client in pairs}
        with serving([contender for contender, _ in pairs], at.folder) as running:
            if settings.wants("peers"):
                rounds = beside(at, running, clients, settings)
                show(at, rounds)
                found["sign_ins"] = [{name: vars(one) for name, one in each.items()} for each in rounds]
                ratios = [each["ours"].per_s / each["oidc_provider"].per_s for each in rounds]
                figures["per_s"] = round(statistics.median(each["ours"].per_s for each in rounds), 1)
                figures["over_oidc_provider"] = round(statistics.median(ratios), 3)
                figures["failed"] = sum(one.failed for each in rounds for one in each.values())
            if settings.wants("storm"):
                found["storm"] = flood(at, running[0], clients["ours"], settings)
                figures["storm"] = {name: found["storm"][name] for name in ("signed_in", "failed", "per_s")}
        report.keep("sign_in", found)
        if settings.report:
            report.write("sign_in", found)
    print(json.dumps(figures))
    sys.exit(1 if figures.get("failed") or figures.get("storm", {}).get("failed") else 0)


if __name__ == "__main__":
    main()
