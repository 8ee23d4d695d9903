"""The wallet by its plan: the same bytes as by resolvers, and nobody else's."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from miniapps.materials.rules import Source
from storage import objects
from storage.db import execute
from storage.ids import new_id
from storage.settings import ObjectsSettings
from tests.api.conftest import as_citizen
from tests.api.plan.conftest import Both
from tests.miniapps.materials.factories import NOON, a_department, given, issued, request, used
from tests.storage.inspection import files

VERSION = "{ id number trust createdAt verifiedAt mediaType size }"
MATERIALS = f"""query ($first: Int! = 2, $after: String) {{ materials(first: $first, after: $after) {{
  edges {{ node {{ __typename id kind title createdAt version {VERSION} }} cursor }}
  pageInfo {{ hasNextPage endCursor }} }} }}"""
CERTIFICATES = """query ($first: Int! = 20) { certificates(first: $first) { edges { node {
  id kind title number identifier issuer issuedOn validUntil state signature } cursor } } }"""
USES = f"""{{ materialUses {{ edges {{ node {{
  id source kind title caseId appId purpose basis until usedAt holdingId department version {VERSION}
}} }} pageInfo {{ endCursor hasNextPage }} }} }}"""
UPLOAD = "query ($id: UUID!) { upload(id: $id) { id kind title state reason advice versionId expiresAt } }"
FACTS = "{ certificates { edges { node { id facts { name value } } } } }"


@pytest.fixture(autouse=True)
async def store(db: Any, seaweed: ObjectsSettings) -> AsyncIterator[None]:
    objects.configure(seaweed)
    await objects.ensure_bucket()
    yield
    objects.close()


async def test_materials_with_their_newest_version(both: Both) -> None:
    owner, stranger = as_citizen(), as_citizen()
    first = await given(owner, title='合同"一"\\')
    for title in ("合同二", "合同三", first_title := '合同"一"\\'):
        await given(owner, files.pdf(3 if title == first_title else 2), title=title)
    hidden = await given(owner, files.pdf(4), title="不要了")
    await execute("UPDATE material SET hidden = true WHERE id = $1", hidden.material)
    await execute("UPDATE material_version SET verified_at = $2 WHERE id <> $1", first.id, NOON)

    plan, ordinary = await both(MATERIALS, owner)
    whole, same = await both(MATERIALS, owner, first=100)
    nothing, none = await both(MATERIALS, stranger)

    assert plan == ordinary
    assert whole == same
    assert whole.count(b'"mediaType":"application/pdf"') == 3
    assert whole.count(b'"number":2') == 1
    assert "不要了".encode() not in whole
    assert nothing == none
    assert b'"edges":[]' in nothing


async def test_pages_of_materials_go_on_where_the_last_one_ended(both: Both) -> None:
    owner = as_citizen()
    for title in ("合同一", "合同二", "合同三"):
        await given(owner, title=title)
    cut, _ = await both(MATERIALS, owner)
    assert cut is not None
    after = cut.split(b'"endCursor":"')[1].split(b'"')[0].decode()

    plan, ordinary = await both(MATERIALS, owner, after=after)

    assert plan == ordinary
    assert "合同一".encode() in plan
    assert b'"hasNextPage":false' in plan


async def test_a_cursor_of_another_list_and_a_page_too_large_are_left_to_the_way_that_makes_errors(
    both: Both,
) -> None:
    owner = as_citizen()
    await issued(owner.acting_for, await a_department())
    page, _ = await both(CERTIFICATES, owner)
    assert page is not None
    foreign = page.split(b'"cursor":"')[1].split(b'"')[0].decode()

    for variables in ({"after": foreign}, {"first": 101}, {"first": 0}):
        plan, ordinary = await both(MATERIALS, owner, **variables)
        assert plan is None
        assert b'"INVALID_INPUT"' in ordinary or b'"QUERY_TOO_LARGE"' in ordinary


async def test_certificates_stand_as_on_the_day(both: Both) -> None:
    owner, office = as_citizen(), await a_department()
    today = NOON.date()
    for days in (-1, 0, 1):
        await issued(owner.acting_for, office, valid_until=today + timedelta(days=days))
    revoked = await issued(owner.acting_for, office, valid_until=today - timedelta(days=9))
    await issued(owner.acting_for, office)
    await execute("UPDATE certificate SET state = 'revoked' WHERE id = $1", revoked.id)

    plan, ordinary = await both(CERTIFICATES, owner)
    nothing, none = await both(CERTIFICATES, as_citizen())

    assert plan == ordinary
    assert [plan.count(b'"state":"%s"' % state) for state in (b"EXPIRED", b"NORMAL", b"REVOKED")] == [1, 3, 1]
    assert nothing == none == b'{"data":{"certificates":{"edges":[]}}}'


async def test_what_a_certificate_says_is_not_read_by_sql(both: Both) -> None:
    with pytest.raises(AssertionError, match=r"Certificate\.facts is answered by Python"):
        await both(FACTS, as_citizen())


async def test_receipts_with_office_and_version(both: Both) -> None:
    owner, office = as_citizen(), await a_department("杭州市住房公积金管理中心")
    version = await given(owner)
    certificate = await issued(owner.acting_for, office)
    await used(owner, version, department_id=office.id, basis="住房公积金管理条例第二十四条")
    await used(owner, version)
    await used(owner, version, holding_id=certificate.id, source=Source.CERTIFICATE)
    await used(owner, version, holding_id=owner.person_id, source=Source.IDENTITY)

    plan, ordinary = await both(USES, owner)
    nothing, none = await both(USES, as_citizen())

    assert plan == ordinary
    assert plan.count(b'"version":{') == plan.count(b'"mediaType":"application/pdf"') == 2
    assert plan.count("杭州市住房公积金管理中心".encode()) == 1
    assert nothing == none


async def test_an_upload_says_what_is_wrong_in_words(both: Both) -> None:
    owner = as_citizen()
    taken, refused = [(await request(owner, files.pdf(n), title=f"合同{n}")).upload for n in (1, 2)]
    await execute(
        "UPDATE material_upload SET state = 'refused', reason = 'encrypted' WHERE id = $1", refused.id
    )

    for upload in (taken, refused):
        plan, ordinary = await both(UPLOAD, owner, id=str(upload.id))
        assert plan == ordinary
        assert ("请去除密码后上传".encode() in plan) is (upload is refused)


async def test_a_foreign_upload_and_none_are_answered_alike_and_not_by_the_plan(both: Both) -> None:
    upload = (await request(as_citizen(), files.pdf())).upload

    foreign, refusal = await both(UPLOAD, as_citizen(), id=str(upload.id))
    absent, same = await both(UPLOAD, as_citizen(), id=str(new_id()))

    assert foreign is absent is None
    assert b'"NOT_FOUND"' in refusal
    assert b'"NOT_FOUND"' in same
