"""Whoever has all rights over the database still cannot change what was sealed without being found out.

Each way is tried at many random places; what is told first must be the row that was touched.
"""

import pytest

from identity.chain import links
from identity.chain.check import check
from identity.chain.faults import Kind
from storage.ids import new_id
from tests.identity.tampering import PER_HEAD, ROWS, TRIES, mended, rewrite

pytestmark = pytest.mark.slow

EDITS = (
    "act = act || 'x'", "object = 'case/1'", "person_id = gen_random_uuid()", "basis = '依法'",
    "party_id = gen_random_uuid()", "at = at - interval '1 microsecond'", "roles = '{clerk}'",
    "roles = '{\"service,clerk\"}'", "app_id = 'an-app'", "session_id = gen_random_uuid()",
    "acting_for = gen_random_uuid()", "delegation_id = gen_random_uuid()", "xid = '3'",
)  # fmt: skip


async def test_nothing_is_wrong_with_a_log_that_nobody_touched(world):
    report = await check([world.place], every_head=True)

    assert report.clean
    assert (report.rows, report.heads, report.signed_rows, report.unsealed) == (ROWS, 6, ROWS, 0)


@pytest.mark.parametrize("edit", EDITS)
async def test_an_edit_of_any_column_names_the_row(world, edit):
    for _ in range(TRIES // 5):
        seq = world.somewhere(1, ROWS)
        await world.do(f"UPDATE audit_row SET {edit} WHERE id = $1", world.ids[seq - 1])

        fault = await world.first()

        assert (fault.kind, fault.seq, fault.row) == (Kind.EDIT, seq, world.ids[seq - 1])
        await mended(world)


async def test_an_edit_with_a_new_digest_names_the_row_by_its_neighbours(world):
    for _ in range(TRIES):
        seq = world.somewhere(1, ROWS - 2)
        row_id = world.ids[seq - 1]
        await world.do("UPDATE audit_row SET object = 'case/1' WHERE id = $1", row_id)
        await world.do(
            "UPDATE audit_link SET digest ="
            f" (SELECT sha256({links.CANONICAL.format(a='a')}) FROM audit_row a WHERE a.id = row_id)"
            " WHERE seq = $1", seq,
        )  # fmt: skip

        fault = await world.first()

        assert (fault.kind, fault.seq, fault.row) == (Kind.EDIT, seq, row_id)
        await mended(world)


@pytest.mark.parametrize("also_link", [False, True])
async def test_a_deletion_names_the_place_of_the_row(world, also_link):
    for _ in range(TRIES):
        seq = world.somewhere(1, ROWS - 1)
        await world.do("DELETE FROM audit_row WHERE id = $1", world.ids[seq - 1])
        if also_link:
            await world.do("DELETE FROM audit_link WHERE seq = $1", seq)

        fault = await world.first()

        assert (fault.kind, fault.seq) == (Kind.DELETION, seq)
        await mended(world)


async def test_a_deletion_with_renumbering_names_the_place(world):
    for _ in range(TRIES):
        seq = world.somewhere(1, ROWS - 2)
        await world.do("DELETE FROM audit_row WHERE id = $1", world.ids[seq - 1])
        await world.do("DELETE FROM audit_link WHERE seq = $1", seq)
        await world.do("UPDATE audit_link SET seq = -seq WHERE seq > $1", seq)
        await world.do("UPDATE audit_link SET seq = -seq - 1 WHERE seq < 0")

        fault = await world.first()

        assert (fault.kind, fault.seq) == (Kind.ORDER, seq)
        await mended(world)


INSERT = (
    "INSERT INTO audit_row (id, party_id, at, person_id, acting_for, roles, act, object, xid)"
    " SELECT $1, party_id, at, person_id, acting_for, roles, act, object, {xid} FROM audit_row WHERE id = $2"
)


async def test_an_insertion_behind_the_sealers_back_names_the_row(world):
    for _ in range(TRIES):
        seq, slipped_in = world.somewhere(1, ROWS - PER_HEAD), str(new_id())
        await world.do(INSERT.format(xid="xid"), slipped_in, world.ids[seq - 1])

        fault = await world.first()

        assert (fault.kind, fault.row) == (Kind.INSERTION, slipped_in)
        assert fault.seq <= seq + 1
        await mended(world)


async def test_an_insertion_with_a_link_of_its_own_names_the_row(world):
    for _ in range(TRIES):
        seq, slipped_in = world.somewhere(2, ROWS - 2), str(new_id())
        await world.do(INSERT.format(xid="xid"), slipped_in, world.ids[seq - 1])
        await world.do("UPDATE audit_link SET seq = -seq WHERE seq >= $1", seq)
        await world.do("UPDATE audit_link SET seq = -seq + 1 WHERE seq < 0")
        await world.do(
            "INSERT INTO audit_link (seq, row_id, digest, previous, sealed_at)"
            " SELECT $1::bigint, $2, (SELECT sha256(" + links.CANONICAL.format(a="a") + ") FROM audit_row a"
            " WHERE a.id = $2), previous, sealed_at FROM audit_link WHERE seq = $1::bigint + 1",
            seq, slipped_in,
        )  # fmt: skip

        fault = await world.first()

        assert (fault.kind, fault.seq, fault.row) == (Kind.INSERTION, seq, slipped_in)
        await mended(world)


async def test_an_exchange_of_two_places_names_the_first(world):
    for _ in range(TRIES):
        first, second = sorted(world.dice.sample(range(1, ROWS - 1), 2))
        await world.do("UPDATE audit_link SET seq = -1 WHERE seq = $1", first)
        await world.do("UPDATE audit_link SET seq = $1 WHERE seq = $2", first, second)
        await world.do("UPDATE audit_link SET seq = $1 WHERE seq = -1", second)

        fault = await world.first()

        assert (fault.kind, fault.seq, fault.row) == (Kind.ORDER, first, world.ids[second - 1])
        await mended(world)


async def test_an_exchange_of_rows_under_their_links_names_the_first(world):
    for _ in range(TRIES):
        first, second = sorted(world.dice.sample(range(1, ROWS + 1), 2))
        one, other = world.ids[first - 1], world.ids[second - 1]
        none = str(new_id())
        for new, old in ((none, one), (one, other), (other, none)):
            await world.do("UPDATE audit_link SET row_id = $1 WHERE row_id = $2", new, old)

        fault = await world.first()

        assert (fault.kind, fault.seq, fault.row) == (Kind.EDIT, first, other)
        await mended(world)


async def test_a_cut_off_end_is_held_against_the_signed_heads(world):
    for _ in range(TRIES):
        left = world.somewhere(1, ROWS - 1)
        await world.do("DELETE FROM audit_row WHERE id = ANY($1::uuid[])", world.ids[left:])
        await world.do("DELETE FROM audit_link WHERE seq > $1", left)
        await world.do(
            "DELETE FROM audit_head WHERE number > $1", world.dice.choice([0, left // PER_HEAD, ROWS])
        )

        faults = (await check([world.place])).faults

        assert [fault.seq for fault in faults if fault.kind == Kind.TRUNCATION] == [left + 1]
        await mended(world)


async def test_a_chain_made_anew_differs_from_what_was_signed(world):
    for _ in range(TRIES):
        seq = world.somewhere(2, ROWS)
        await world.do("UPDATE audit_row SET object = 'case/1' WHERE id = $1", world.ids[seq - 1])
        await rewrite(world, seq)

        fault = await world.first()

        signed_before = (seq - 1) // PER_HEAD * PER_HEAD
        assert (fault.kind, fault.seq) == (Kind.REWRITE, signed_before + 1)
        await mended(world)
