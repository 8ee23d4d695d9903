"""What asking for an upload costs, and what it leaves."""

from miniapps.materials.tables import Upload
from storage.db import fetch
from tests.conftest import Queries
from tests.miniapps.materials.factories import a_citizen, request
from tests.storage.inspection import files


async def test_asking_looks_once_and_writes_everything_at_once(wallet: Queries) -> None:
    citizen, data = a_citizen(), files.pdf()
    await request(citizen, data)
    wallet.clear()

    form = await request(citizen, data)

    begin, _, look, store, commit = wallet
    assert (begin, commit) == ("BEGIN;", "COMMIT;")
    assert "count(*)" in look and "INSERT INTO material_upload" in store
    stored = await Upload.objects().get(Upload.id == form.upload.id)
    assert stored is not None and stored.to_dict() == form.upload.to_dict()
    rows = await fetch("SELECT party_id, object FROM audit_row WHERE act = 'material.upload' ORDER BY id")
    assert rows[-1] == {"party_id": citizen.acting_for, "object": f"upload/{form.upload.id}"}
    [reminder] = await fetch("SELECT party_id, payload FROM outbox ORDER BY seq DESC LIMIT 1")
    assert reminder["party_id"] == citizen.acting_for
    assert str(form.upload.id) in reminder["payload"]
