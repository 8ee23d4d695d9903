"""The typed client is what the schema says, and works against the platform's own answers."""

import datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints
from uuid import UUID

import httpx
import msgspec
import pytest
from graphql import GraphQLNonNull, build_schema, parse, validate
from graphql.type import GraphQLList, is_enum_type, is_input_object_type, is_object_type

from banshi import platform
from banshi.platform import Answer, CaseDraft, OnBehalf
from banshi.platform._client import DOCUMENTS
from banshi.platform._types import Told

SCHEMA = build_schema((Path(__file__).parents[2] / "api" / "graphql" / "schema.graphql").read_text())
SCALARS = {
    "String": str, "UUID": UUID, "Int": int, "Boolean": bool, "DateTime": datetime.datetime,
    "Date": datetime.date,
}  # fmt: skip
OF_SCHEMA = {platform.CaseStanding: "Case"}
TOLD = [each for each in vars(platform).values() if isinstance(each, type) and issubclass(each, Told)]
TAKEN = [platform.Answer, platform.MaterialChoice, platform.CaseDraft]


def fits(hint: Any, kind: Any, *, given: bool) -> bool:
    """Say whether a Python type holds what a GraphQL type may be; `given`: it goes to the platform."""
    if isinstance(kind, GraphQLNonNull):
        inner = [each for each in get_args(hint) if each is not type(None)]
        is_plain = not given and type(None) in get_args(hint)
        return not is_plain and fits(
            inner[0] if type(None) in get_args(hint) else hint, kind.of_type, given=given
        )
    inner = [each for each in get_args(hint) if each is not type(None)]
    if type(None) in get_args(hint):
        return fits(inner[0], kind, given=given) or fits(inner[0], GraphQLNonNull(kind), given=given)
    if isinstance(kind, GraphQLList):
        return bool(inner) and fits(inner[0], kind.of_type, given=given)
    if is_enum_type(kind):
        return hint is str
    if is_object_type(kind) or is_input_object_type(kind):
        return OF_SCHEMA.get(hint, getattr(hint, "__name__", "")) == kind.name
    return hint is SCALARS.get(kind.name)


@pytest.mark.parametrize("kind", [*TOLD, *TAKEN], ids=lambda kind: kind.__name__)
def test_every_type_is_as_the_schema_has_it(kind):
    there = SCHEMA.type_map[OF_SCHEMA.get(kind, kind.__name__)]
    hints, given = get_type_hints(kind), kind in TAKEN

    for field in msgspec.structs.fields(kind):
        of_schema = there.fields[field.encode_name].type
        is_null = not isinstance(of_schema, GraphQLNonNull)
        assert fits(hints[field.name], of_schema, given=given), (kind.__name__, field.name, str(of_schema))
        if not given:
            assert is_null == (type(None) in get_args(hints[field.name])), (kind.__name__, field.name)
    if given:
        assert {each.encode_name for each in msgspec.structs.fields(kind)} == set(there.fields)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda text: text[:40])
def test_every_document_is_valid(document):
    assert validate(SCHEMA, parse(document)) == []


async def test_commands_carry_one_key_for_all_their_tries(monkeypatch):
    monkeypatch.setattr("banshi.client.PAUSE_S", 0.0)
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent = msgspec.json.decode(request.content)["variables"]
        keys.append(sent["key"])
        if len(keys) == 1:
            return httpx.Response(502, text="")
        assert sent["draft"] == {"code": "c", "answers": [{"id": "a", "yes": True}]}
        case = {
            "id": str(UUID(int=1)), "number": None, "state": "DRAFT", "code": "c", "title": "t",
            "region": "330106",
            "openedAt": "2026-11-20T04:00:00Z", "outcome": None, "receivedAt": None, "acceptedAt": None,
            "decidedAt": None, "completedAt": None, "materials": [],
        }  # fmt: skip
        return httpx.Response(200, json={"data": {"startCase": case}})

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    async with OnBehalf("http://platform.test", "token", http=http) as citizen:
        case = await citizen.cases.start(CaseDraft("c", answers=[Answer("a", yes=True)]))

    assert (case.state, case.opened_at.year) == ("DRAFT", 2026)
    assert len(set(keys)) == 1
    assert len(keys) == 2
