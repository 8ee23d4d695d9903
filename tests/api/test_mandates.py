"""Acting for others over the wire: change into it, leave it, and nothing stays."""

from typing import Any

import pytest

from identity import accounts, mandates
from identity.mandates import Mandate, Side
from identity.sandbox import BY_KEY
from storage import clock
from tests.identity.mandated import a_proposal

ACT_AS = """
mutation ($as: String!) { actAs(actingAs: $as) {
  token viewer { name roles scopes mandate { kind principal delegate codes } } } }
"""
WHO = "{ viewer { id name mandate { principal } } cases { edges { node { id } } } }"
START = """
mutation ($draft: DraftInput!) { startCase(draft: $draft, idempotencyKey: "k") { id } }
"""


@pytest.fixture
def post(client):
    async def ask(token: str, query: str, **variables: Any):
        answer = await client.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {token}"},
        )
        return answer

    return ask


async def agreed(sign_in) -> tuple[str, str, Mandate]:
    """Tokens of the principal and of his agent, and the mandate between them."""
    hers, his = await sign_in("wang_fang"), await sign_in("shen_yun")
    now = await clock.now()
    giver, taker = await accounts.actor_of(hers, now=now), await accounts.actor_of(his, now=now)
    assert giver and taker
    held = await mandates.propose(giver, Side.PRINCIPAL, a_proposal(now=now), now=now)
    return hers, his, await mandates.accept(taker, held.id, now=now)


async def test_agent_changes_into_the_mandate_and_back_and_each_old_token_is_dead(post, sign_in):
    _, his, held = await agreed(sign_in)

    changed = (await post(his, ACT_AS, **{"as": f"mandate:{held.id}"})).json()["data"]["actAs"]
    back = (await post(changed["token"], ACT_AS, **{"as": "citizen"})).json()["data"]["actAs"]

    assert changed["viewer"]["mandate"] == {
        "kind": "AGENT", "principal": "王*", "delegate": "沈云", "codes": None,
    }  # fmt: skip
    assert back["viewer"]["mandate"] is None
    for token in (his, changed["token"]):
        refused = await post(token, WHO)
        assert refused.status_code == 401
    seen = (await post(back["token"], WHO)).json()["data"]
    assert seen["viewer"]["name"] == "沈云" and seen["cases"]["edges"] == []


async def test_next_request_after_the_end_of_a_mandate_is_refused(post, sign_in):
    hers, his, held = await agreed(sign_in)
    token = (await post(his, ACT_AS, **{"as": f"mandate:{held.id}"})).json()["data"]["actAs"]["token"]
    assert (await post(token, WHO)).status_code == 200

    ended = await post(hers, "mutation ($id: UUID!) { revokeMandate(id: $id) { state } }", id=str(held.id))

    assert ended.json()["data"] == {"revokeMandate": {"state": "REVOKED"}}
    assert (await post(token, WHO)).status_code == 401


async def test_sign_in_goes_into_a_mandate_and_says_for_whom(client, sign_in):
    _, _, held = await agreed(sign_in)
    who = BY_KEY["shen_yun"]
    form = {"method": "face", "id_number": who.number, "name": who.name, "face": "ok"}

    entered = await client.post("/session", json=form | {"acting_as": f"mandate:{held.id}"})
    refused = await client.post("/session", json=form | {"acting_as": f"mandate:{held.party_id}"})

    assert entered.status_code == 201 and entered.json()["viewer"]["acting_for"] == "王*"
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["extensions"]["code"] == "MANDATE_NOT_HELD"


async def test_each_side_sees_the_mandate_from_its_side(post, sign_in):
    hers, his, _ = await agreed(sign_in)
    query = "{ mandates { edges { node { mine state principal delegate waitsForMe } } } }"

    [given] = (await post(hers, query)).json()["data"]["mandates"]["edges"]
    [borne] = (await post(his, query)).json()["data"]["mandates"]["edges"]

    common = {"state": "ACTIVE", "waitsForMe": False}
    assert given["node"] == {"mine": False, "principal": "王芳", "delegate": "沈*", **common}
    assert borne["node"] == {"mine": True, "principal": "王*", "delegate": "沈云", **common}


async def test_principal_reads_in_accesses_who_did_what_by_which_mandate(post, sign_in):
    hers, his, held = await agreed(sign_in)
    token = (await post(his, ACT_AS, **{"as": f"mandate:{held.id}"})).json()["data"]["actAs"]["token"]
    await post(token, WHO)

    query = "{ accesses(first: 50) { edges { node { act delegate delegationId byMyself } } } }"
    rows = [edge["node"] for edge in (await post(hers, query)).json()["data"]["accesses"]["edges"]]

    [look] = [row for row in rows if row["act"] == "case.list.read"]
    assert look == {
        "act": "case.list.read", "delegate": "沈*", "delegationId": str(held.id), "byMyself": False,
    }  # fmt: skip


async def test_unknown_scope_and_time_without_zone_are_refused_by_name(post, sign_in):
    hers, _, _ = await agreed(sign_in)
    who = BY_KEY["shen_yun"]
    query = "mutation ($p: MandateProposal!) { proposeMandate(side: PRINCIPAL, proposal: $p) { id } }"
    given = {
        "idNumber": who.number, "name": who.name, "scopes": ["cases:read"], "until": "2027-01-01T00:00:00Z",
    }  # fmt: skip

    for change, field in (({"scopes": ["all"]}, "scopes"), ({"until": "2027-01-01T00:00:00"}, "until")):
        answer = (await post(hers, query, p=given | change)).json()
        assert answer["errors"][0]["extensions"]["data"]["field"] == field
