"""Accounts: signing in, and what a person sees of himself and of others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID as Id

from piccolo.columns import Bytea, Integer, Timestamptz
from piccolo.table import Table

from banshi.errors import InvalidInput
from identity import audit, masking, numbers, people, sessions, tokens, verifier
from identity.actor import ANONYMOUS, Actor, Bearer
from identity.errors import GuardianNeeded, NotVerified, SignInLocked
from identity.people import StaffPost
from identity.roles import Role
from identity.sessions import Session
from identity.settings import SignInSettings
from storage.clock import local_date
from storage.db import DB, execute, fetch, transaction
from storage.limits import subscriber, take

OF_AGE_TO_SIGN_IN = 14  # years: 个人信息保护法 Art. 31
ERASED_NAME = "已注销用户"
SEES_NAMES = frozenset({Role.CLERK, Role.SERVICE})


class SignInFailure(Table, db=DB, tablename="sign_in_failure"):
    """How often a number failed to sign in lately, whether or not anybody is known by it."""

    number_blind = Bytea(primary_key=True)
    failures = Integer()
    last_at = Timestamptz()


@dataclass(frozen=True)
class Profile:
    """What a person sees of himself: the name whole, numbers masked.  A mini-app sees less of him."""

    id: Id  # for a mini-app the pairwise subject
    name: str
    number: str | None
    phone: str | None
    level: int
    region: str
    posts: list[StaffPost]


_settings = SignInSettings()


def configure(settings: SignInSettings) -> None:
    """Tell this process how often one may try."""
    global _settings
    _settings = settings


async def sign_in(
    method: str, form: Mapping[str, str], *, address: str, device: str, now: datetime
) -> tuple[str, Session]:
    """Verify who asks, and open a session; return its token and row.

    `form` has `id_number`, `name`, what the method adds, and `acting_as` ("citizen" when left out).
    Raises:
        NumberRefused: the number cannot be one; this says nothing about who is registered.
        RateLimited, SignInLocked: too many tries for the number or from the address.
        NotVerified: unknown and wrong are answered alike, after the same work.
        GuardianNeeded: verified, but too young to act alone.
        PostNotHeld: verified, but not in the post asked for.
        Unavailable: the authority cannot be asked; it counts as no try.
    """
    if not form.get("name", "").strip():
        raise InvalidInput(field="name", problem="请填写姓名")
    number = numbers.describe(form.get("id_number", ""), today=local_date(now)).number
    blinded = people.number_blind(number)
    await take_turn(blinded, address)
    failed_before = await _check_lock(blinded, now=now)
    clean = {**form, "id_number": number, "name": form["name"].strip()}
    try:
        proof = await verifier.current().verify(method, clean, address=address, now=now)
    except NotVerified:
        await _note_failure(blinded, now=now)
        raise
    _check_age(proof.facts.birthday, today=local_date(now))
    async with transaction():
        person = await people.ensure(proof, now=now)
        opened = await sessions.open(
            proof, person, acting_as=form.get("acting_as") or Role.CITIZEN, device=device, now=now
        )
        if failed_before:
            await execute("DELETE FROM sign_in_failure WHERE number_blind = $1", blinded)
    return opened


def _check_age(birthday: date | None, *, today: date) -> None:
    if birthday is None:
        return
    years = today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day))
    if years < OF_AGE_TO_SIGN_IN:
        raise GuardianNeeded


async def take_turn(blinded: bytes, address: str) -> None:
    """Count this try against the address and the number.

    Raises: RateLimited.
    """
    limits = _settings
    await take(
        f"sign_in:address:{subscriber(address)}",
        capacity=limits.address_capacity,
        per_s=limits.address_per_s,
    )
    await take(f"sign_in:number:{blinded.hex()}", capacity=limits.number_capacity, per_s=limits.number_per_s)


async def _check_lock(blinded: bytes, *, now: datetime) -> bool:
    """Return whether failures are remembered of this number.

    Raises: SignInLocked.
    """
    rows = await fetch(
        "SELECT failures >= $2 AND last_at > $3 AS locked FROM sign_in_failure WHERE number_blind = $1",
        blinded, _settings.failures, now - _settings.lock,
    )  # fmt: skip
    if rows and rows[0]["locked"]:
        raise SignInLocked(minutes=int(_settings.lock.total_seconds() // 60))
    return bool(rows)


async def _note_failure(blinded: bytes, *, now: datetime) -> None:
    """Count one failed try; the count starts anew when the last one is long ago."""
    async with transaction():
        await execute(
            "INSERT INTO sign_in_failure AS known (number_blind, failures, last_at) VALUES ($1, 1, $2)"
            " ON CONFLICT (number_blind) DO UPDATE SET last_at = $2,"
            " failures = CASE WHEN known.last_at > $3 THEN known.failures + 1 ELSE 1 END",
            blinded, now, now - _settings.lock,
        )  # fmt: skip
        await audit.record(ANONYMOUS, "session.refuse", f"number/{blinded.hex()[:16]}", now=now)


async def sweep(*, now: datetime) -> None:
    """Delete what sign-in need not remember any longer."""
    await execute("DELETE FROM sign_in_failure WHERE last_at <= $1", now - _settings.lock)
    await tokens.sweep(now=now)


async def bearer_of(token: str, *, now: datetime) -> Bearer | None:
    """Return who bears this token, a session's or a mini-app's; one statement either way."""
    if token.startswith(tokens.PREFIX):
        return await tokens.bearer_of(token, now=now)
    return await sessions.bearer_of(token, now=now)


async def actor_of(token: str, *, now: datetime) -> Actor | None:
    """Return who bears this token, as `bearer_of` does."""
    bearer = await bearer_of(token, now=now)
    return bearer.actor if bearer else None


async def profile(actor: Actor) -> Profile:
    """Return what the person may see of himself, or what a mini-app may see of him.

    Raises: PartyErased.
    """
    if actor.app_id is not None:
        name = (await names(actor, [actor.person_id]))[actor.person_id]
        return Profile(party_as_seen(actor, actor.person_id), name, None, None, actor.level, actor.region, [])
    facts = await people.own(actor.person_id)
    return Profile(
        id=actor.person_id,
        name=facts.name,
        number=masking.number(facts.number),
        phone=facts.phone and masking.phone(facts.phone),
        level=actor.level,
        region=actor.region,
        posts=facts.posts,
    )


def party_as_seen(actor: Actor, party_id: Id) -> Id:
    """Return the id of a party as the actor may know it: a mini-app gets its own subject for its citizen.

    The id itself is the same in every mini-app, so two of them could compare notes by it.
    """
    if actor.app_id is None or party_id not in (actor.person_id, actor.acting_for):
        return party_id
    return Id(hex=tokens.pairwise_sub(actor.app_id, party_id))


async def names(actor: Actor, ids: Iterable[Id]) -> dict[Id, str]:
    """Return names of persons as the actor may see them, in at most two statements.

    Whole: one's own, and for clerks and workers.  Masked: everybody else's, and all for a mini-app.
    Ids that are no person's are left out.
    """
    found = await people.names(dict.fromkeys(ids))
    return {person_id: _shown(actor, person_id, name) for person_id, name in found.items()}


def _shown(actor: Actor, person_id: Id, name: str | None) -> str:
    if name is None:
        return ERASED_NAME
    whole = person_id == actor.person_id or actor.roles & SEES_NAMES
    return name if whole and actor.app_id is None else masking.name(name)
