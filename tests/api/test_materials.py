"""The wallet through GraphQL: what a phone, a clerk and a stranger see."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from identity.actor import WORKER, Actor
from miniapps.materials import queries, service
from miniapps.materials.rules import Source
from storage import objects
from storage.db import fetch
from storage.ids import new_id
from storage.settings import ObjectsSettings
from tests.api.conftest import NOON, AskAs, as_citizen, as_clerk
from tests.conftest import Queries
from tests.miniapps.materials.factories import a_department, checked, given, issued, used
from tests.storage.inspection import files

REQUEST = """mutation ($title: String!, $size: Int!, $sha256: String!, $key: String!) {
  requestUpload(kind: "lease_contract", title: $title, mediaType: "application/pdf", size: $size,
                sha256: $sha256, idempotencyKey: $key) {
    upload { id state expiresAt } url fields { name value }
  }
}"""
COMPLETE = "mutation ($id: UUID!) { completeUpload(uploadId: $id) { id state } }"
UPLOAD = "query ($id: UUID!) { upload(id: $id) { state reason advice versionId } }"
MATERIALS = """query ($first: Int!, $after: String) {
  materials(first: $first, after: $after) {
    edges { node { id kind title version { id number trust mediaType size } } }
    pageInfo { hasNextPage endCursor }
  }
}"""
CERTIFICATES = """query { certificates { edges { node {
  kind title identifier issuer issuedOn validUntil state signature facts { name value }
} } } }"""
USES = """query { materialUses { edges { node {
  kind title source purpose basis until usedAt appId department version { trust }
} } } }"""
REMOVE = "mutation ($id: UUID!) { removeMaterial(id: $id) { title } }"
VERIFY = """mutation ($id: UUID!, $evidence: String!) {
  verifyOriginal(materialVersionId: $id, evidence: $evidence) { trust verifiedAt }
}"""
LINK = "query ($id: UUID!) { downloadLink(materialVersionId: $id) { url expiresAt } }"
DESK_LINK = "query ($id: UUID!) { deskDownloadLink(materialVersionId: $id) { url } }"

DESK_CERTIFICATE = "query ($id: UUID!) { deskCertificate(id: $id) { title facts { name value } } }"


@pytest.fixture(autouse=True)
async def wallet(db: Queries, seaweed: ObjectsSettings) -> AsyncIterator[Queries]:
    objects.configure(seaweed)
    await objects.ensure_bucket()
    yield db
    objects.close()


def code(answer: dict[str, Any]) -> str:
    [error] = answer["errors"]
    return str(error["extensions"]["code"])


def nodes(answer: dict[str, Any], field: str) -> list[dict[str, Any]]:
    return [edge["node"] for edge in answer["data"][field]["edges"]]


async def send(ask: AskAs, citizen: Actor, data: bytes) -> str:
    """Send a file as a phone does; return the upload's id."""
    sha256 = hashlib.sha256(data).hexdigest()
    asked = await ask(
        REQUEST, actor=citizen, title="租房合同", size=len(data), sha256=sha256, key=new_id().hex
    )
    form = asked["data"]["requestUpload"]
    fields = {field["name"]: field["value"] for field in form["fields"]}
    async with httpx.AsyncClient() as client:
        sent = await client.post(form["url"], data=fields, files={"file": ("f.pdf", data)})
    assert sent.status_code == 204
    completed = await ask(COMPLETE, actor=citizen, id=form["upload"]["id"])
    assert completed["data"]["completeUpload"]["state"] == "CHECKING"
    return str(form["upload"]["id"])


async def settle(upload_id: str) -> None:
    await checked(await queries.upload(WORKER, UUID(upload_id)))


async def test_a_phone_gives_a_material_and_finds_it_in_the_wallet(ask: AskAs) -> None:
    citizen = as_citizen()

    upload_id = await send(ask, citizen, files.pdf())
    await settle(upload_id)

    upload = (await ask(UPLOAD, actor=citizen, id=upload_id))["data"]["upload"]
    [material] = nodes(await ask(MATERIALS, actor=citizen, first=10), "materials")
    assert (upload["state"], upload["reason"], upload["advice"]) == ("AVAILABLE", None, None)
    assert material["version"] == {
        "id": upload["versionId"], "number": 1, "trust": "C", "mediaType": "application/pdf",
        "size": len(files.pdf()),
    }  # fmt: skip


async def test_a_refused_file_comes_back_with_advice(ask: AskAs) -> None:
    citizen = as_citizen()

    upload_id = await send(ask, citizen, files.pdf_that_runs_a_script())
    await settle(upload_id)

    upload = (await ask(UPLOAD, actor=citizen, id=upload_id))["data"]["upload"]
    assert (upload["state"], upload["reason"]) == ("REFUSED", "active_content")
    assert "另存为普通 PDF" in upload["advice"]


async def test_a_list_costs_two_queries_however_long(ask: AskAs, wallet: Queries) -> None:
    citizen = as_citizen()
    for number in range(4):
        await given(citizen, files.pdf(number + 1), title=f"合同{number}")

    await ask(MATERIALS, actor=citizen, first=1)  # a new connection first asks what an array of UUIDs is
    wallet.clear()
    first = await ask(MATERIALS, actor=citizen, first=3)
    cost = len(wallet)
    rest = await ask(
        MATERIALS, actor=citizen, first=3, after=first["data"]["materials"]["pageInfo"]["endCursor"]
    )

    titles = [node["title"] for answer in (first, rest) for node in nodes(answer, "materials")]
    assert titles == ["合同3", "合同2", "合同1", "合同0"]
    assert cost <= 2
    assert first["data"]["materials"]["pageInfo"]["hasNextPage"]


