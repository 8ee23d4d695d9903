"""What a party holds of each kind of material, best first."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from piccolo.columns.combination import WhereRaw

from identity.actor import Actor
from identity.roles import Role
from identity.visibility import where
from miniapps.materials.queries._visible import CERTIFICATE, NEWEST, VERSION
from miniapps.materials.rules import IDENTITY_KIND, CertificateState, Holding, Source, Trust, best
from miniapps.materials.tables import Certificate, MaterialVersion

IDENTITY_TITLE = "居民身份证（实名登录）"


async def holdings(actor: Actor, party_id: UUID, kinds: Collection[str], *, on: date) -> dict[str, Holding]:
    """Return the best holding of each of `kinds` good on the local date `on`; a kind not held is absent.

    Order: the sign-in itself for the ID card, then a certificate, then the wallet by trust and newness.
    Two statements, however many kinds.  A wallet the actor may not see is simply empty.
    """
    wanted = sorted(set(kinds))
    if not wanted:
        return {}
    certificates = await _certificates(actor, party_id, wanted, on)
    files = await _files(actor, party_id, wanted)
    return best([*_signed_in(actor, wanted), *certificates, *files])


def _signed_in(actor: Actor, kinds: Collection[str]) -> list[Holding]:
    """A real-name sign-in (level 2 or 3) of a citizen stands for his ID card."""
    if IDENTITY_KIND not in kinds or not actor.is_a(Role.CITIZEN) or actor.level < 2:
        return []
    return [
        Holding(
            source=Source.IDENTITY, id=actor.person_id, kind=IDENTITY_KIND, title=IDENTITY_TITLE,
            trust=Trust.A, valid_until=None, electronic=True,
        )
    ]  # fmt: skip


async def _certificates(actor: Actor, party_id: UUID, kinds: list[str], on: date) -> list[Holding]:
    table = Certificate
    rows = (
        await table.select(table.id, table.kind, table.title, table.valid_until)
        .where(
            where(CERTIFICATE, actor),
            table.party_id == party_id,
            WhereRaw("certificate.kind = ANY({})", kinds),
            table.state == CertificateState.NORMAL,
            WhereRaw("(certificate.valid_until IS NULL OR certificate.valid_until >= {})", on),
        )
        .order_by(table.issued_on, table.id, ascending=False)
    )
    return [Holding(source=Source.CERTIFICATE, trust=Trust.A, electronic=True, **row) for row in rows]


async def _files(actor: Actor, party_id: UUID, kinds: list[str]) -> list[Holding]:
    table = MaterialVersion
    kind, title = table.material.kind, table.material.title
    rows = (
        await table.select(table.id, table.trust, kind.as_alias("kind"), title.as_alias("title"))
        .where(
            where(VERSION, actor),
            table.party_id == party_id,
            WhereRaw("{} = ANY({})", kind, kinds),
            WhereRaw("NOT {}", table.material.hidden),
            NEWEST,
        )
        .order_by(table.trust)
        .order_by(table.id, ascending=False)
    )
    return [_file(row["id"], row["kind"], row["title"], row["trust"]) for row in rows]


def _file(id_: UUID, kind: str, title: str, trust: str) -> Holding:
    return Holding(
        source=Source.WALLET, id=id_, kind=kind, title=title, trust=Trust(trust), valid_until=None,
        electronic=True,
    )  # fmt: skip
