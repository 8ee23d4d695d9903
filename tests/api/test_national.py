"""Two settings make the whole server use the national algorithms: what is sealed, and what is signed."""

import msgspec
import pytest

from api import wiring
from api.settings import Settings
from identity import accounts, people, signing
from identity.chain import heads, links
from identity.chain.check import check
from identity.chain.places import Folder
from storage import seal
from storage.db import fetch
from tests.api.conftest import NOON, some_settings
from tests.identity.factories import WANG, make_session


@pytest.fixture
def national(monkeypatch):
    given = some_settings().as_env() | {"BANSHI_SEAL": "sm4", "BANSHI_SIGNING": "sm2"}
    wiring.configure(Settings.read(given))
    yield
    wiring.configure(some_settings())


async def test_what_a_citizen_leaves_is_sealed_and_proven_by_national_algorithms(
    db, national, tmp_path, monkeypatch
):
    monkeypatch.setattr(heads, "_places", (Folder(tmp_path),))
    _, actor = await make_session(WANG)
    await links.seal(now=NOON)
    await heads.sign_head(now=NOON)

    [person] = await fetch("SELECT name_sealed, number_sealed, number_blind FROM person")
    [key] = await fetch("SELECT wrapped FROM party_key")
    [signer] = await fetch("SELECT public, wrapped FROM signing_key")
    sealed = (person["name_sealed"], person["number_sealed"], key["wrapped"], signer["wrapped"])
    assert {each[0] for each in sealed} == {seal.SM4_GCM}
    assert person["number_blind"] == people.number_blind(WANG.number)
    assert msgspec.json.decode(signer["public"])["crv"] == "SM2"
    assert (await accounts.profile(actor)).name == WANG.name
    assert (await check([Folder(tmp_path)])).clean
    assert signing.family_of(signing.Purpose.ID_TOKEN) == "es256"
