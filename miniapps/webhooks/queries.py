"""Reads.  Teams see what is sent to their own mini-apps; the worker reads whom news concern."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from banshi.errors import ScopeMissing
from banshi.scopes import Scope
from identity.actor import Actor
from identity.keys import Retention, existing_keys
from miniapps.catalog import queries as catalog
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.rules import Environment
from miniapps.catalog.service.credentials import SANDBOX, client_id
from miniapps.webhooks.errors import DeliveryNotFound, QuestionNotFound
from miniapps.webhooks.rules import DeliveryState, Try
from miniapps.webhooks.tables import DataQuestion, WebhookDelivery
from storage import seal
from storage.db import fetch
from storage.paging import Page, page

ADDRESS = (
    "SELECT client_id, coalesce(webhook_uri, url) AS url, registered_at, failing_since, slow, off, off_at"
    " FROM webhook_address LEFT JOIN oidc_client USING (client_id)"
)
"""Of a client outside, the address that it is registered with at this moment."""
COUNTS = (
    "SELECT client_id, state, count(*) AS n FROM webhook_delivery"
    " WHERE client_id = ANY($1) AND state <> 'delivered' AND NOT test GROUP BY client_id, state"
)


class Address(NamedTuple):
    """Where a client is told, and how that goes."""

    client_id: str
    url: str
    registered_at: datetime
    failing_since: datetime | None
    slow: bool  # it lets us wait, and is told beside the others
    off: str | None
    off_at: datetime | None
    waiting: int = 0  # deliveries
    dead: int = 0

    @property
    def environment(self) -> Environment:
        """Return which back end it is of."""
        return environment_of(self.client_id)


class Opened(NamedTuple):
    """A delivery with what was, or is to be, sent."""

    row: WebhookDelivery
    payload: str | None  # None: its citizen is gone
    tries: Sequence[Try]  # oldest first

    @property
    def id(self) -> UUID:
        """Return the delivery's."""
        return UUID(str(self.row.id))

    @property
    def environment(self) -> Environment:
        """Return which back end it is for."""
        return environment_of(self.row.client_id)

    @property
    def app_id(self) -> str:
        """Return which mini-app it is for."""
        return str(self.row.client_id).removesuffix(SANDBOX)


def environment_of(named: str) -> Environment:
    """Return the environment of a mini-app's client."""
    return Environment.SANDBOX if named.endswith(SANDBOX) else Environment.PRODUCTION


async def address(named: str) -> Address | None:
    """Return where a client is told; None: nowhere.  For verbs and the worker."""
    rows = await fetch(f"{ADDRESS} WHERE client_id = $1", named)
    return Address(**rows[0]) if rows else None


async def addresses(actor: Actor, app_id: str) -> list[Address]:
    """Return where a mini-app of the actor's team is told.  Raises: ScopeMissing, AppNotFound."""
    names = await _clients(actor, app_id)
    found = await fetch(f"{ADDRESS} WHERE client_id = ANY($1) ORDER BY client_id", names)
    counts = {(row["client_id"], row["state"]): row["n"] for row in await fetch(COUNTS, names)}
    return [
        Address(
            **row,
            waiting=counts.get((row["client_id"], DeliveryState.WAITING), 0),
            dead=counts.get((row["client_id"], DeliveryState.DEAD), 0),
        )
        for row in found
    ]


async def deliveries(
    actor: Actor,
    app_id: str,
    *,
    environment: Environment | None = None,
    state: DeliveryState | None = None,
    first: int,
    after: UUID | None,
) -> Page[Opened]:
    """Return a page of what was, or is to be, sent to a mini-app of the actor's team, newest first.

    Raises: ScopeMissing, AppNotFound.
    """
    names = await _clients(actor, app_id)
    if environment is not None:
        names = [client_id(app_id, environment)]
    query = WebhookDelivery.objects().where(WebhookDelivery.client_id.is_in(names))
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    found = await page(query, WebhookDelivery.id, first=first, after=after)
    return Page(rows=await _opened(found.rows), more=found.more)


async def delivery(actor: Actor, id: UUID) -> Opened:
    """Return one delivery to a mini-app of the actor's team.  Raises: ScopeMissing, DeliveryNotFound."""
    row = await WebhookDelivery.objects().where(WebhookDelivery.id == id).first()
    try:
        await _clients(actor, row.client_id.removesuffix(SANDBOX) if row is not None else "")
    except AppNotFound:
        raise DeliveryNotFound(id=id) from None
    if row is None:
        raise DeliveryNotFound(id=id)
    return (await _opened([row]))[0]


async def questions(
    actor: Actor, app_id: str, *, only_open: bool = False, first: int, after: UUID | None
) -> Page[DataQuestion]:
    """Return a page of what citizens wanted of a mini-app of the actor's team, newest first.

    Raises: ScopeMissing, AppNotFound.
    """
    await _clients(actor, app_id)
    query = DataQuestion.objects().where(DataQuestion.app_id == app_id)
    if only_open:
        query = query.where(DataQuestion.answered_at.is_null())
    return await page(query, DataQuestion.id, first=first, after=after)


