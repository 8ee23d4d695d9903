"""国家网络身份认证 (网号、网证): a result-only sign-in under a pseudonym, linked to an account by an act.

The service tells that the credential is good and by which pseudonym this platform may know its bearer,
nothing else.  The pseudonym is a party of its own, without number and name; what it does stays its own.
Somebody who signs in to his account and shows his 网证 there, once, links both: from then on the 网证
signs in to the account.  Source: 国家网络身份认证公共服务管理办法 (公安部等六部门令第 173 号).
"""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID as Id

from piccolo.columns import UUID, Bytea, Timestamptz
from piccolo.table import Table

from banshi.errors import InvalidInput, NotSignedIn
from identity import assurance, audit, entering, levels, people, refusals, verifier
from identity.actor import Actor
from identity.entering import Caller
from identity.errors import NetworkIdentityTaken, NotVerified, PartyErased
from identity.events import NetworkIdentityLinked as Linked
from identity.keys import Retention, data_key
from identity.methods import tries
from identity.people import Person
from identity.sessions import Opened
from identity.verifier import Evidence, NetworkIdAnswer
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id
from storage.outbox import emit
from storage.seal import blind

METHOD = "network_id"
PROVINCE = "330000"  # where somebody lives of whom no more is known
LEVEL = 2  # needed to link
FRESH = timedelta(minutes=10)  # since the last proof, to link or unlink


class NetworkIdentity(Table, db=DB, tablename="network_identity"):
    """One 网络身份: a party without number and name, or a way into an account."""

    party_id = UUID(primary_key=True, default=new_id)  # its own
    pseudonym_blind = Bytea(unique=True)
    linked_to = UUID(null=True, default=None)  # the person whose account it signs in to
    linked_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()


async def sign_in(form: Mapping[str, str], *, caller: Caller, now: datetime) -> Opened:
    """Open a session for who shows the `credential` in `form`: in the account linked, else as a pseudonym.

    Raises: InvalidInput, NotVerified, RateLimited, Unavailable, PostNotHeld, SecondFactorNeeded.
    """
    await tries.take_address(caller.address)
    answer = await _ask(form, address=caller.address, now=now)
    async with refusals.noted("network_identity", METHOD, now=now):
        return await _enter(answer, caller, now=now)


async def _enter(answer: NetworkIdAnswer, caller: Caller, *, now: datetime) -> Opened:
    if not answer.result:
        raise NotVerified
    async with transaction():
        known = await _ensure(answer, now=now)
        try:
            person = await people.by_id(known.linked_to or known.party_id)
        except PartyErased as error:
            raise NotVerified from error
        evidence = Evidence(
            level=_level(answer, person), method=METHOD, at=now, evidence_id=answer.evidence_id
        )
        return await entering.enter(evidence, person, caller, now=now)


async def of(actor: Actor) -> NetworkIdentity | None:
    """Return the 网络身份 linked to the actor's account, if any."""
    return await NetworkIdentity.objects().where(NetworkIdentity.linked_to == actor.person_id).first()


async def link(actor: Actor, form: Mapping[str, str], *, address: str, now: datetime) -> NetworkIdentity:
    """Let the `credential` in `form` sign in to the actor's account from now on.

    What was done under the pseudonym before stays there; its sessions end.
    Raises: StepUpNeeded, NotSignedIn for a pseudonym itself, InvalidInput, NotVerified, RateLimited,
        Unavailable, NetworkIdentityTaken.
    """
    await _check_account(actor, now=now)
    await tries.take_address(address)
    answer = await _ask(form, address=address, now=now)
    async with refusals.noted("network_identity", METHOD, actor=actor, now=now):
        return await _link(actor, answer, now=now)


async def _link(actor: Actor, answer: NetworkIdAnswer, *, now: datetime) -> NetworkIdentity:
    if not answer.result:
        raise NotVerified
    async with transaction():
        known = await _ensure(answer, now=now)
        if known.linked_to == actor.person_id:
            return known
        if known.linked_to is not None or await of(actor) is not None:
            raise NetworkIdentityTaken
        known.linked_to, known.linked_at = actor.person_id, now
        await known.save([NetworkIdentity.linked_to, NetworkIdentity.linked_at])
        await execute(
            "UPDATE session SET ended_at = $2 WHERE party_id = $1 AND ended_at IS NULL", known.party_id, now
        )
        await emit(Linked(party_id=actor.person_id, at=now), now=now)
        await _record(actor, "network_identity.link", now=now)
    return known


async def unlink(actor: Actor, *, now: datetime) -> None:
    """Let the 网络身份 be a pseudonym again; harmless when none is linked.

    Raises: StepUpNeeded.
    """
    await _check_account(actor, now=now)
    async with transaction():
        await execute(
            "UPDATE network_identity SET linked_to = NULL, linked_at = NULL WHERE linked_to = $1",
            actor.person_id,
        )
        await _record(actor, "network_identity.unlink", now=now)


async def _ask(form: Mapping[str, str], *, address: str, now: datetime) -> NetworkIdAnswer:
    credential = form.get("credential", "").strip()
    if not credential:
        raise InvalidInput(field="credential", problem="请出示网证")
    return await verifier.network_id().verify(credential, address=address, now=now)


async def _ensure(answer: NetworkIdAnswer, *, now: datetime) -> NetworkIdentity:
    """Return the 网络身份 of a good answer, made on first sight; of two at once the second waits."""
    key = blind(answer.pseudonym, purpose="network_identity")
    await fetch("SELECT pg_advisory_xact_lock($1)", int.from_bytes(key[:8], signed=True))
    known = await NetworkIdentity.objects().where(NetworkIdentity.pseudonym_blind == key).first()
    if known is None:
        known = NetworkIdentity(
            party_id=await _pseudonym(answer, now=now), pseudonym_blind=key, created_at=now
        )
        await known.save()
    return known


async def _pseudonym(answer: NetworkIdAnswer, *, now: datetime) -> Id:
    """Make the party of somebody who tells neither number nor name: nothing of him is sealed in it."""
    party_id = new_id()
    await data_key(party_id, Retention.CITIZEN)  # for what he will store
    await Person(
        id=party_id, number_blind=os.urandom(32), number_sealed=b"", name_sealed=b"",
        region=PROVINCE, level=answer.assurance, created_at=now,
    ).save()  # fmt: skip
    await levels.begin(party_id, answer.assurance, method=METHOD, evidence_id=answer.evidence_id, now=now)
    return party_id


def _level(answer: NetworkIdAnswer, person: Person) -> int:
    return min(answer.assurance, person.level)


async def _check_account(actor: Actor, *, now: datetime) -> None:
    """Only a fresh session of an account may link; a pseudonym has nothing to link to."""
    assurance.need(actor, level=LEVEL, max_age=FRESH, now=now)
    person = await people.by_id(actor.person_id)
    if actor.app_id is not None or person.is_pseudonym:
        raise NotSignedIn


async def _record(actor: Actor, act: str, *, now: datetime) -> None:
    party: Id = actor.person_id
    await audit.record(actor, act, f"person/{party}", now=now, party_id=party)