async def test_a_wallet_is_its_owners_and_the_list_needs_its_scope(ask: AskAs) -> None:
    owner = as_citizen()
    version = await given(owner)

    assert nodes(await ask(MATERIALS, actor=as_citizen(), first=10), "materials") == []
    assert code(await ask(MATERIALS, actor=as_clerk(), first=10)) == "SCOPE_MISSING"
    assert code(await ask(MATERIALS, first=10)) == "NOT_SIGNED_IN"
    assert code(await ask(REMOVE, actor=as_citizen(), id=str(version.material))) == "NOT_FOUND"


async def test_certificates_show_their_words_and_todays_state(ask: AskAs, wallet: Queries) -> None:
    citizen, department = as_citizen(), await a_department()
    await issued(citizen.acting_for, department, valid_until=NOON.date().replace(day=1))
    last = await issued(citizen.acting_for, department, kind="household_register", title="户口登记")
    await issued(as_citizen().acting_for, department)

    await ask(CERTIFICATES, actor=citizen)  # a new connection first asks what an array of UUIDs is
    wallet.clear()
    answer = await ask(CERTIFICATES, actor=citizen)

    newest, expired = nodes(answer, "certificates")
    assert (newest["title"], newest["state"], newest["identifier"]) == ("户口登记", "NORMAL", last.identifier)
    assert (expired["state"], expired["facts"]) == ("EXPIRED", [{"name": "新生儿姓名", "value": "小宝"}])
    assert len(wallet) == 1  # the key of the words is remembered for a while


async def test_a_mini_app_learns_that_a_certificate_is_held_and_not_what_it_says(ask: AskAs) -> None:
    citizen = as_citizen(app_id="lease-helper")
    await issued(citizen.acting_for, await a_department())

    [seen] = nodes(await ask(CERTIFICATES, actor=citizen), "certificates")

    assert (seen["kind"], seen["facts"], seen["signature"]) == ("birth_certificate", None, None)


async def test_receipts_say_who_used_what_and_why_at_a_fixed_cost(ask: AskAs, wallet: Queries) -> None:
    citizen, department = as_citizen(), await a_department("杭州市住房公积金管理中心")
    version = await given(citizen)
    for _ in range(3):
        await used(citizen, version, department_id=department.id, basis="住房公积金管理条例第二十四条")

    await ask(USES, actor=citizen)  # a new connection first asks what an array of UUIDs is
    wallet.clear()
    answer = await ask(USES, actor=citizen)

    receipts = nodes(answer, "materialUses")
    assert len(receipts) == 3
    assert receipts[0]["department"] == "杭州市住房公积金管理中心"
    assert receipts[0]["purpose"] == "办理住房公积金租房提取"
    assert receipts[0]["version"] == {"trust": "C"}
    assert len(wallet) <= 3


async def test_a_clerk_verifies_and_opens_what_his_case_uses(ask: AskAs) -> None:
    citizen, clerk = as_citizen(), as_clerk(session_id=new_id())
    version = await given(citizen)
    await used(citizen, version, department_id=clerk.acting_for)

    verified = await ask(VERIFY, actor=clerk, id=str(version.id), evidence="原件与上传件一致")
    link = await ask(DESK_LINK, actor=clerk, id=str(version.id))
    foreign = await ask(DESK_LINK, actor=as_clerk(session_id=new_id()), id=str(version.id))

    assert verified["data"]["verifyOriginal"]["trust"] == "B"
    assert link["data"]["deskDownloadLink"]["url"].startswith("http://files.localhost:8000/files/")
    assert code(foreign) == "NOT_FOUND"
    assert code(await ask(VERIFY, actor=citizen, id=str(version.id), evidence="我说的")) == "SCOPE_MISSING"


async def test_a_clerk_reads_the_certificate_his_case_uses_and_it_is_on_record(ask: AskAs) -> None:
    citizen, clerk = as_citizen(), as_clerk()
    certificate = await issued(citizen.acting_for, await a_department())
    version = await given(citizen)
    await used(
        citizen, version, holding_id=certificate.id, source=Source.CERTIFICATE, department_id=clerk.acting_for
    )

    seen = await ask(DESK_CERTIFICATE, actor=clerk, id=str(certificate.id))
    foreign = await ask(DESK_CERTIFICATE, actor=as_clerk(), id=str(certificate.id))
    absent = await ask(DESK_CERTIFICATE, actor=clerk, id=str(new_id()))

    assert seen["data"]["deskCertificate"]["facts"] == [{"name": "新生儿姓名", "value": "小宝"}]
    assert code(foreign) == code(absent) == "NOT_FOUND"
    [look] = await fetch("SELECT party_id, person_id FROM audit_row WHERE act = 'certificate.read'")
    assert (look["party_id"], look["person_id"]) == (citizen.acting_for, clerk.person_id)


async def test_a_download_link_lasts_a_minute(ask: AskAs) -> None:
    citizen = as_citizen(session_id=new_id())
    version = await given(citizen)

    link = (await ask(LINK, actor=citizen, id=str(version.id)))["data"]["downloadLink"]

    assert link["expiresAt"] == "2026-11-20T04:01:00+00:00"
    assert code(await ask(LINK, actor=as_citizen(), id=str(version.id))) == "MATERIAL_SESSION_NEEDED"


async def test_what_is_removed_is_gone_from_the_list(ask: AskAs) -> None:
    citizen = as_citizen()
    version = await given(citizen)

    removed = await ask(REMOVE, actor=citizen, id=str(version.material))

    assert removed["data"]["removeMaterial"]["title"] == "租房合同"
    assert nodes(await ask(MATERIALS, actor=citizen, first=10), "materials") == []
    assert (await service.facts_of([])) == []
