"""The host page's origin: what it shows, and what it can do."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from importlib.resources import files
from typing import Any

import msgspec

from banshi import calls
from banshi.calls import Answer
from banshi.errors import DomainError, InvalidInput, NotFound
from banshi.simulator._desk import NETWORKS, Desk, Entry
from banshi.simulator._gateway import Gateway, Issuer
from banshi.simulator._http import Asked, Told, as_json
from banshi.simulator._old import SIGN_ON, OldWires
from banshi.simulator._played import PATHS, Played
from banshi.simulator._storage import Stores

PAGE = files("banshi.simulator").joinpath("page")
ASSETS = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/bridge-host.js": ("bridge-host.js", "text/javascript; charset=utf-8"),
    "/host.js": ("host.js", "text/javascript; charset=utf-8"),
    "/dialogues.js": ("dialogues.js", "text/javascript; charset=utf-8"),
    "/host.css": ("host.css", "text/css; charset=utf-8"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
    " frame-src {app}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Act(msgspec.Struct):
    """Something that the page, or `miniapp replay`, wants done."""

    do: str
    value: str = ""
    api: str = ""
    input: msgspec.Raw = msgspec.Raw(b"null")
    key: str = ""  # idempotency key of a call
    scopes: list[str] = []


class NetworkOff(DomainError):
    """The simulator's network is switched off."""

    code = "NETWORK_OFF"
    status = 503
    text = "The simulator's network is switched off."
    retryable = True


