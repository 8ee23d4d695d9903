"""Sending documents by their id: the wire, who may send what, and automatic persisted queries."""

import hashlib
import json

import pytest
from msgspec.structs import replace

from api.graphql import documents
from api.graphql.persisted import Texts
from banshi.errors import DomainError
from identity import tokens
from storage import clock
from tests.identity.factories import make_session

GRAPHQL = "application/graphql-response+json"
UNREAD = documents.named("unread")
QUERY = "{ requestId }"
HASH = hashlib.sha256(QUERY.encode()).hexdigest()


async def post(bare, body, **headers):
    return await bare.post("/graphql", json=body, headers={"accept": GRAPHQL, **headers})


async def get(bare, **parameters):
    return await bare.get("/graphql", params=parameters, headers={"accept": GRAPHQL})


def codes(answer) -> list[str]:
    return [error["extensions"]["code"] for error in answer.json().get("errors", ())]


def persisted(sha256: object = HASH, **more) -> dict[str, object]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256}}, **more}


class TestTheWire:
    async def test_a_document_is_run_by_its_id(self, bare):
        by_post = await post(bare, {"documentId": UNREAD})
        by_get = await get(bare, documentId=UNREAD)

        assert codes(by_post) == codes(by_get) == ["NOT_SIGNED_IN"]  # so it ran

    async def test_variables_are_checked_as_always(self, bare):
        answer = await post(bare, {"documentId": documents.named("case"), "variables": {"id": "no id"}})
        nul = await get(bare, documentId=documents.named("search"), variables='{"search": "\\u0000"}')

        assert (answer.status_code, codes(answer)) == (400, ["VARIABLES_INVALID"])
        assert (nul.status_code, codes(nul)) == (400, ["VARIABLES_INVALID"])

    @pytest.mark.parametrize(
        "id_", ["", "home", "sha256:", "sha256:" + "0" * 64, UNREAD.upper(), UNREAD[7:], "x" * 50_000]
    )
    async def test_an_unknown_id_is_one_error_of_a_stable_code(self, bare, id_):
        new = await post(bare, {"documentId": id_})
        old = await post(bare, {"documentId": id_}, accept="application/json")

        assert (new.status_code, old.status_code) == (400, 200)
        assert codes(new) == codes(old) == ["DOCUMENT_UNKNOWN"]
        assert len(new.content) < 500

    async def test_id_and_text_together_are_malformed(self, bare):
        answer = await post(bare, {"documentId": UNREAD, "query": QUERY})

        assert (answer.status_code, codes(answer)) == (400, ["BAD_REQUEST"])

    @pytest.mark.parametrize("body", [{"documentId": None}, {"documentId": 1}, {"query": None}, {}])
    async def test_neither_is_malformed_too(self, bare, body):
        answer = await post(bare, body)

        assert (answer.status_code, codes(answer)) == (400, ["BAD_REQUEST"])

    async def test_a_mutation_is_not_run_by_get(self, bare):
        answer = await get(bare, documentId=documents.named("complete_case"))

        assert (answer.status_code, codes(answer)) == (405, ["METHOD_NOT_ALLOWED"])

    async def test_the_operation_s_name_may_be_said_but_no_other(self, bare):
        same = await post(bare, {"documentId": UNREAD, "operationName": "Unread"})
        other = await post(bare, {"documentId": UNREAD, "operationName": "Home"})
        none = await get(bare, documentId=UNREAD, operationName="")

        assert codes(same) == codes(none) == ["NOT_SIGNED_IN"]
        assert codes(other) == ["GRAPHQL_INVALID"]

    async def test_a_browser_that_names_a_document_gets_its_answer(self, bare):
        answer = await bare.get(
            "/graphql", params={"documentId": UNREAD}, headers={"accept": "text/html,*/*"}
        )

        assert codes(answer) == ["NOT_SIGNED_IN"]


@pytest.fixture
async def bearers(client):
    """The header of a citizen's session, of a mini-app opened in it, and of a visitor."""
    now = await clock.now()
    token, actor = await make_session(now=now)
    app = await tokens.issue(actor, "an-app", set(), now=now)
    return {
        "session": {"authorization": f"Bearer {token}"},
        "app": {"authorization": f"Bearer {app}"},
        "visitor": {},
    }


async def test_while_developing_everybody_sends_what_he_likes(client, bearers):
    for headers in bearers.values():
        answer = await post(client, {"query": QUERY}, **headers)
        assert "requestId" in answer.json()["data"]


