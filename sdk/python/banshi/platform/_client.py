"""The client: cases, materials, who the citizen is, and the parts that have modules of their own."""

import uuid
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Self
from uuid import UUID

import httpx
import msgspec

from banshi.client import Platform
from banshi.platform import _consent, _notices, _storage
from banshi.platform._consent import Consent
from banshi.platform._notices import Notices
from banshi.platform._part import Part, listing
from banshi.platform._storage import Storage
from banshi.platform._types import (
    Answer,
    Case,
    CaseDraft,
    CaseStanding,
    Certificate,
    Material,
    Preparation,
    Viewer,
    selection,
)

VIEWER = f"query {{ viewer {{ {selection(Viewer)} }} }}"
CASES = listing("cases", CaseStanding, ", $state: CaseState", ", state: $state")
CASE = f"query ($id: UUID!) {{ case(id: $id) {{ {selection(Case)} }} }}"
PREPARE = (
    "query ($code: String!, $answers: [Answer!]!, $form: [Answer!])"
    f" {{ preparation(code: $code, answers: $answers, form: $form) {{ {selection(Preparation)} }} }}"
)
START = (
    "mutation ($draft: CaseDraft!, $key: String!)"
    f" {{ startCase(draft: $draft, idempotencyKey: $key) {{ {selection(Case)} }} }}"
)
SUBMIT = (
    "mutation ($id: UUID!, $key: String!)"
    f" {{ submitCase(id: $id, idempotencyKey: $key) {{ {selection(Case)} }} }}"
)
WITHDRAW = (
    "mutation ($id: UUID!, $key: String!, $reason: String!)"
    f" {{ withdrawCase(id: $id, idempotencyKey: $key, reason: $reason) {{ {selection(Case)} }} }}"
)
MATERIALS = listing("materials", Material)
CERTIFICATES = listing("certificates", Certificate)

DOCUMENTS = (
    VIEWER, CASES, CASE, PREPARE, START, SUBMIT, WITHDRAW, MATERIALS, CERTIFICATES, *_notices.DOCUMENTS,
    *_consent.DOCUMENTS, *_storage.DOCUMENTS,
)  # fmt: skip
"""All that this module ever sends."""


class Cases(Part):
    """The citizen's cases (办件); scopes cases:read, cases:write."""

    def each(self, *, state: str | None = None) -> AsyncIterator[CaseStanding]:
        """Yield his cases, newest first, page after page."""
        return self._each(CaseStanding, CASES, "cases", state=state)

    async def get(self, id: UUID) -> Case:
        """Return one case.  Raises: missing.CaseNotFound."""
        return await self._one(Case, CASE, "case", id=id)

    async def prepare(
        self, code: str, *, answers: Sequence[Answer] = (), form: Sequence[Answer] = ()
    ) -> Preparation:
        """Return what an application for an item would need, and what of it is there already."""
        return await self._one(
            Preparation, PREPARE, "preparation", code=code, answers=list(answers), form=list(form)
        )

    async def start(self, draft: CaseDraft, *, key: str | None = None) -> Case:
        """Begin a case; the same key is the same case."""
        return await self._one(Case, START, "startCase", draft=draft, key=key or uuid.uuid4().hex)

    async def submit(self, id: UUID, *, key: str | None = None) -> Case:
        """Hand a case in.  Raises: invalid.CaseMaterialsMissing, conflict.CaseMoveRefused …"""
        return await self._one(Case, SUBMIT, "submitCase", id=id, key=key or uuid.uuid4().hex)

    async def withdraw(self, id: UUID, *, reason: str = "", key: str | None = None) -> Case:
        """Take a case back."""
        told = {"id": id, "reason": reason, "key": key or uuid.uuid4().hex}
        return await self._one(Case, WITHDRAW, "withdrawCase", **told)


class Materials(Part):
    """Handles of what the citizen has; scope materials:read.  Contents stay with the platform."""

    def each(self) -> AsyncIterator[Material]:
        """Yield the materials in his wallet, newest first."""
        return self._each(Material, MATERIALS, "materials")

    def certificates(self) -> AsyncIterator[Certificate]:
        """Yield the certificates that he holds."""
        return self._each(Certificate, CERTIFICATES, "certificates")


class OnBehalf:
    """What a mini-app does at the platform for one citizen, with the token that he gave it."""

    def __init__(self, url: str, token: str, *, http: httpx.AsyncClient | None = None) -> None:
        self.platform = Platform(url, token=token, http=http)
        self.cases = Cases(self.platform)
        self.materials = Materials(self.platform)
        self.notices = Notices(self.platform)
        self.consent = Consent(self.platform)
        self.storage = Storage(self.platform)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.platform.close()

    async def viewer(self) -> Viewer:
        """Return who he is; scope profile:read."""
        return msgspec.convert((await self.platform.graphql(VIEWER))["viewer"], Viewer)
