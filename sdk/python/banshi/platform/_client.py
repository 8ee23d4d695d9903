"""The client: cases, materials, notices and who the citizen is."""

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx
import msgspec

from banshi.client import Platform
from banshi.platform._types import (
    Answer,
    Case,
    CaseDraft,
    CaseStanding,
    Certificate,
    Material,
    Notice,
    Preparation,
    Told,
    Viewer,
    selection,
)

Kind = TypeVar("Kind", bound=Told)

_PAGE = "pageInfo { hasNextPage endCursor }"


def _list(field: str, kind: type[Told], takes: str = "", gives: str = "") -> str:
    """Return the document of a connection."""
    return (
        f"query ($after: String{takes}) {{ {field}(first: 50, after: $after{gives})"
        f" {{ edges {{ node {{ {selection(kind)} }} }} {_PAGE} }} }}"
    )


VIEWER = f"query {{ viewer {{ {selection(Viewer)} }} }}"
CASES = _list("cases", CaseStanding, ", $state: CaseState", ", state: $state")
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
MATERIALS = _list("materials", Material)
CERTIFICATES = _list("certificates", Certificate)
NOTICES = _list("notices", Notice, ", $unread: Boolean!", ", unreadOnly: $unread")
UNREAD = "query { unreadNotices }"

DOCUMENTS = (
    VIEWER, CASES, CASE, PREPARE, START, SUBMIT, WITHDRAW, MATERIALS, CERTIFICATES, NOTICES, UNREAD,
)  # fmt: skip
"""All that this module ever sends."""


class Part:
    """One part of what a citizen lets a mini-app do."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def _one(self, kind: type[Kind], document: str, field: str, **variables: Any) -> Kind:
        data = await self._platform.graphql(document, _plain(variables))
        return msgspec.convert(data[field], kind)

    async def _each(
        self, kind: type[Kind], document: str, field: str, **variables: Any
    ) -> AsyncIterator[Kind]:
        async for node in self._platform.every(document, _plain(variables), field=field):
            yield msgspec.convert(node, kind)


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


class Notices(Part):
    """The citizen's inbox; scope notices:read."""

    def each(self, *, unread: bool = False) -> AsyncIterator[Notice]:
        """Yield his messages, newest first."""
        return self._each(Notice, NOTICES, "notices", unread=unread)

    async def unread(self) -> int:
        """Return how many he has not read."""
        return int((await self._platform.graphql(UNREAD))["unreadNotices"])


class OnBehalf:
    """What a mini-app does at the platform for one citizen, with the token that he gave it."""

    def __init__(self, url: str, token: str, *, http: httpx.AsyncClient | None = None) -> None:
        self.platform = Platform(url, token=token, http=http)
        self.cases = Cases(self.platform)
        self.materials = Materials(self.platform)
        self.notices = Notices(self.platform)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.platform.close()

    async def viewer(self) -> Viewer:
        """Return who he is; scope profile:read."""
        return msgspec.convert((await self.platform.graphql(VIEWER))["viewer"], Viewer)


def _plain(variables: Mapping[str, Any]) -> dict[str, Any]:
    found = msgspec.to_builtins(variables)
    assert isinstance(found, dict)
    return found
