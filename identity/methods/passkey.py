"""Passkeys (通行密钥, WebAuthn Level 3): registered after real-name proof, then a way to sign in without it.

A passkey proves that the person is here who was verified when it was registered, so it gives the level
of then, and never more than the person has now.  Its private key stays in the authenticator, which asks
for finger, face or PIN each time (user verification is required).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID as Id

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from banshi.errors import InvalidInput
from identity import assurance, audit, entering, masking, people, refusals, sessions
from identity.actor import Actor
from identity.entering import Caller
from identity.errors import NotVerified, PasskeyNotFound, PasskeyRefused, StepUpNeeded
from identity.events import PasskeyAdded, PasskeyRemoved
from identity.methods import REAL_NAME, site, tries
from identity.methods.credentials import (
    MOST,
    NAME_CHARACTERS,
    NOBODYS,
    Challenge,
    Held,
    Passkey,
    consume,
    find,
    keep_challenge,
    use,
)
from identity.numbers import describe
from identity.sessions import Opened
from identity.verifier import Evidence
from storage.clock import local_date
from storage.db import execute, fetch, transaction
from storage.outbox import emit
from storage.seal import mac, same

RP_NAME = "政务服务"
LEVEL = 2  # needed to add or remove one
FRESH = timedelta(minutes=10)  # since the last proof, to add or remove one

Credential = str | Mapping[str, Any]  # the JSON of PublicKeyCredential.toJSON()


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A ceremony begun: give `options` to the browser and bring its answer with `id` within five minutes."""

    id: Id
    options: dict[str, Any]  # of navigator.credentials.create or .get, in their JSON form
    expires_at: datetime


async def begin_registration(actor: Actor, *, now: datetime) -> Begun:
    """Begin to register a passkey for the person.

    Raises: StepUpNeeded unless the session was proved by ID card (`identity.methods.REAL_NAME`) at level
        2 or more within ten minutes; PasskeyRefused when there are MOST already.
    """
    await _check_real_name(actor, now=now)
    held = await list_(actor)
    if len(held) >= MOST:
        raise PasskeyRefused
    facts = await people.own(actor.person_id)
    options = generate_registration_options(
        rp_id=site.rp_id(),
        rp_name=RP_NAME,
        user_id=handle_of(actor.person_id),
        user_name=masking.name(facts.name),  # shown by authenticators to whoever holds the device
        user_display_name=masking.name(facts.name),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in held],
    )
    kept = await keep_challenge(options.challenge, "register", bound_to=actor.session_id, now=now)
    return Begun(
        id=kept.id, options=msgspec.json.decode(options_to_json(options)), expires_at=kept.expires_at
    )


async def finish_registration(
    actor: Actor, id: Id, credential: Credential, *, name: str = "", now: datetime
) -> Passkey:
    """Register the passkey that the browser made for the challenge `id` in this very session.

    Raises: StepUpNeeded, PasskeyRefused, InvalidInput.
    """
    await _check_real_name(actor, now=now)
    shown = _clean_name(name) if name.strip() else f"通行密钥 {local_date(now):%Y-%m-%d}"
    challenge = await consume(id, "register", bound_to=actor.session_id, now=now)
    if challenge is None:
        raise PasskeyRefused
    made = _verify_registration(credential, challenge)
    row = Passkey(
        party_id=actor.person_id, credential_id=made.credential_id, public_key=made.credential_public_key,
        sign_count=made.sign_count, level=actor.level, name=shown, created_at=now,
        is_synced=made.credential_backed_up,
    )  # fmt: skip
    async with transaction():
        taken = await fetch("SELECT FROM passkey WHERE credential_id = $1", made.credential_id)
        if taken:
            raise PasskeyRefused
        await row.save()
        await emit(PasskeyAdded(party_id=actor.person_id, passkey_id=row.id, at=now), now=now)
        await audit.record(actor, "passkey.add", f"passkey/{row.id}", now=now, party_id=actor.person_id)
    return row


async def begin_sign_in(form: Mapping[str, str] | None = None, *, address: str, now: datetime) -> Begun:
    """Begin to sign in by passkey; with `id_number` in `form`, by one of that person's.

    The options never list credentials, for the list would tell who has some: all are discoverable.
    Raises: NumberRefused, RateLimited.
    """
    await tries.take_address(address)
    typed = (form or {}).get("id_number", "").strip()
    number = describe(typed, today=local_date(now)).number if typed else None
    options = generate_authentication_options(
        rp_id=site.rp_id(), user_verification=UserVerificationRequirement.REQUIRED
    )
    blinded = people.number_blind(number) if number else None
    kept = await keep_challenge(options.challenge, "sign_in", number_blind=blinded, now=now)
    return Begun(
        id=kept.id, options=msgspec.json.decode(options_to_json(options)), expires_at=kept.expires_at
    )


