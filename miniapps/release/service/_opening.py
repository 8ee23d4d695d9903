"""Opening a mini-app for a citizen, in the version that is his."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from banshi.errors import NotSignedIn, RateLimited
from banshi.manifest import Manifest
from banshi.scopes import Scope
from identity import audit, consents, regions, subjects, tokens
from identity.actor import Actor
from miniapps.catalog import rules as catalog
from miniapps.catalog.errors import AppConsentMissing, AppNotFound, AppSuspended
from miniapps.catalog.rules import AppState
from miniapps.catalog.service import origins
from miniapps.catalog.tables import MiniApp
from miniapps.insight.rules.counting import What
from miniapps.insight.service import note
from miniapps.release import queries
from miniapps.release.errors import HostTooOld, NotServedHere
from miniapps.release.queries import Choice, Setting
from miniapps.release.rules.needs import prefixes
from miniapps.release.service._pins import pin
from storage import limits
from storage.db import transaction

MOST_NAMED = 5  # regions in a refusal
ONCE_A_DAY = 1 / 86_400  # a second


@dataclass(frozen=True)
class Opening:
    """What the phone host needs to show a mini-app to a citizen."""

    app: MiniApp
    version: str
    entry: str
    token: str
    sub: str  # the citizen as this mini-app knows him, and no other does
    scopes: tuple[Scope, ...]  # what the token gives now
    notices: tuple[str, ...]  # for him to read: what it cannot do at the moment, and why
    expires_at: datetime


@dataclass(frozen=True)
class Terms:
    """What a citizen reads before a mini-app is opened for him, in the version that is his."""

    app: MiniApp
    version: str
    entry: str
    scopes: dict[str, str]  # each that it asks for, and the reason of its manifest
    agreed: frozenset[str]  # those that he agreed to before

    @property
    def is_agreed(self) -> bool:
        """Say whether it opens without another word."""
        return self.agreed >= self.scopes.keys()


async def terms(actor: Actor, app_id: str, setting: Setting | None = None, *, now: datetime) -> Terms:
    """Return what the mini-app asks of the citizen; nothing is opened, and no version kept for him.

    Raises: NotSignedIn, AppNotFound, HostTooOld, NotServedHere, AppSuspended, as `open_` does.
    """
    if actor.session_id is None:
        raise NotSignedIn
    setting = setting or Setting.of(actor)
    async with transaction():
        choice = await queries.asked(actor, app_id, setting, now=now)
        made = await queries.manifest_of(await _allowed(choice, setting))
        agreed = await _agreed_before(actor, app_id)
    found = Terms(choice.app, made.version, origins.entry(made), made.scopes, agreed & made.scopes.keys())
    if not found.is_agreed:
        await _count_once(actor, made, What.CONSENT_ASKED)
    return found


async def open_(
    actor: Actor, app_id: str, granted: Collection[str], setting: Setting | None = None, *, now: datetime
) -> Opening:
    """Open a mini-app for a citizen: record what he agrees to and give a token for just that.

    He gets the version that `rules.choice` has for him; his session keeps it until it is stopped.
    An empty `granted` uses what he agreed to before, as far as this version asks for it.
    `setting` says by which host and where; None: by the platform's own, where he lives.

    Raises:
        AppNotFound: there is no such mini-app, or no version of it for him.
        HostTooOld, NotServedHere: none that he could get suits his host, or his place.
        AppSuspended: an operator switched it off; its words are for the citizen.
        AppConsentMissing: he has not agreed to all the mini-app asks for.
        ScopeNotDeclared: he was made to agree to something it does not ask for.
    """
    if actor.session_id is None:
        raise NotSignedIn
    setting = setting or Setting.of(actor)
    async with transaction():
        choice = await queries.asked(actor, app_id, setting, now=now)
        version_id = await _pinned(actor, choice, await _allowed(choice, setting), now=now)
        made = await queries.manifest_of(version_id)
        agreed = frozenset(granted) or await _agreed_before(actor, app_id) & made.scopes.keys()
        await _check_consent(actor, made, agreed, is_told=bool(granted))
        scopes = frozenset(map(Scope, agreed))
        if granted:
            await consents.grant(actor, app_id, scopes, now=now)
        token = await tokens.issue(actor, app_id, scopes, version_id=version_id, now=now)
        await audit.record(actor, "app.open", f"app/{app_id}", made.version, now=now)
    note(app_id, made.version, What.OPEN, by=actor.person_id)
    if granted:
        await _count_once(actor, made, What.CONSENT_GRANTED)
    return _opening(actor, choice, made, scopes, token, now=now)


def _opening(
    actor: Actor, choice: Choice, made: Manifest, scopes: frozenset[Scope], token: str, *, now: datetime
) -> Opening:
    lost = sorted(scope for scope in scopes if scope in choice.halted)
    return Opening(
        app=choice.app, version=made.version, entry=origins.entry(made), token=token,
        sub=subjects.pairwise_sub(made.id, actor.acting_for),  # whose matter it is, also by a mandate
        scopes=tuple(sorted(scopes.difference(lost))),
        notices=tuple(choice.halted[scope] for scope in lost), expires_at=now + tokens.LIFE,
    )  # fmt: skip


async def _allowed(choice: Choice, setting: Setting) -> UUID:
    """Return the version the citizen gets.  Raises: AppNotFound, AppSuspended, HostTooOld, NotServedHere."""
    app = choice.app
    goes_on = choice.pinned is not None and choice.version_id == choice.pinned
    if app.state == AppState.SUSPENDED or (app.state == AppState.DELISTED and not goes_on):
        raise AppSuspended(app_id=app.app_id, reason=app.state_reason)
    if choice.version_id is not None:
        return choice.version_id
    if choice.missed is None:
        raise AppNotFound(app=app.app_id)
    made = await queries.manifest_of(choice.missed)
    if not setting.place.startswith(prefixes(tuple(made.regions))):
        raise NotServedHere(name=made.name, places=_places(made.regions))
    raise HostTooOld(name=made.name, needed=made.min_host_version)


def _places(codes: Sequence[str]) -> str:
    """Return what the first of the regions are called, and how many there are."""
    named = "、".join(regions.full_name(code) for code in codes[:MOST_NAMED])
    return named if len(codes) <= MOST_NAMED else f"{named}等 {len(codes)} 个地区"


async def _pinned(actor: Actor, choice: Choice, version_id: UUID, *, now: datetime) -> UUID:
    if version_id == choice.pinned:
        return version_id
    left = choice.stopped if choice.pinned is None else (*choice.stopped, choice.pinned)
    return await pin(actor, choice.app.id, version_id, stopped=left, now=now)


async def _check_consent(actor: Actor, made: Manifest, agreed: frozenset[str], *, is_told: bool) -> None:
    """Check that all is agreed to that the version asks for, and count what the citizen says to it."""
    try:
        catalog.check_consent(made.id, made.scopes, agreed)
    except AppConsentMissing:
        await _count_once(actor, made, What.CONSENT_REFUSED if is_told else What.CONSENT_ASKED)
        raise


async def _count_once(actor: Actor, made: Manifest, what: What) -> None:
    """Count what was asked or said of consent: of one person and version once a day.

    Sheets are reloaded, closed and opened again: counted each time, they would bend the share of who agrees.
    """
    with suppress(RateLimited):
        name = f"counted:{what.name}:{made.id}:{made.version}:{actor.person_id}"
        await limits.take(name, capacity=1, per_s=ONCE_A_DAY)
        note(made.id, made.version, what)


async def _agreed_before(actor: Actor, app_id: str) -> frozenset[str]:
    consent = await consents.in_force(actor.acting_for, app_id)
    return frozenset(consent.scopes) if consent else frozenset()
