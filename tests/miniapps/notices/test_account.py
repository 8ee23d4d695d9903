"""What a person is told of his account: a new device, a passkey, a linked 网络身份."""

from identity import sessions
from identity.events import DeviceFirstSeen, NetworkIdentityLinked, PasskeyAdded, PasskeyRemoved
from identity.methods.credentials import Passkey
from miniapps.notices import queries, tasks
from tests.identity.factories import NOON, make_session


async def told(actor) -> list[tuple[str, str]]:
    page = await queries.page(actor, first=10)
    return [(notice.kind, notice.body) for notice in page.rows]


async def test_a_new_device_is_told_with_its_name_and_what_to_do(db):
    _, actor = await make_session()
    event = DeviceFirstSeen(party_id=actor.person_id, session_id=actor.session_id, at=NOON)

    for _ in range(2):
        await tasks.tell_of_device(event, now=NOON)

    [(kind, body)] = await told(actor)
    assert kind == "device.first_seen"
    assert body.startswith("2026年11月20日 12:00，您的账号在“电话”上登录")
    assert "结束这次登录" in body


async def test_a_sign_in_that_has_ended_is_told_no_more(db):
    _, actor = await make_session()
    await sessions.revoke(actor, actor.session_id, now=NOON)

    event = DeviceFirstSeen(party_id=actor.person_id, session_id=actor.session_id, at=NOON)
    await tasks.tell_of_device(event, now=NOON)

    assert await told(actor) == []


async def test_passkeys_that_come_and_go_are_told(db):
    _, actor = await make_session()
    row = Passkey(
        party_id=actor.person_id, credential_id=b"c", public_key=b"k", sign_count=0, level=3, name="手机",
        is_synced=False, created_at=NOON,
    )  # fmt: skip
    await row.save()

    rest = {"party_id": actor.person_id, "passkey_id": row.id, "at": NOON}
    await tasks.tell_of_passkey(PasskeyAdded(**rest), now=NOON)
    await tasks.tell_of_lost_passkey(PasskeyRemoved(**rest), now=NOON)

    removed, added = await told(actor)
    assert (added[0], removed[0]) == ("passkey.added", "passkey.removed")
    assert "“手机”" in added[1]


async def test_a_linked_network_identity_is_told(db):
    _, actor = await make_session()

    await tasks.tell_of_network_identity(NetworkIdentityLinked(party_id=actor.person_id, at=NOON), now=NOON)

    assert [kind for kind, _ in await told(actor)] == ["network_identity.linked"]
