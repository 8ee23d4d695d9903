"""What a mini-app's credential still does when it is switched off, and when it was taken off the shelf."""

from typing import Any, NamedTuple

import httpx
import pytest

from banshi.scopes import Scope
from identity import consents, session_tokens, subjects
from identity.actor import Actor
from identity.oidc.exchange import GRANT_TYPE, JWT
from identity.roles import Role
from identity.session_tokens import Who
from miniapps.release import service as releases
from miniapps.release.rules.switches import SwitchKind
from storage import clock
from storage.db import fetch
from tests.api.case_documents import DRAFT, START
from tests.api.conftest import NOON, an_actor, as_operator
from tests.api.oidc.conftest import actor_of
from tests.api.oidc.relying import Rp
from tests.api.relay.conftest import a_client
from tests.api.test_app_notices import LETTER, SEND
from tests.miniapps.cases.factories import CODE, a_town
from tests.miniapps.catalog.factories import WRITES, make_released

APP = "rent-app"
ASKED = f'  storage:keep: 记住您上次填写的内容\n{WRITES}items: ["{CODE}"]\n'
SCOPES = [Scope.CASES_READ, Scope.CASES_WRITE, Scope.NOTICES_SEND, Scope.STORAGE_KEEP]
KEEP = 'mutation ($key: String!) { storeValue(key: "draft", value: "1", idempotencyKey: $key) }'
REMOVE = 'mutation ($key: String!) { removeValue(key: "draft", idempotencyKey: $key) }'
GIVE_BACK = 'mutation { giveBackConsent(scopes: ["cases:read"]) { appId } }'
BY_TOKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "storeValue": (KEEP, {}), "removeValue": (REMOVE, {}), "sendNotice": (SEND, {"notice": LETTER}),
    "startCase": (START, {"draft": DRAFT}), "giveBackConsent": (GIVE_BACK, {}),
}  # fmt: skip
"""All that a back end writes with a token that its credential was lent for a call."""


class World(NamedTuple):
    """A back end with its credential, and a citizen who is inside its mini-app."""

    rp: Rp
    secret: str
    citizen: Actor
    page: str
    targets: dict[SwitchKind, str]

    async def later(self, key: str) -> httpx.Response:
        letter = LETTER | {"sub": subjects.pairwise_sub(APP, self.citizen.acting_for), "key": key}
        return await self.rp.http.post("/apps/notices", json=letter, auth=(APP, self.secret))

    async def called(self) -> str:
        """Return the token that comes along with a call that the citizen makes."""
        app = await actor_of(self.page)
        who = Who(sub="s", level=3, scopes=app.scopes, region="330106", token_id=app.token_id)
        return await session_tokens.issue(who, APP, "rent.check", now=await clock.now())

    async def exchange(self, subject: str) -> dict[str, Any]:
        asked = {"grant_type": GRANT_TYPE, "subject_token": subject, "subject_token_type": JWT}
        return dict((await self.rp.call("token", asked)).json())

    async def written(self, token: str, key: str) -> dict[str, str]:
        """Try every write with a token: the code of the refusal, "" where there is none."""
        told = {}
        for name, (query, given) in BY_TOKEN.items():
            asked = {
                "query": query,
                "variables": given | ({"key": f"{name}{key}"} if "$key" in query else {}),
            }
            shown = {"authorization": f"Bearer {token}"}
            answer = (await self.rp.http.post("/graphql", json=asked, headers=shown)).json()
            told[name] = answer["errors"][0]["extensions"]["code"] if "errors" in answer else ""
        return told


@pytest.fixture
async def world(client: httpx.AsyncClient, sign_in: Any) -> World:
    await a_town()
    developer = an_actor(Role.DEVELOPER)
    await make_released(developer, as_operator(), NOON, more=ASKED)
    citizen, now = await actor_of(await sign_in("wang_fang")), await clock.now()
    await consents.grant(citizen, APP, SCOPES, now=now)
    opening = await releases.open_(citizen, APP, SCOPES, now=now)
    secret = await a_client(APP)
    targets = {
        SwitchKind.LISTING: APP, SwitchKind.APP: APP, SwitchKind.DEVELOPER: str(developer.acting_for),
        SwitchKind.VERSION: f"{APP}@1.0.0",
    }  # fmt: skip
    return World(Rp(client, APP, secret), secret, citizen, opening.token, targets)


async def marks() -> int:
    [row] = await fetch("SELECT count(*) AS found FROM app_mark")
    return int(row["found"])


@pytest.mark.parametrize(
    "kind", [SwitchKind.APP, SwitchKind.DEVELOPER, SwitchKind.VERSION, SwitchKind.LISTING]
)
async def test_a_credential_writes_nothing_more_and_who_is_inside_goes_on_where_it_was_taken_down(
    world, kind
):
    subject = await world.called()
    token = (await world.exchange(subject))["access_token"]
    assert (await world.later("before")).status_code == 200
    assert set((await world.written(token, "before")).values()) == {""}
    so_far, is_listing = await marks(), kind is SwitchKind.LISTING

    now = await clock.now()
    await releases.switch_off(
        as_operator(), kind, world.targets[kind], reason="核查", notice="暂停使用", now=now
    )  # fmt: skip

    alone = await world.later("after")
    assert (alone.status_code, alone.json()["errors"][0]["extensions"]["code"]) == (404, "APP_NOT_FOUND")
    assert await marks() == so_far
    inside = set((await world.written(token, "after")).values())
    assert inside == ({""} if is_listing else {"NOT_SIGNED_IN"})
    assert (await world.exchange(subject)).get("error") == (None if is_listing else "invalid_grant")
