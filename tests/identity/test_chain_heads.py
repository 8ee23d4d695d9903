"""Heads: what is signed and kept elsewhere cannot be taken out, exchanged, forged or put back in time."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from joserfc.jwk import ECKey

from identity import signing
from identity.chain import heads, links
from identity.chain.check import check
from identity.chain.faults import Kind
from identity.chain.heads import Head
from identity.chain.places import Folder
from identity.settings import AuditSettings
from identity.signing import Purpose
from storage.clock import system_now
from tests.identity.factories import NOON
from tests.identity.tampering import PER_HEAD, ROWS, TRIES, grow, mended, rewrite


async def test_heads_that_are_missing_swapped_or_forged_are_named(world):
    for _ in range(TRIES):
        one, other = world.dice.sample(range(1, ROWS // PER_HEAD + 1), 2)
        swap = world.dice.choice(["swap", "forge", "remove", "remove both", "swap files", "remove file"])
        files = {number: world.place.path / f"{number:012d}.jws" for number in (one, other)}
        texts = {number: file.read_text() for number, file in files.items()}
        tokens = "UPDATE audit_head SET token = $2 WHERE number = $1"
        if swap == "swap":
            await world.do(tokens, one, texts[other])
            await world.do(tokens, other, texts[one])
        elif swap == "forge":
            await world.do(tokens, one, texts[one][:-4] + "AAAA")
        elif swap.startswith("remove") and swap != "remove file":
            await world.do("DELETE FROM audit_head WHERE number = $1", one)
        if swap in ("remove both", "remove file"):
            files[one].unlink()
        if swap == "swap files":
            files[one].write_text(texts[other])

        found = [fault.head for fault in (await check([world.place])).faults if fault.kind == Kind.HEAD]

        hidden = swap == "remove both" and one == ROWS // PER_HEAD  # nobody is left who knows of it
        assert hidden or one in found, swap
        for number, text in texts.items():
            files[number].write_text(text)
        await mended(world)


async def signed(number: int, seq: int, value: bytes, previous: str, ago: timedelta) -> str:
    head = Head(number=number, seq=seq, value=value.hex(), at=system_now() - ago, previous=previous)
    return await signing.sign(Purpose.AUDIT_HEAD, msgspec.to_builtins(head), now=NOON)


async def test_a_clock_turned_back_shows_in_heads_and_in_links(world):
    rows = await world.mighty.fetch("SELECT number, token FROM audit_head ORDER BY number")
    end = await links.last()
    back = await signed(7, ROWS, end.value, heads.digest(rows[-1]["token"]), timedelta(hours=2))
    await world.do("INSERT INTO audit_head (number, token, made_at) VALUES (7, $1, now())", back)

    assert [fault.head for fault in (await check([world.place])).faults if fault.kind == Kind.CLOCK] == [7]
    await mended(world)

    for _ in range(TRIES):
        seq = world.somewhere(2, ROWS)
        await world.do("UPDATE audit_link SET sealed_at = sealed_at - interval '1 hour' WHERE seq = $1", seq)
        await rewrite(world, seq + 1)
        clocks = [fault for fault in (await check([world.place])).faults if fault.kind == Kind.CLOCK]
        assert [fault.seq for fault in clocks] == [seq]
        await mended(world)


async def test_a_key_that_was_put_into_the_database_signs_nothing_that_is_believed(world):
    """Who may write there, but has no master key, brings a key pair of his own."""
    [before] = await world.mighty.fetch("SELECT public FROM signing_key WHERE purpose = 'audit_head'")
    strange = ECKey.generate_key("P-256")
    public = msgspec.json.encode(strange.as_dict(private=False)).decode()
    await world.do("UPDATE signing_key SET public = $1::jsonb WHERE purpose = 'audit_head'", public)

    assert (await check([world.place])).clean  # the public half is not what is asked
    assert before["public"] != public


async def test_a_check_from_a_link_on_finds_what_comes_after_and_only_that(world):
    await world.do("UPDATE audit_row SET act = 'x' WHERE id = ANY($1::uuid[])", [world.ids[4], world.ids[30]])

    report = await check([world.place], start=20)

    assert [(fault.kind, fault.seq) for fault in report.faults] == [(Kind.EDIT, 31)]
    assert report.rows == ROWS - 19


async def test_a_place_that_was_away_gets_the_heads_it_missed(world, monkeypatch):
    gone = Folder(Path("/proc/nowhere"))
    monkeypatch.setattr(heads, "_places", (gone,))
    await grow(2)
    with pytest.raises(OSError):
        await heads.sign_head(now=NOON)
    assert (await heads.standing()).stored_s >= 0

    monkeypatch.setattr(heads, "_places", (world.place,))
    await heads.sign_head(now=NOON)

    assert await world.place.numbers() == set(range(1, 9))
    assert (await check([world.place])).clean


async def test_where_heads_go_is_settled_by_the_settings(tmp_path):
    heads.configure(AuditSettings(folder=tmp_path))
    assert [place.name for place in heads.places()] == ["objects", "folder"]
    heads.configure(AuditSettings())
    assert [place.name for place in heads.places()] == ["objects"]
