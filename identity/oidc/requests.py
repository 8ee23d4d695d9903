"""Requests that wait for the citizen to sign in or to agree, each bound to the browser that brought it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID as Id

from piccolo.columns import JSONB, UUID, Bytea, Timestamptz, Varchar
from piccolo.table import Table

from identity import audit, clients, consents
from identity.actor import Actor
from identity.clients import Client
from identity.consents import Known
from identity.oidc import codes, issuer, recent, signing_in
from identity.oidc.asking import Asked, decoded
from identity.oidc.claims import NUMBER, OPENID, in_order, is_open, is_withheld, level, scope_of, title
from identity.oidc.codes import Key
from identity.oidc.errors import RequestUnknown, SentBack
from identity.oidc.recent import Seen
from identity.people import BY_CONSENT
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id
from storage.seal import token_hash

LIFE = timedelta(minutes=15)  # to find one's card, or a telephone
CONSENT_LIFE = timedelta(days=180)


class OidcRequest(Table, db=DB, tablename="oidc_request"):
    """One authorization request on its way through our pages."""

    id = UUID(primary_key=True, default=new_id)
    visitor_hash = Bytea()  # of the browser
    client_id = Varchar(64)
    asked = JSONB()
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A request that was found again."""

    id: Id
    place: bytes  # of its browser
    asked: Asked
    client: Client
    created_at: datetime
    consent: Known | None = None  # what its citizen had agreed to, if that was read with it

    @property
    def key(self) -> Key:
        """What the statement that answers it needs."""
        return self.id, self.place


@dataclass(frozen=True, kw_only=True)
class ClaimAsked:
    """One thing the client wants to know or do."""

    key: str
    title: str  # what the citizen reads
    reason: str  # why the client wants it, as registered
    essential: bool  # cannot be narrowed away
    level: int  # the real-name level it needs


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """One thing the client wants to know that needs name and number of somebody known by a 网证 only."""

    title: str
    basis: str  # the law or the consent by which it may be asked for


@dataclass(frozen=True, kw_only=True)
class ConsentAsked:
    """What the page of consent shows."""

    request_id: str
    client_id: str
    client_name: str
    operator: str  # the unit that answers for the client
    redirect_origin: str  # for the policy of the page: its form leads there
    claims: tuple[ClaimAsked, ...]
    until: datetime | None  # until when the consent lasts; None: until withdrawn
    ui_style: str | None = None
    withheld: tuple[Withheld, ...] = ()  # not to be agreed to under a pseudonym


COLUMNS = "asked, client_id, created_at, expires_at"
WAITS = "id = $1 AND visitor_hash = $2 AND used_at IS NULL AND expires_at > $3"


async def store(asked: Asked, *, visitor: str, now: datetime) -> Id:
    """Let the request wait for this browser; return its id.  One statement."""
    request_id, place = new_id(), token_hash(visitor)
    await execute(
        "INSERT INTO oidc_request (id, visitor_hash, client_id, asked, created_at, expires_at)"
        " VALUES ($1, $2, $3, $4::jsonb, $5, $6)",
        request_id, place, asked.client_id, asked.encoded(), now, now + LIFE,
    )  # fmt: skip
    recent.keep(request_id, Seen(place, asked, now, now + LIFE))
    return request_id


async def find(request_id: str, *, visitor: str, now: datetime) -> Waiting:
    """Return the request that waits for this browser.  One statement, none where it was seen lately.

    Raises: RequestUnknown.
    """
    key, place = _key(request_id), token_hash(visitor)
    seen = recent.find(key, place, now=now)
    if seen is not None:
        return await _waiting(key, seen)
    rows = await fetch(f"SELECT {COLUMNS} FROM oidc_request WHERE {WAITS}", key, place, now)  # noqa: S608
    return await _read(key, place, rows)


_MOVE = (
    f"WITH moved AS (UPDATE oidc_request SET visitor_hash = $4 WHERE {WAITS} RETURNING {COLUMNS})"  # noqa: S608
    f" SELECT * FROM moved LEFT JOIN LATERAL ({consents.held('$5', 'moved.client_id')}) AS held ON true"
)


async def move(request_id: str, *, visitor: str, to: str, person_id: Id, now: datetime) -> Waiting:
    """Let the request wait for its browser under another word: signing in gives it a new one.

    Read with it is what `person_id`, who signed in, agreed to before.  One statement.
    Raises: RequestUnknown.
    """
    key, place = _key(request_id), token_hash(to)
    rows = await fetch(_MOVE, key, token_hash(visitor), now, place, person_id)
    waiting = await _read(key, place, rows)
    return replace(waiting, consent=consents.known(person_id, rows[0]))


def _key(request_id: str) -> Id:
    try:
        return Id(request_id)
    except ValueError:
        raise RequestUnknown from None


async def _read(key: Id, place: bytes, rows: list[dict[str, Any]]) -> Waiting:
    """Return the one request that a statement found, and remember it."""
    if not rows:
        recent.drop(key)
        raise RequestUnknown
    [row] = rows
    seen = Seen(place, decoded(row["asked"]), row["created_at"], row["expires_at"])
    recent.keep(key, seen)
    return await _waiting(key, seen)


async def _waiting(key: Id, seen: Seen) -> Waiting:
    """Return a request whose client may still ask."""
    client = await clients.enabled(seen.asked.client_id)
    if client is None:
        raise RequestUnknown
    return Waiting(
        id=key, place=seen.visitor_hash, asked=seen.asked, client=client, created_at=seen.created_at
    )


