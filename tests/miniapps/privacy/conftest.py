"""A person with something everywhere, each thing bearing a word that must not be found again."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from banshi.scopes import Scope
from identity import accounts, consents, opening, people, sandbox
from identity.actor import Actor
from miniapps.cases.rules import Content
from miniapps.cases.tables import Case
from miniapps.materials.tables import MaterialVersion
from miniapps.notices import service as notices
from miniapps.stores import service as stores
from storage import limits, objects
from tests.identity.factories import WANG
from tests.miniapps.cases.factories import ANSWERS, NOON, XIHU, a_draft, a_town
from tests.miniapps.materials.factories import given
from tests.miniapps.shelf.factories import an_app
from tests.storage.inspection import files

WORDS = {name: f"金丝雀{name}" for name in ("device", "title", "form", "notice", "kept")}


@dataclass
class Person:
    """Who he is, and what he left."""

    actor: Actor
    version: MaterialVersion
    file: bytes
    draft: Case


@pytest.fixture
async def person(db, seaweed, monkeypatch) -> AsyncIterator[Person]:
    objects.configure(seaweed)
    await objects.ensure_bucket()
    await a_town()
    proof = sandbox.proof_of(WANG, now=NOON)
    known = await people.ensure(proof, now=NOON)
    token, *_ = await opening.open(proof, known, acting_as="citizen", device=WORDS["device"], now=NOON)
    actor = await accounts.actor_of(token, now=NOON)
    assert actor is not None
    actor = replace(actor, region=XIHU)
    file = files.pdf()
    version = await given(actor, file, title=WORDS["title"])
    await notices.tell(
        actor.person_id, kind="case.tested", title="题", body=WORDS["notice"], key="k", now=NOON
    )
    await an_app()
    agreed = frozenset({Scope.PROFILE_READ, Scope.STORAGE_KEEP})
    await consents.grant(actor, "rent-app", agreed, now=NOON)
    monkeypatch.setattr(limits, "_silent_until", float("inf"))  # counted here alone
    app = replace(actor, app_id="rent-app", scopes=agreed)
    await stores.put(app, "draft", json.dumps([WORDS["kept"]]), command="k", now=NOON)
    draft = await a_draft(actor, Content(answers=ANSWERS, form={"address": WORDS["form"]}))
    yield Person(actor, version, file, draft)
    objects.close()
