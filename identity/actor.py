"""Who is asking, for whom, and what they may ask for.  Only `identity` builds an Actor."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from banshi.errors import ScopeMissing
from banshi.scopes import Scope
from identity.roles import FOR_FIRMS, SCOPES, MandateKind, Role

ONLY_CITIZEN = frozenset({Role.CITIZEN})


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The caller of a verb: a citizen, a clerk, a mini-app on a citizen's behalf, or a worker."""

    person_id: UUID  # who acts
    acting_for: UUID  # the party acted for: oneself, a firm, another person, or the department of a post
    roles: frozenset[Role]
    scopes: frozenset[Scope]
    level: int  # real-name level 1–3 of the sign-in; 0 for workers
    authenticated_at: datetime | None = None
    session_id: UUID | None = None
    app_id: str | None = None  # set when a mini-app calls
    token_id: UUID | None = None  # of the token that it calls with
    region: str = "330000"  # GB/T 2260 code: where the citizen lives or the post is
    delegation_id: UUID | None = None  # the mandate by which he acts for somebody else
    mandate_kind: MandateKind | None = None  # of that mandate
    codes: frozenset[str] | None = None  # catalogue codes of the items it is for; None: for all
    is_pseudonym: bool = False  # of somebody who never told his name and number (网络身份)
    is_minor: bool = False  # under eighteen when he last proved who he is

    @cached_property
    def is_only_citizen(self) -> bool:
        """Whether the actor is a citizen who asks himself, by no mini-app, in no post and for nobody else."""
        return self.roles == ONLY_CITIZEN and self.app_id is None and self.delegation_id is None

    @property
    def is_for_person(self) -> bool:
        """Whether the party acted for is a natural person: oneself, or one who gave or needs a mandate."""
        if self.mandate_kind is None:
            return self.acting_for == self.person_id
        return self.mandate_kind not in FOR_FIRMS

    def covers(self, code: str) -> bool:
        """Say whether the actor may deal with the item of this catalogue code."""
        return self.codes is None or code in self.codes

    @cached_property
    def limit_key(self) -> str:
        """Under which his requests are counted: the person, and the mini-app he asks by."""
        return f"{self.person_id.hex}:{self.app_id or ''}"

    def may(self, scope: Scope) -> bool:
        """Say whether the actor holds `scope`; what it was granted itself a mini-app may always ask."""
        return scope in self.scopes or (scope is Scope.CONSENT_OWN and self.app_id is not None)

    def is_a(self, role: Role) -> bool:
        """Say whether the actor holds `role`."""
        return role in self.roles


@dataclass(frozen=True)
class Bearer:
    """Who bears a token, and until when that may be believed without asking again, unless it is revoked.

    `jkt` is the thumbprint of the key that he must prove to hold with each request (RFC 9449), if any.
    """

    actor: Actor
    until: datetime
    jkt: str | None = None


def check_operator(actor: Actor) -> None:
    """Refuse whoever does not curate mini-apps.  Raises: ScopeMissing."""
    if actor.app_id is not None or not actor.may(Scope.APPS_REVIEW):
        raise ScopeMissing(scope=Scope.APPS_REVIEW)


WORKER_ID = UUID("00000000-0000-7000-8000-000000000001")
"""The person our own workers act as in audit rows; no such person exists."""

WORKER = Actor(
    person_id=WORKER_ID,
    acting_for=WORKER_ID,
    roles=frozenset({Role.SERVICE}),
    scopes=SCOPES[Role.SERVICE],
    level=0,
)
"""A background task acting by itself.  `visible_to(WORKER)` shows it every row."""


def platform_maker(office: UUID) -> Actor:
    """Return who hands the platform's own mini-apps in: no person, so every person of `office` may review."""
    return Actor(
        person_id=WORKER_ID, acting_for=office, roles=frozenset({Role.DEVELOPER}),
        scopes=SCOPES[Role.DEVELOPER], level=0,
    )  # fmt: skip


EDITOR_ID = UUID("00000000-0000-7000-8000-000000000002")
"""The person who defined what ships with the program; no such person exists."""

EDITOR = Actor(
    person_id=EDITOR_ID,
    acting_for=EDITOR_ID,
    roles=frozenset({Role.ITEM_DEFINER}),
    scopes=SCOPES[Role.ITEM_DEFINER],
    level=0,
)
"""Defines the item texts that ship with the program, or come by the command line; never publishes them."""

ANONYMOUS = Actor(
    person_id=UUID(int=0),
    acting_for=UUID(int=0),
    roles=frozenset(),
    scopes=frozenset({Scope.ITEMS_READ, Scope.APPS_READ}),
    level=0,
)
"""A visitor who has not signed in: he may look at the catalogue."""
