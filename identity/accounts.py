"""Accounts: signing in, and what a person sees of himself and of others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID as Id

from banshi.errors import DomainError
from identity import (
    devices,
    door,
    entering,
    mandates,
    masking,
    methods,
    people,
    sessions,
    subjects,
    tokens,
    verifier,
)
from identity.actor import Actor, Bearer
from identity.capacity import CONSENT_AGE, age
from identity.entering import Caller
from identity.errors import GuardianNeeded
from identity.methods import credentials, qr, sms, tries
from identity.people import StaffPost
from identity.roles import Role
from identity.sessions import Opened
from identity.settings import SignInSettings
from identity.verifier import Proof
from storage.clock import local_date
from storage.db import transaction

ERASED_NAME = "已注销用户"
SEES_NAMES = frozenset({Role.CLERK, Role.SERVICE})


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


def configure(settings: SignInSettings) -> None:
    """Tell this process how often one may try."""
    tries.configure(settings)


async def sign_in(
    method: str,
    form: Mapping[str, str],
    *,
    address: str,
    device: str,
    device_word: str = "",
    token: str | None = None,
    now: datetime,
) -> Opened:
    """Verify who asks by his ID card, and open a session or step up that of `token`; return token and row.

    `form` has `id_number`, `name`, what the method adds, and `acting_as` ("citizen" when left out).
    Raises:
        NumberRefused: the number cannot be one; this says nothing about who is registered.
        RateLimited, SignInLocked: too many tries for the number or from the address.
        NotVerified: unknown and wrong are answered alike, after the same work.
        GuardianNeeded: verified, but too young to act alone.
        PostNotHeld, SecondFactorNeeded: verified, but not in the post asked for.
        Unavailable: the authority cannot be asked; it counts as no try.
    """
    number, name = sms.read(form, now=now)
    blinded = people.number_blind(number)
    await tries.take_turn(blinded, address)
    caller = Caller(
        address=address, device=device, device_word=device_word, token=token,
        acting_as=form.get("acting_as") or None,
    )  # fmt: skip
    try:
        return await _enter(method, {**form, "id_number": number, "name": name}, blinded, caller, now=now)
    except DomainError as refused:
        known = method if method in methods.BY_NAME else "unknown"
        await tries.note(blinded, known, refused, now=now)
        raise


async def _enter(
    method: str, form: Mapping[str, str], blinded: bytes, caller: Caller, *, now: datetime
) -> Opened:
    """Open or step up a session for who proves that a clean form is his; all of it or nothing is stored."""
    found = await door.look(blinded, now=now)
    proof = await _prove(method, form, address=caller.address, now=now)
    _check_age(proof.facts.birthday, today=local_date(now))
    known = found.unchanged(proof) if caller.is_plain else None
    if known is not None:
        return await entering.enter(proof, known, caller, now=now)
    async with transaction():
        person = await people.ensure(proof, now=now)
        entered = await entering.enter(proof, person, caller, now=now)
        if found.failed_before:
            await tries.forget(blinded)
    return entered


async def _prove(method: str, form: Mapping[str, str], *, address: str, now: datetime) -> Proof:
    if method == "sms":
        return await sms.prove(form, address=address, now=now)
    return await verifier.current().verify(method, form, address=address, now=now)


def _check_age(birthday: date | None, *, today: date) -> None:
    if birthday is None:
        return
    if age(birthday, today=today) < CONSENT_AGE:
        raise GuardianNeeded


async def sweep(*, now: datetime) -> None:
    """Delete what sign-in need not remember any longer."""
    for each in (tries, sms, qr, credentials, devices, tokens, mandates):
        await each.sweep(now=now)


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
        number=facts.number and masking.number(facts.number),
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
    return Id(hex=subjects.pairwise_sub(actor.app_id, party_id))


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