async def finish_sign_in(id: Id, credential: Credential, *, caller: Caller, now: datetime) -> Opened:
    """Open a session for whose passkey answered the challenge `id`, or step up his that the caller brings.

    Raises: NotVerified whatever is wrong, RateLimited, PostNotHeld, SecondFactorNeeded.
    """
    await tries.take_address(caller.address)
    async with refusals.noted(f"passkey_challenge/{id}", "passkey", now=now):
        return await _enter(id, credential, caller, now=now)


async def _enter(id: Id, credential: Credential, caller: Caller, *, now: datetime) -> Opened:
    row = await _prove(id, credential, now=now)
    async with transaction():
        person = await people.by_id(row.party_id)
        level, evidence_id = min(row.level, person.level), f"passkey-{row.id.hex}"
        evidence = Evidence(level=level, method="passkey", at=now, evidence_id=evidence_id)
        return await entering.enter(evidence, person, caller, now=now)


async def list_(actor: Actor) -> list[Passkey]:
    """Return the person's passkeys, oldest first."""
    return await Passkey.objects().where(Passkey.party_id == actor.person_id).order_by(Passkey.id)


async def rename(actor: Actor, id: Id, name: str, *, now: datetime) -> Passkey:
    """Call a passkey `name`.

    Raises: InvalidInput, PasskeyNotFound.
    """
    clean = _clean_name(name)
    async with transaction():
        row = await _own(actor, id)
        row.name = clean
        await row.save([Passkey.name])
        await audit.record(actor, "passkey.rename", f"passkey/{id}", now=now, party_id=actor.person_id)
    return row


async def remove(actor: Actor, id: Id, *, now: datetime) -> Passkey:
    """Remove a passkey: it signs in no longer, sessions that it opened live on.

    Raises: StepUpNeeded when the last proof is older than ten minutes, PasskeyNotFound.
    """
    assurance.need(actor, level=LEVEL, max_age=FRESH, now=now)
    async with transaction():
        row = await _own(actor, id)
        await execute("DELETE FROM passkey WHERE id = $1", id)
        await emit(PasskeyRemoved(party_id=actor.person_id, passkey_id=id, at=now), now=now)
        await audit.record(actor, "passkey.remove", f"passkey/{id}", now=now, party_id=actor.person_id)
    return row


def handle_of(person_id: Id) -> bytes:
    """Return by which 32 bytes authenticators know the person: it is no id of ours (WebAuthn 14.6.1)."""
    return mac(person_id.bytes, purpose="passkey user")


async def _check_real_name(actor: Actor, *, now: datetime) -> None:
    assurance.need(actor, level=LEVEL, max_age=FRESH, now=now)
    session = await sessions.own(actor, actor.session_id, now=now)
    if actor.app_id is not None or session.method not in REAL_NAME:
        raise StepUpNeeded(acr_values=assurance.acr_of(LEVEL), max_age=int(FRESH.total_seconds()))


def _verify_registration(credential: Credential, challenge: Challenge) -> VerifiedRegistration:
    try:
        return verify_registration_response(
            credential=_plain(credential),
            expected_challenge=challenge.challenge,
            expected_rp_id=site.rp_id(),
            expected_origin=site.origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error


async def _prove(id: Id, credential: Credential, *, now: datetime) -> Held:
    """Check an assertion against its challenge and its passkey, and count its use.

    A key that nobody has costs the same: its signature is checked against a key of no account.
    Raises: NotVerified.
    """
    challenge = await consume(id, "sign_in", now=now)
    parsed = _parsed(credential)
    held = await find(parsed.raw_id)
    count = _verify_assertion(parsed, challenge.challenge if challenge else b"", held or NOBODYS)
    if challenge is None or held is None:
        raise NotVerified
    handle = parsed.response.user_handle
    if handle is not None and not same(handle, handle_of(held.party_id)):
        raise NotVerified
    if challenge.number_blind is not None and not same(challenge.number_blind, held.number_blind):
        raise NotVerified
    if not await use(held, count, now=now):
        raise NotVerified
    return held


def _parsed(credential: Credential) -> AuthenticationCredential:
    try:
        return parse_authentication_credential_json(_plain(credential))
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotVerified from error


def _verify_assertion(parsed: AuthenticationCredential, challenge: bytes, held: Held) -> int:
    """Return the authenticator's counter of signatures."""
    try:
        return verify_authentication_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id(),
            expected_origin=site.origin(),
            credential_public_key=held.public_key,
            credential_current_sign_count=held.sign_count,
            require_user_verification=True,
        ).new_sign_count
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotVerified from error


async def _own(actor: Actor, id: Id) -> Passkey:
    mine = Passkey.objects().where(Passkey.party_id == actor.person_id, Passkey.id == id)
    row = await mine.lock_rows().first()
    if row is None:
        raise PasskeyNotFound
    return row


def _clean_name(name: str) -> str:
    clean = name.strip()
    if not clean or len(clean) > NAME_CHARACTERS or not clean.isprintable():
        raise InvalidInput(field="name", problem=f"请填写 1 至 {NAME_CHARACTERS} 个字的名称")
    return clean


def _plain(credential: Credential) -> str | dict[str, Any]:
    return credential if isinstance(credential, str) else dict(credential)