async def _find_for(actor: Actor, request_id: str, *, visitor: str, now: datetime) -> Waiting:
    """Return the request if this sign-in may answer it: who went past the page to sign in may not."""
    waiting = await find(request_id, visitor=visitor, now=now)
    asked = waiting.asked
    if "none" in asked.prompt or not signing_in.suffices(asked, actor, since=waiting.created_at, now=now):
        raise RequestUnknown
    return waiting


async def look(actor: Actor, request_id: str, *, visitor: str, now: datetime) -> ConsentAsked:
    """Return what the citizen is asked to agree to.

    Raises: RequestUnknown.
    """
    waiting = await _find_for(actor, request_id, visitor=visitor, now=now)
    client = waiting.client
    redirect = urlsplit(waiting.asked.redirect_uri)
    return ConsentAsked(
        request_id=request_id,
        client_id=client.client_id,
        client_name=client.name,
        operator=client.operator,
        redirect_origin=f"{redirect.scheme}://{redirect.netloc}",
        claims=tuple(_claim(key, client) for key in offered(waiting.asked, actor)),
        until=now + CONSENT_LIFE,
        ui_style=waiting.asked.ui_style,
        withheld=tuple(_withheld(key, client) for key in withheld(waiting.asked, actor)),
    )


def offered(asked: Asked, actor: Actor) -> list[str]:
    """Return the keys that the citizen may agree to; none that needs a stronger sign-in than his."""
    return [key for key in in_order(asked.keys) if is_open(key, actor) or key == OPENID]


def withheld(asked: Asked, actor: Actor) -> list[str]:
    """Return the keys that need name and number of who is known by a pseudonym; he is told of them."""
    return [key for key in in_order(asked.keys) if is_withheld(key, actor)]


def shown(asked: Asked, actor: Actor) -> list[str]:
    """Return the keys that the page of consent speaks of; what it spoke of once is not asked again."""
    return [*offered(asked, actor), *withheld(asked, actor)]


def _withheld(key: str, client: Client) -> Withheld:
    basis = client.number_basis if scope_of(key) == NUMBER else None
    return Withheld(title=title(key), basis=basis or BY_CONSENT)


def _claim(key: str, client: Client) -> ClaimAsked:
    scope = scope_of(key)
    reason = client.scopes.get(scope, "")
    if scope == NUMBER and client.number_basis:
        reason = f"{reason}（依据：{client.number_basis}）"
    return ClaimAsked(key=key, title=title(key), reason=reason, essential=key == OPENID, level=level(key))


async def grant(
    actor: Actor, request_id: str, claims: Collection[str], *, visitor: str, now: datetime
) -> str:
    """Agree to `claims` of what is asked; return where the browser goes next, with a code.

    What is not among them is refused, and not asked again until the client asks for more.
    Raises: RequestUnknown, also the second time; ScopeMissing in a context that cannot consent.
    """
    waiting = await _find_for(actor, request_id, visitor=visitor, now=now)
    asked = waiting.asked
    granted = {OPENID} | set(claims).intersection(offered(asked, actor))
    try:
        agreed = await consents.agreed(
            actor, asked=shown(asked, actor), granted=granted, until=now + CONSENT_LIFE, now=now
        )
        code = await codes.agree(actor, asked, agreed, waiting=waiting.key, now=now)
    except SentBack as refusal:
        await _use(waiting.id, now=now)
        return sent_back(refusal, asked)
    return with_code(code, asked)


async def refuse(actor: Actor, request_id: str, *, visitor: str, now: datetime) -> str:
    """Agree to nothing; return where the browser goes with that news.

    Raises: RequestUnknown.
    """
    waiting = await find(request_id, visitor=visitor, now=now)
    async with transaction():
        if not await _use(waiting.id, now=now):
            raise RequestUnknown
        await audit.record(actor, "consent.refuse", f"app/{waiting.asked.client_id}", now=now)
    return sent_back(SentBack("access_denied", "the person did not agree"), waiting.asked)


async def _use(request_id: Id, *, now: datetime) -> bool:
    recent.drop(request_id)
    tag = await execute(
        "UPDATE oidc_request SET used_at = $2 WHERE id = $1 AND used_at IS NULL", request_id, now
    )
    return tag.endswith(" 1")


async def end(request_id: Id | None, refusal: SentBack, asked: Asked, *, now: datetime) -> str:
    """Let the request wait no longer; return where the browser goes with the refusal."""
    if request_id is not None:
        await _use(request_id, now=now)
    return sent_back(refusal, asked)


def with_code(code: str, asked: Asked) -> str:
    """Return the redirect URI with a code, the state, and who says so (RFC 9207)."""
    return back(asked.redirect_uri, {"code": code, "state": asked.state})


def sent_back(refusal: SentBack, asked: Asked) -> str:
    """Return the redirect URI with a refusal."""
    return back(asked.redirect_uri, {**refusal.body, "state": asked.state})


def back(redirect_uri: str, answer: dict[str, Any]) -> str:
    """Return a redirect URI with an answer; one that has a query keeps it."""
    told = {name: value for name, value in answer.items() if value is not None}
    mark = "&" if urlsplit(redirect_uri).query else "?"
    return f"{redirect_uri}{mark}{urlencode(told | {'iss': issuer.issuer()})}"


async def sweep(*, now: datetime) -> None:
    """Forget requests that nobody came back for."""
    await execute("DELETE FROM oidc_request WHERE expires_at < $1", now)