class Host:
    """Serves the host page; `deliver` brings an event of a type to the back end."""

    def __init__(
        self, desk: Desk, issuer: Issuer, *, app_origin: str, deliver: Callable[[str], Awaitable[Entry]]
    ) -> None:
        self.desk, self.issuer, self.app_origin = desk, issuer, app_origin
        self.gateway: Gateway | None = None
        self.stores = Stores()  # the same for page and back end
        self.played = Played(stores=self.stores)
        self.old = OldWires(desk, self._passed)
        self._deliver = deliver

    async def handle(self, asked: Asked) -> Told:
        """Answer one request."""
        if asked.method == "POST" and asked.path == "/do":
            return await self._do(asked)
        if asked.method == "POST" and asked.path in SIGN_ON:
            return self.old.sign_on(asked)
        if asked.method == "POST" and asked.path in PATHS:
            return await self._play(asked)
        return self._shown(asked) if asked.method == "GET" else as_json({}, 405)

    async def _play(self, asked: Asked) -> Told:
        """Answer in the platform's place, and keep the consent sheet in step with what is given back."""
        desk, played = self.desk, self.played
        for person in desk.people:
            agreed = desk.agreed.get(person.key, frozenset())
            played.known[person.citizen.sub] = replace(person.citizen, scopes=agreed)
        told = await played.answer(asked.path, asked.headers.get("authorization", ""), asked.body)
        for person in desk.people:
            agreed = desk.agreed.get(person.key, frozenset())
            lost = agreed & played.given_back.get(person.citizen.sub, frozenset())
            if lost:
                desk.agreed[person.key] = agreed - lost
                desk.note("consent", f"应用交还：{', '.join(sorted(lost))}")
        return as_json(*told)

    def _shown(self, asked: Asked) -> Told:
        if asked.path in ASSETS:
            name, media_type = ASSETS[asked.path]
            policy = ("content-security-policy", POLICY.format(app=self.app_origin))
            return Told(PAGE.joinpath(name).read_bytes(), type=media_type, headers=(policy,))
        match asked.path:
            case "/state":
                return as_json({**self.desk.told(), "origin": self.app_origin})
            case "/log":
                return Told(self.desk.hear(), type="text/event-stream")
            case "/entries":
                return as_json(list(self.desk.log))
            case "/.well-known/jwks.json":
                return as_json(self.issuer.published())
        return as_json({}, 404)

    async def _do(self, asked: Asked) -> Told:
        try:
            act: Act = asked.json(Act)
            if act.do == "call":
                return await self._call(act)
            if act.do == "storage":
                return as_json(self._store(act))
            if act.do == "ticket":
                return as_json(self._ticket(is_nod=act.value == "yes"))
            told = as_json(await self._act(act))
            self.stores.agreed(self.desk.citizen)
            return told
        except msgspec.DecodeError as error:
            return _refused(InvalidInput(field="body", problem=str(error)))
        except DomainError as refusal:
            return _refused(refusal)

    async def _act(self, act: Act) -> Any:
        desk = self.desk
        match act.do:
            case "choose" if any(person.key == act.value for person in desk.people):
                desk.who = act.value
                is_elder = next(person.citizen.elder for person in desk.people if person.key == act.value)
                desk.style = "elder" if is_elder else "normal"
            case "style" if act.value in ("normal", "elder"):
                desk.style = act.value
            case "network" if act.value in NETWORKS:
                desk.network = act.value
            case "agree" if set(act.scopes) <= set(desk.manifest.scopes):
                desk.agreed[desk.who] = frozenset(act.scopes)
                self.played.given_back.pop(desk.citizen.sub, None)
                desk.note("consent", ", ".join(act.scopes) or "（无）")
            case "withdraw":
                desk.withdraw()
            case "event" if act.value in desk.manifest.events:
                await self._deliver(act.value)
            case "replay":
                return await self._again(act.value)
            case _:
                raise InvalidInput(field="do", problem=f"{act.do} {act.value} is nothing to do here")
        return desk.told()

    def _ticket(self, *, is_nod: bool) -> dict[str, Any]:
        """Return a ticket for an old page's back end, which is asked of the citizen once."""
        if is_nod:
            self.desk.signed_on.add(self.desk.who)
        return self.old.ticket() if self.desk.who in self.desk.signed_on else {"question": True}

    def _store(self, act: Act) -> Any:
        """Do with the citizen's store what the page wants, as the platform's API would."""
        answer = self.stores.answers.get(act.api)
        if answer is None:
            raise InvalidInput(field="api", problem=f"there is no {act.api} of a store")
        return answer(self.desk.citizen, msgspec.json.decode(act.input, type=dict[str, str | None]))

    async def _again(self, id: str) -> Entry:
        """Do once more what an entry of the log tells of."""
        entry = self.desk.find(id)
        if entry is None or entry.kind not in ("call", "event"):
            raise NotFound(what="call or event", id=id)
        if entry.kind == "event":
            return await self._deliver(entry.title)
        await self._call(Act("call", api=entry.title, input=msgspec.Raw(entry.ask.encode())))
        return self.desk.log[-1]

    async def _call(self, act: Act) -> Told:
        answer = await self._passed(act.api, bytes(act.input), act.key)
        return Told(answer.body, answer.status)

    async def _passed(self, api: str, body: bytes, key: str) -> Answer:
        """Pass a call of the page on, over the network that is chosen."""
        began = asyncio.get_running_loop().time()
        delay_s = NETWORKS[self.desk.network]
        if delay_s is None:
            answer = calls.refused(NetworkOff(), request_id="")
        else:
            await asyncio.sleep(delay_s)
            assert self.gateway is not None
            answer = await self.gateway.call(self.desk.citizen, api, body, idempotency_key=key)
        ms = (asyncio.get_running_loop().time() - began) * 1000
        self._note(api, body, answer, ms)
        return answer

    def _note(self, api: str, body: bytes, answer: Answer, ms: float) -> None:
        told = body.decode(errors="replace"), answer.body.decode(errors="replace")
        self.desk.note("call", api, status=answer.status, ms=round(ms, 1), ask=told[0], answer=told[1])


def _refused(refusal: DomainError) -> Told:
    answer = calls.refused(refusal, request_id="")
    return Told(answer.body, answer.status)