class TestProduction:
    @pytest.fixture
    def bare_settings(self, bare_settings):
        return replace(bare_settings, mode="production", verifier="none", public_url="https://banshi.example")

    @pytest.fixture
    def settings(self, settings):
        return replace(
            settings, mode="production", verifier="none", clock="system", public_url="https://banshi.example"
        )

    async def test_a_session_sends_trusted_documents_alone(self, client, bearers):
        free = await post(client, {"query": QUERY}, **bearers["session"])
        known = await post(client, {"documentId": UNREAD}, **bearers["session"])
        by_hash = await post(client, persisted(UNREAD[7:]), **bearers["session"])
        other_hash = await post(client, persisted(), **bearers["session"])

        assert (free.status_code, codes(free)) == (400, ["DOCUMENT_REQUIRED"])
        assert "documentId" in free.json()["errors"][0]["message"]
        assert known.json() == by_hash.json() == {"data": {"unreadNotices": 0}}
        assert codes(other_hash) == ["DOCUMENT_REQUIRED"]

    @pytest.mark.parametrize("who", ["app", "visitor"])
    async def test_others_send_what_they_like_under_the_limits(self, client, bearers, who):
        free = await post(client, {"query": QUERY}, **bearers[who])
        known = await post(client, {"documentId": UNREAD}, **bearers[who])
        large = await post(client, {"query": "{ " + "a: requestId b: requestId " * 9 + "}"}, **bearers[who])

        assert "requestId" in free.json()["data"]
        assert codes(known) == ["SCOPE_MISSING" if who == "app" else "NOT_SIGNED_IN"]
        assert codes(large) == ["OPERATION_TOO_LARGE"]

    async def test_a_session_that_has_ended_is_401_whatever_it_sends(self, client):
        ended = {"authorization": f"Bearer s{'0f' * 32}"}

        for body in ({"query": QUERY}, {"query": "{"}, {"documentId": UNREAD}, {"documentId": "none"}):
            answer = await post(client, body, **ended)
            assert (answer.status_code, codes(answer)) == (401, ["NOT_SIGNED_IN"])

    async def test_no_text_is_kept_by_its_hash(self, bare):
        alone = await post(bare, persisted())
        both = await post(bare, persisted(query=QUERY))
        after = await post(bare, persisted())

        assert codes(alone) == codes(after) == ["PERSISTED_QUERY_NOT_SUPPORTED"]
        assert "requestId" in both.json()["data"]


class TestAutomaticPersistedQueries:
    async def test_a_text_is_sent_once_and_then_known_by_its_hash(self, bare):
        unknown = await post(bare, persisted())
        kept = await post(bare, persisted(query=QUERY))
        known = await post(bare, persisted())
        in_the_address = await get(bare, extensions=json.dumps(persisted()["extensions"]))

        assert codes(unknown) == ["PERSISTED_QUERY_NOT_FOUND"]
        assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
        for answer in (kept, known, in_the_address):
            assert "requestId" in answer.json()["data"]

    async def test_nobody_leaves_a_text_under_the_hash_of_another(self, bare):
        poisoned = await post(bare, persisted(query="{ __typename }"))
        after = await post(bare, persisted())

        assert codes(poisoned) == ["PERSISTED_QUERY_MISMATCH"]
        assert codes(after) == ["PERSISTED_QUERY_NOT_FOUND"]

    @pytest.mark.parametrize(
        "wrong", [1, [], "text", {}, {"version": 1}, {"sha256Hash": 1}, {"sha256Hash": HASH, "version": "1"}]
    )
    async def test_the_extension_has_one_shape(self, bare, wrong):
        answer = await post(bare, {"extensions": {"persistedQuery": wrong}})

        assert (answer.status_code, codes(answer)) == (400, ["BAD_REQUEST"])

    def test_the_texts_used_longest_ago_make_room(self):
        texts = Texts(most_characters=10)
        hashes = [hashlib.sha256(text.encode()).hexdigest() for text in ("aaaa", "bbbb", "cccc")]
        for sha256, text in zip(hashes[:2], ("aaaa", "bbbb"), strict=True):
            texts.keep(sha256, text)
        texts.find(hashes[0])

        texts.keep(hashes[2], "cccc")
        texts.keep(hashes[2], "cccc")

        assert (texts.find(hashes[0]), texts.find(hashes[2]), texts.held) == ("aaaa", "cccc", 8)
        with pytest.raises(DomainError, match="PersistedQueryNotFound"):
            texts.find(hashes[1])
