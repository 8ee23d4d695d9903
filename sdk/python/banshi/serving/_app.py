"""The mini-app: what its back end answers, in a few lines.

app = MiniApp.from_manifest("miniapp.yaml")

@app.api("rent.check", scope="profile:read")
async def check(citizen: Citizen, ask: Ask) -> Answer: ...

@app.on(events.CaseDecided)
async def decided(event: events.CaseDecided) -> None: ...

asgi = app.asgi()                       # for uvicorn and its like, or:
asyncio.run(app.connect(platform, credential))   # outward, without an address of its own
"""

import inspect
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from banshi import manifest as manifests
from banshi.errors import DomainError
from banshi.events import MANDATORY, PublicEvent
from banshi.manifest import Manifest
from banshi.platform import Acting
from banshi.serving._api import Api
from banshi.serving._asgi import Server
from banshi.serving._citizen import Citizen
from banshi.serving._inbox import Inbox, SqliteInbox
from banshi.serving._link import Link
from banshi.serving._tokens import Door, Keys, published

if TYPE_CHECKING:
    from banshi.simulator import Played
    from banshi.testing import Simulator

AT_HOME = "http://127.0.0.1:8000"

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])


class AppWrong(DomainError):
    """The program and its manifest disagree; `problem` says how."""

    code = "APP_WRONG"
    status = 500
    text = "{what}: {problem}"


class MiniApp:
    """The back end of one mini-app."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.apis: dict[str, Api] = {}
        self.handlers: dict[str, Callable[[Any], Awaitable[None]]] = {}

    @classmethod
    def from_manifest(cls, file: str | Path) -> "MiniApp":
        """Return the mini-app of a manifest.

        Raises: ManifestRefused, with file and line of every fault; OSError.
        """
        return cls(manifests.read(Path(file).read_text(encoding="utf-8")))

    def api(self, name: str, *, scope: str) -> Callable[[Handler], Handler]:
        """Let a coroutine function (citizen, ask) -> answer serve calls of `name`, for who agreed to `scope`.

        `ask` and the answer are msgspec Structs, dataclasses or plain types.
        Raises: AppWrong when the manifest has no such scope, the name is taken, or a type is left out.
        """
        if scope not in self.manifest.scopes:
            raise AppWrong(what=name, problem=f"the manifest does not ask for {scope}: add it, with a reason")
        if name in self.apis:
            raise AppWrong(what=name, problem="another function answers it")

        def enter(handler: Handler) -> Handler:
            takes, gives = _types(name, handler)
            self.apis[name] = Api(name, scope, handler, takes, gives)
            return handler

        return enter

    def on(self, event: type[PublicEvent]) -> Callable[[Handler], Handler]:
        """Let a coroutine function (event) work on deliveries of a type; it may be called again for one.

        Raises: AppWrong when the manifest does not subscribe to it, or another function does it.
        """
        if event.type not in self.manifest.events and event.type not in MANDATORY:
            raise AppWrong(what=event.type, problem="the manifest does not subscribe to it: add it to events")
        if event.type in self.handlers:
            raise AppWrong(what=event.type, problem="another function works on it")

        def enter(handler: Handler) -> Handler:
            self.handlers[event.type] = handler
            return handler

        return enter

    def catalogue(self) -> list[dict[str, Any]]:
        """Return the APIs with their schemas, for the manifest."""
        return [{"name": api.name, "scope": api.scope, **api.schemas} for api in self.apis.values()]

    def asgi(
        self,
        *,
        platform: str | None = None,
        credential: str | None = None,
        secrets: Iterable[str] | None = None,
        inbox: Inbox | None = None,
        keys: Keys | None = None,
    ) -> Server:
        """Return the ASGI application.

        What is left out comes from the environment: `platform` is its address (MINIAPP_PLATFORM),
        `credential` ("client id:secret", MINIAPP_CREDENTIAL) lets handlers act for citizens there, `secrets`
        are those of its webhooks, several while they change (MINIAPP_WEBHOOK_SECRETS, parted by commas),
        `inbox` keeps deliveries (MINIAPP_INBOX, a file; inbox.sqlite), where any may come.
        """
        env: Mapping[str, str] = os.environ
        address = (platform or env.get("MINIAPP_PLATFORM") or AT_HOME).rstrip("/")
        shown = credential if credential is not None else env.get("MINIAPP_CREDENTIAL", "")
        told = secrets if secrets is not None else env.get("MINIAPP_WEBHOOK_SECRETS", "").split(",")
        if inbox is None and (self.manifest.events or self.handlers):
            inbox = SqliteInbox(env.get("MINIAPP_INBOX", "inbox.sqlite"))
        client, _, secret = shown.partition(":")
        audience = client if secret else self.manifest.id  # <id>--sandbox is called for by its own name
        door = Door(audience, address, keys or Keys(published(address)), Acting(address, shown))
        return Server(
            self.manifest, self.apis, self.handlers, door=door, secrets=tuple(filter(None, told)), inbox=inbox
        )

    def test_client(
        self, *, citizen: Citizen, elder: bool | None = None, platform: "Played | None" = None
    ) -> "Simulator":
        """Return what calls this mini-app without a network, by way of the gateway's checks.

        async with app.test_client(citizen=fake.adult(level=3), elder=True) as client:
            await client.call("rent.check", {"rent": 3000})

        Handlers that act for the citizen (`citizen.platform()`) meet `platform`, which a test fills:
        `Played({"startCase": lambda citizen, variables: {…}})`.
        """
        testing = import_module("banshi.testing")  # which builds on this module
        made: Simulator = testing.Simulator(self, citizen=citizen, elder=elder, platform=platform)
        return made

    async def connect(
        self,
        platform: str | None = None,
        credential: str | None = None,
        *,
        connections: int = 2,
        inbox: Inbox | None = None,
    ) -> None:
        """Connect outward to the platform's relay, and answer the calls that come down, until cancelled.

        `credential` is "client id:secret" of the mini-app, or a developer's session token; left out it is
        MINIAPP_CREDENTIAL.  Several programs, and several `connections` of one, share the load.  A connection
        that ends is made again.
        Raises: ConnectionRefused when trying again is of no use.
        """
        address = (platform or os.environ.get("MINIAPP_PLATFORM") or AT_HOME).rstrip("/")
        shown = credential or os.environ.get("MINIAPP_CREDENTIAL", "")
        server = self.asgi(platform=address, credential=shown, inbox=inbox)
        await Link(server, platform=address, credential=shown).run(connections)


def _types(name: str, handler: Callable[..., Any]) -> tuple[Any, Any]:
    """Return what a handler takes besides the citizen, and what it gives."""
    if not inspect.iscoroutinefunction(handler):
        raise AppWrong(what=name, problem="write it as `async def`")
    hints = get_type_hints(handler)
    wanted = list(inspect.signature(handler).parameters)
    if len(wanted) != 2 or hints.get(wanted[0]) is not Citizen:
        raise AppWrong(what=name, problem="it takes (citizen: Citizen, ask: …)")
    if wanted[1] not in hints or "return" not in hints:
        raise AppWrong(what=name, problem="say the types of what it takes and gives")
    return hints[wanted[1]], hints["return"]