async def question(actor: Actor, id: UUID) -> DataQuestion:
    """Return one question to a mini-app of the actor's team.  Raises: ScopeMissing, QuestionNotFound."""
    row = await DataQuestion.objects().where(DataQuestion.id == id).first()
    try:
        await _clients(actor, row.app_id if row is not None else "")
    except AppNotFound:
        raise QuestionNotFound(id=id) from None
    if row is None:
        raise QuestionNotFound(id=id)
    return row


async def _clients(actor: Actor, app_id: str) -> list[str]:
    """Return the clients of a mini-app, if the actor's team makes it."""
    if actor.app_id is not None or not actor.may(Scope.APPS_WRITE):
        raise ScopeMissing(scope=Scope.APPS_WRITE)
    await catalog.own_app(actor, app_id)
    return [client_id(app_id, each) for each in Environment]


async def _opened(rows: Sequence[WebhookDelivery]) -> list[Opened]:
    parties = {UUID(str(row.party_id)) for row in rows if row.party_id is not None}
    keys = await existing_keys(parties, Retention.CITIZEN)
    return [
        Opened(row, None if body is None else body.decode(), msgspec.json.decode(row.tries, type=list[Try]))
        for row, body in ((row, opened(row.id, row.party_id, row.body, keys)) for row in rows)
    ]


def opened(id: UUID, party_id: UUID | None, body: bytes, keys: Mapping[UUID, bytes | None]) -> bytes | None:
    """Return what is sent, by the keys of its citizens; None: he is gone."""
    if party_id is None:
        return seal.unwrap(body, aad=aad(id))
    key = keys.get(UUID(str(party_id)))
    return None if key is None else seal.open_(body, key, aad=aad(id))


def aad(delivery_id: UUID) -> bytes:
    """Return what binds a sealed body to its row."""
    return b"webhook delivery\0" + delivery_id.bytes


LIVE = (
    "EXISTS (SELECT FROM mini_app a LEFT JOIN app_release r ON r.id = a.id"
    " JOIN mini_app_version v ON v.id IN (a.released_id, r.candidate_id)"
    " WHERE a.app_id = {app} AND (v.manifest -> 'events') ? {type})"
)
CONCERNED = (
    "SELECT c.app_id, c.number, c.code AS item, c.state, k.scopes FROM case_file c"  # noqa: S608
    " JOIN consent k ON k.party_id = c.party_id AND k.app_id = c.app_id AND k.withdrawn_at IS NULL"
    " AND (k.until IS NULL OR k.until > $3)"
    " JOIN webhook_address w ON w.client_id = c.app_id"
    f" WHERE c.party_id = $1 AND c.id = $2 AND {LIVE.format(app='c.app_id', type='$4')}"
)
LISTENING = (
    "SELECT w.client_id, v0.version, a0.app_id FROM mini_app_version v0"  # noqa: S608
    " JOIN mini_app a0 ON a0.id = v0.app"
    f" JOIN webhook_address w ON w.client_id IN (a0.app_id, a0.app_id || '{SANDBOX}')"
    " WHERE v0.id = $1 AND ((v0.manifest -> 'events') ? $2"
    f" OR {LIVE.format(app='a0.app_id', type='$2')}) ORDER BY w.client_id"
)
LIVING = (
    "SELECT v.id FROM mini_app a LEFT JOIN app_release r ON r.id = a.id"
    " JOIN mini_app_version v ON v.id IN (a.released_id, r.candidate_id)"
    " WHERE a.app_id = $1 AND v.id <> ALL (coalesce(r.killed, '{}')) ORDER BY v.id"
)
LIVE_TO = f"SELECT 1 FROM webhook_address w WHERE w.client_id = $1 AND {LIVE.format(app='$1', type='$2')}"  # noqa: S608


async def concerned(party_id: UUID, case_id: UUID, type: str, *, now: datetime) -> dict[str, Any] | None:
    """Return the mini-app that opened a case, with what it may be told of it, if it is to hear such news.

    None: it was opened in none, the citizen's consent is over, or the mini-app does not listen.
    """
    rows = await fetch(CONCERNED, party_id, case_id, now, type)
    return rows[0] if rows else None


async def listening(version_id: UUID, type: str) -> list[dict[str, Any]]:
    """Return the clients of a version's mini-app that listen to such news: client_id, app_id, version."""
    return await fetch(LISTENING, version_id, type)


async def living(app_id: str) -> list[UUID]:
    """Return the stable version of a mini-app and the one on trial, but for those killed by themselves."""
    return [row["id"] for row in await fetch(LIVING, app_id)]


async def hears(app_id: str, type: str) -> bool:
    """Say whether a mini-app has an address, and one of its living versions subscribes to such news."""
    return bool(await fetch(LIVE_TO, app_id, type))
