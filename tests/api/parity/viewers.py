"""Who asks: citizens with and without rows, their mini-apps and firms, staff, and nobody."""

from dataclasses import replace
from random import Random
from uuid import UUID

from identity.actor import ANONYMOUS, WORKER, Actor
from identity.roles import SCOPES, MandateKind, Role
from tests.api.parity.values import uuid
from tests.api.parity.world import World


def citizen(person: UUID, **rest: object) -> Actor:
    """A citizen who asks for himself."""
    actor = Actor(
        person_id=person, acting_for=person, roles=frozenset({Role.CITIZEN}), scopes=SCOPES[Role.CITIZEN],
        level=3, region="330106",
    )  # fmt: skip
    return replace(actor, **rest)  # type: ignore[arg-type]


def staff(person: UUID, role: Role, office: UUID) -> Actor:
    """Somebody in a post."""
    return citizen(person, acting_for=office, roles=frozenset({role}), scopes=SCOPES[role])


class Viewers:
    """Draws who asks, most often a citizen."""

    def __init__(self, world: World, dice: Random) -> None:
        self.world = world
        self.dice = dice
        self.apps = world.values("mini_app", "app_id")
        self.items = world.values("item", "code")
        self.developer = world.tables["mini_app"][0]["team_id"]

    def of(self, person: UUID) -> Actor:
        """Return one of the ways in which a person asks."""
        actor, dice = citizen(person), self.dice
        luck = dice.random()
        if luck < 0.8:
            return actor
        if luck < 0.88:
            return replace(actor, app_id=dice.choice(self.apps))
        if luck < 0.91:
            return replace(actor, acting_for=dice.choice(self.world.people))
        if luck < 0.95:
            return self.delegate(actor)
        scopes = dice.sample(sorted(actor.scopes), dice.randrange(len(actor.scopes)))
        return replace(actor, scopes=frozenset(scopes))

    def delegate(self, actor: Actor) -> Actor:
        """Return the person acting by a mandate, for some items or for all."""
        dice = self.dice
        codes = frozenset(dice.sample(self.items, dice.randrange(1, 3))) if dice.random() < 0.6 else None
        return replace(
            actor, acting_for=dice.choice(self.world.people), delegation_id=uuid(dice),
            mandate_kind=MandateKind.AGENT, codes=codes, app_id=dice.choice([None, None, self.apps[0]]),
        )  # fmt: skip

    def maker(self) -> Actor:
        """Return a developer of the team that makes all mini-apps."""
        return staff(self.developer, Role.DEVELOPER, self.developer)

    def clerk(self) -> Actor:
        """Return a clerk of one of the offices that cases are at."""
        return staff(
            self.dice.choice(self.world.people), Role.CLERK, self.dice.choice(self.world.ids("department"))
        )

    def other(self) -> Actor:
        """Return somebody else: staff, a visitor, a worker, a stranger of whom there is no row."""
        dice, office = self.dice, self.dice.choice(self.world.ids("department"))
        person = dice.choice(self.world.people)
        role = dice.choice(list(Role))
        return dice.choice((
            ANONYMOUS, WORKER, citizen(uuid(dice)), staff(person, Role.CLERK, office),
            staff(person, Role.CLERK, office), staff(person, role, office),
            self.maker(),
            citizen(person, roles=frozenset({Role.CITIZEN, Role.CLERK})),
        ))  # fmt: skip

    def some(self, count: int, wanted: list[UUID] | None = None) -> list[Actor]:
        """Return different viewers; those in `wanted` ask first."""
        first = [self.of(person) for person in (wanted or [])[:count]]
        rest = [
            self.other() if self.dice.random() < 0.25 else self.of(self.dice.choice(self.world.people))
            for _ in range(count - len(first))
        ]
        return first + rest
