"""Running the simulator: two origins here, the program beside them, an eye on the files."""

import asyncio
import socket
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec

from banshi import events, manifest, signing
from banshi.calls import Answer, AppOffline
from banshi.errors import Unavailable
from banshi.events import EVENTS, PublicEvent
from banshi.manifest import ManifestRefused
from banshi.serving import Citizen
from banshi.simulator._desk import Desk, Entry
from banshi.simulator._gateway import Gateway, issuing
from banshi.simulator._host import Host
from banshi.simulator._http import served, server
from banshi.simulator._page import Files
from banshi.simulator._program import Program, Watch

NOTE = Path(".miniapp", "dev.json")  # where the simulator of a folder is to be found
BACK_END_S = 12.0
DUE = timedelta(days=15)  # of an invented question about data
CODE = (".py", ".yaml", ".yml", ".json", ".toml", ".sql")
RunIn = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be simulated."""

    manifest: Path
    program: Path
    web: Path
    platform: str = ""  # "": without one
    token: str = ""  # a developer's session there
    port: int = 0  # of the host page; 0: any that is free


class Simulator:
    """One simulator, for one folder."""

    def __init__(self, plan: Plan, say: RunIn) -> None:
        self.plan, self.say = plan, say
        ports = [plan.port or _free(), _free(), _free()]
        self.url, self.app_origin, self.back_end = (f"http://127.0.0.1:{port}" for port in ports)
        made = manifest.read(plan.manifest.read_text(encoding="utf-8"))
        self.desk = Desk(made, plan.platform)
        self.issuer = issuing(self.url, made.id)
        self.secret = signing.new_secret()
        self.host = Host(self.desk, self.issuer, app_origin=self.app_origin, deliver=self.deliver)
        self.program = Program(plan.program, ports[2], self._env(), self._heard)
        page = Files(plan.web, app_id=made.id, host=self.url, old=self.host.old.handle)
        self.servers = [
            server(served(self.host.handle, origin=lambda: self.url), port=ports[0]),
            server(served(page.handle, origin=lambda: self.app_origin), port=ports[1]),
        ]
        self._http = httpx.AsyncClient(timeout=BACK_END_S, trust_env=False)
        self._adopt(made)

    def _env(self) -> dict[str, str]:
        plan, folder = self.plan, self.plan.manifest.parent / NOTE.parent
        folder.mkdir(mode=0o700, exist_ok=True)
        told = {
            "MINIAPP_PLATFORM": plan.platform or self.url, "MINIAPP_WEBHOOK_SECRETS": self.secret,
            "MINIAPP_INBOX": str(folder.resolve() / "inbox.sqlite"), "MINIAPP_SIGN_ON": self.url,
        }  # fmt: skip
        return {**told, "MINIAPP_CREDENTIAL": plan.token}

    def _adopt(self, made: manifest.Manifest) -> None:
        self.desk.manifest = self.host.played.made = made
        through = self._by_platform if self.plan.platform else self._directly
        self.host.gateway = Gateway(made, through, is_platform=bool(self.plan.platform))

    async def run(self) -> None:
        """Run until cancelled."""
        serving = [asyncio.create_task(each.serve()) for each in self.servers]
        try:
            while not all(each.started for each in self.servers):
                await asyncio.sleep(0.01)
            self._leave_note()
            await self._restart()
            self.say(f"simulator   {self.url}")
            await self._watch()
        finally:
            (self.plan.manifest.parent / NOTE).unlink(missing_ok=True)
            await self.program.stop()
            for each in self.servers:
                each.should_exit = True
            await asyncio.gather(*serving, return_exceptions=True)
            await self._http.aclose()

    def _leave_note(self) -> None:
        note = self.plan.manifest.parent / NOTE
        note.write_bytes(msgspec.json.encode({"url": self.url}))

    async def _restart(self) -> None:
        await self.program.stop()
        self.desk.running = await self.program.start()
        word = "后端已启动" if self.desk.running else "后端没有启动，请看终端里的说明"
        self.desk.note("run", word, status=200 if self.desk.running else 500)
        self.desk.tell("state", self.desk.told())

    async def _watch(self) -> None:
        watch = Watch(
            self.plan.manifest.parent, wanted=lambda path: self._is_code(path) or self._is_page(path)
        )
        while True:
            changed = await watch.changes()
            names = ", ".join(sorted(path.name for path in changed)[:3])
            self.say(f"changed     {names}")
            if self.plan.manifest in changed:
                self._reread()
            if any(map(self._is_code, changed)):
                await self._restart()
            self.desk.tell("reload", {"files": names})

    def _is_page(self, path: Path) -> bool:
        return path.is_relative_to(self.plan.web)

    def _is_code(self, path: Path) -> bool:
        return path.suffix in CODE and not self._is_page(path)

    def _reread(self) -> None:
        try:
            self._adopt(manifest.read(self.plan.manifest.read_text(encoding="utf-8")))
        except (ManifestRefused, OSError) as error:
            self.say(f"manifest    {error}")
            self.desk.note("run", f"清单有误：{error}", status=422)

    def _heard(self, line: str) -> None:
        self.say(f"app         {line}")

    async def _directly(self, citizen: Citizen, api: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        token = self.issuer.token(citizen, api)
        shown = {**headers, "authorization": f"Bearer {token}"}
        try:
            answer = await self._http.post(f"{self.back_end}/apis/{api}", content=body, headers=shown)
        except httpx.HTTPError as error:
            raise AppOffline(app_id=self.desk.manifest.id) from error
        return Answer(answer.status_code, answer.content)

    async def _by_platform(
        self, citizen: Citizen, api: str, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        invented = {
            "sub": citizen.sub, "level": citizen.level, "region": citizen.region, "elder": citizen.elder,
            "scopes": sorted(citizen.scopes),
        }  # fmt: skip
        shown = {
            **headers, "authorization": f"Bearer {self.plan.token}", "content-type": "application/json",
            "x-miniapp-citizen": msgspec.json.encode(invented).decode(),
        }  # fmt: skip
        url = f"{self.plan.platform}/gw/{self.desk.manifest.id}/{api}"
        try:
            answer = await self._http.post(url, content=body, headers=shown)
        except httpx.HTTPError as error:
            raise Unavailable(system="the platform") from error
        return Answer(answer.status_code, answer.content)

    async def deliver(self, type: str) -> Entry:
        """Deliver an invented event of a type to the back end."""
        event = invented(type, self.desk.citizen)
        body, id = events.body(event), uuid.uuid4().hex
        told = signing.headers([self.secret], message_id=id, at=datetime.now(UTC), body=body)
        status, said = 503, "the back end does not run"
        try:
            answer = await self._http.post(f"{self.back_end}/events", content=body, headers=told)
            status, said = answer.status_code, answer.text
        except httpx.HTTPError:
            self.say(f"event       {type}: {said}")
        return self.desk.note("event", type, status=status, ask=body.decode(), answer=said, request_id=id)


def invented(type: str, citizen: Citizen) -> PublicEvent:
    """Return an event of a type about an invented citizen."""
    kind = EVENTS[type]
    facts: dict[str, Any] = {
        "sub": citizen.sub, "at": datetime.now(UTC), "case_id": uuid.uuid4(), "client_id": "simulator",
        "withdrawn": sorted(citizen.scopes), "remaining": [], "scopes": sorted(citizen.scopes),
        "request_id": uuid.uuid4(), "due_at": datetime.now(UTC) + DUE, "app_id": "simulator",
        "app_version": "1.0.0", "stage": "everyone",
    }  # fmt: skip
    return kind(**{name: facts[name] for name in kind.__struct_fields__ if name in facts})


async def simulate(plan: Plan, *, say: RunIn, opened: Callable[[str], None]) -> None:
    """Run the simulator until cancelled; `opened` gets the address of the host page once it is there.

    Raises: ManifestRefused, OSError.
    """
    simulator = Simulator(plan, say)
    running = asyncio.create_task(simulator.run())
    try:
        while not simulator.servers[0].started and not running.done():
            await asyncio.sleep(0.02)
        if not running.done():
            opened(simulator.url)
        await running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


__all__ = ["Plan", "Simulator", "simulate"]
