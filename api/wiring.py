"""Handing each part of the system its settings: the same for the server, the worker and the commands."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from api.settings import Settings
from banshi.errors import Unavailable
from banshi.gate import Chromium
from identity import (
    audit,
    clients,
    registries,
    session_tokens,
    sessions,
    signing,
    tokens,
    verdicts,
    verifier,
)
from identity.chain import heads, watch
from identity.methods import site
from identity.oidc import issuer
from identity.oidc.issuer import OidcSettings
from identity.registries import FirmProof, GuardianProof, Registries
from identity.sandbox import SandboxNetworkId, SandboxRegistries, SandboxSender, SandboxVerifier
from identity.settings import AuditSettings, SessionSettings
from identity.verifier import Facts, Proof
from miniapps.cases import service as cases
from miniapps.catalog.service import origins, packages, stock
from miniapps.catalog.service.origins import OriginsSettings
from miniapps.catalog.service.stock import StockSettings
from miniapps.gateway import service as gateway
from miniapps.gateway.service import GatewaySettings
from miniapps.insight import service as insight
from miniapps.items import queries as items
from miniapps.review import service as review
from miniapps.shelf import queries as shelf
from storage import clock, db, news, objects, outgoing, queue, seal
from storage.inspection import desk
from storage.inspection.desk import InspectionSettings


class NoVerifier:
    """Stands where no authority is connected yet: nobody can sign in by ID card, and is told so."""

    methods: frozenset[str] = frozenset()

    async def verify(self, method: str, form: Mapping[str, str], *, address: str, now: datetime) -> Proof:
        """Refuse: there is nobody to ask."""
        raise Unavailable(system="identity authority")

    async def match(self, number: str, name: str, *, address: str, now: datetime) -> Facts | None:
        """Refuse: there is nobody to ask."""
        raise Unavailable(system="identity authority")


class NoRegistries:
    """Stands where no register is connected yet: nobody can come to act for a firm or a ward."""

    async def representative(self, code: str, *, number: str, name: str, now: datetime) -> FirmProof:
        """Refuse: there is nobody to ask."""
        raise Unavailable(system="register of firms")

    async def guardian(
        self, *, number: str, name: str, ward_number: str, ward_name: str, now: datetime
    ) -> GuardianProof:
        """Refuse: there is nobody to ask."""
        raise Unavailable(system="records of guardianship")

    async def self_supporting(self, *, number: str, now: datetime) -> str | None:
        """Refuse: there is nobody to ask."""
        raise Unavailable(system="records of guardianship")


def configure(settings: Settings) -> None:
    """Tell every part its settings; nothing is connected yet."""
    seal.configure(settings.seal)
    clock.configure(settings.clock)
    objects.configure(settings.objects)
    outgoing.configure(settings.outgoing_ports)
    desk.configure(InspectionSettings(scan=settings.scan, clamd=settings.clamd))
    sessions.configure(
        SessionSettings(
            idle=timedelta(minutes=settings.session_idle_minutes),
            absolute=timedelta(hours=settings.session_hours),
            staff_second_factor=settings.staff_second_factor == "required",
        )
    )
    site.configure(settings.public_url)
    _configure_mini_apps(settings)
    signing.configure(settings.signing)
    folder = Path(settings.audit_folder) if settings.audit_folder else None
    heads.configure(AuditSettings(folder=folder))
    issuer.configure(OidcSettings(issuer=settings.public_url, loopback_allowed=not settings.production))
    tokens.configure(issuer.api())
    session_tokens.configure(settings.public_url)
    cases.share_statements(settings.uses("groups"))
    if settings.verifier == "sandbox":
        sandbox = SandboxVerifier(production=settings.production)
        verifier.configure(sandbox, sms=SandboxSender(), network_id=SandboxNetworkId())
        known = SandboxRegistries(production=settings.production)
        registries.configure(Registries(firms=known, families=known))
    else:
        verifier.configure(NoVerifier())
        registries.configure(Registries(firms=NoRegistries(), families=NoRegistries()))


def _configure_mini_apps(settings: Settings) -> None:
    review.configure(
        Chromium(
            program=settings.chromium,
            has_sandbox=settings.chromium_sandbox == "on",
            walls=settings.chromium_namespaces,
        )
    )
    origins.configure(
        OriginsSettings(
            scheme=settings.public_url.partition(":")[0],
            host=settings.apps_host,
            packages_only=settings.production,
        )
    )
    gateway.configure(GatewaySettings(app_per_s=settings.app_calls_per_s, loopback=not settings.production))
    stock.configure(
        StockSettings(
            most_bytes=settings.team_storage_mib * 2**20,
            most_a_day=settings.app_versions_a_day,
            kept_days=settings.ended_files_days,
        )
    )


@asynccontextmanager
async def attentive(settings: Settings) -> AsyncIterator[None]:
    """Let this process remember what PostgreSQL tells it changes of: for servers, inside `wired`."""
    async with AsyncExitStack() as stack:
        listeners = [clock.listener(), clients.listener(), signing.listener(), packages.listener()]
        listeners += [shelf.listener(), shelf.SHOWN_IN.listener(), items.OFFERED_IN.listener()]
        listeners += gateway.listeners()
        if settings.uses("verdicts"):
            listeners.append(await stack.enter_async_context(verdicts.remembered(clock.now)))
        await stack.enter_async_context(news.listening(settings.database.url, *listeners))
        await stack.enter_async_context(watch.watching(timedelta(hours=settings.audit_patience_hours)))
        yield


@asynccontextmanager
async def wired(settings: Settings) -> AsyncIterator[None]:
    """Connect this process to its servers, for the duration of the block."""
    configure(settings)
    await db.connect(settings.database)
    try:
        await queue.connect(settings.queue)
        async with audit.buffered_reads(), insight.counting(clock.now):
            yield
    finally:
        await queue.disconnect()
        await db.disconnect()
        objects.close()
