"""Entering: evidence of any method becomes a session, a new one or the stronger form of one that lives."""

from dataclasses import dataclass
from datetime import datetime

from identity import audit, contexts, opening, sessions
from identity.people import Person
from identity.roles import Role
from identity.sessions import Opened, Session
from identity.verifier import Evidence
from storage.db import fetch
from storage.seal import token_hash

PASSKEY = "passkey"
PROOFS = frozenset({"face", "sms", "network_id"})
"""Methods that prove anew who somebody is; together with a passkey they are two factors."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """From where somebody signs in, and as what."""

    address: str  # for limits; stored nowhere
    device: str = ""  # what the device calls itself; shown to its owner
    device_word: str = ""  # what the device keeps to be known again; "" for one that keeps nothing
    token: str | None = None  # of a session that lives on this device: signing in makes it stronger
    acting_as: str | None = None  # "citizen" or a post; None: as in that session, else as a citizen

    @property
    def is_plain(self) -> bool:
        """Whether he brings no session and signs in as himself, which takes one statement."""
        return self.token is None and self.acting_as in (None, Role.CITIZEN)


async def enter(evidence: Evidence, person: Person, caller: Caller, *, now: datetime) -> Opened:
    """Open a session, or step up the one whose token the caller brings.

    Call it in a transaction, unless the caller is plain.
    Raises: PartyErased, PostNotHeld, SecondFactorNeeded.
    """
    stepped = await _step_up(evidence, person, caller, now=now)
    if stepped is not None:
        return stepped
    return await opening.open(
        evidence, person, acting_as=caller.acting_as or Role.CITIZEN,
        device=caller.device, device_word=caller.device_word, now=now,
    )  # fmt: skip


async def _step_up(evidence: Evidence, person: Person, caller: Caller, *, now: datetime) -> Opened | None:
    """Make the caller's session as strong and fresh as the evidence; None when it is to be another one.

    It is the same session with the same id; its token is replaced, so that whoever knew the old one, and
    may have planted it, does not rise with it.  Weaker evidence never makes a session look fresher: only
    a passkey may be weaker, for it adds a factor and nothing else.
    """
    held = await _held(caller.token, person, now=now) if caller.token else None
    if held is None or not _goes_on(held, caller.acting_as):
        return None
    is_as_strong = evidence.level >= held.level
    if not is_as_strong and evidence.method != PASSKEY:
        return None
    if {evidence.method, held.method} & PROOFS and PASSKEY in (evidence.method, held.method):
        held.second_factor_at = now
    if is_as_strong:
        sessions.strengthen(held, evidence, now=now)
    token = sessions.new_token()
    held.token_hash = token_hash(token)
    await held.save()
    actor = await sessions.actor_in(held, now=now)
    basis = f"method {evidence.method}"
    await audit.record(actor, "session.step_up", f"session/{held.id}", basis, now=now, party_id=person.id)
    return Opened(token, held, actor)


def _goes_on(held: Session, acting_as: str | None) -> bool:
    """Say whether `acting_as` is the context that the session acts in already."""
    if acting_as is None:
        return True
    ids = {contexts.MANDATE: held.mandate_id, contexts.TEAM: held.team_id, "": held.post_id}
    names = {f"{kind}{id}" for kind, id in ids.items() if id is not None}
    if held.post_id is not None or not names:
        names.add(held.acting_as)
    return acting_as in names


async def _held(token: str, person: Person, *, now: datetime) -> Session | None:
    """Return the living session of the token, its row locked; None when there is none of this person."""
    rows = await fetch(sessions.LIVE, token_hash(token), now)
    if not rows:
        return None
    mine = Session.objects().where(Session.id == rows[0]["id"], Session.party_id == person.id)
    return await mine.where(Session.token_hash == token_hash(token)).lock_rows().first()
