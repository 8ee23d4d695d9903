"""What a party holds of each kind of material, best first."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from identity.actor import Actor
from identity.roles import Role
from identity.visibility import for_asks
from miniapps.materials.queries._visible import CERTIFICATE_NEEDED, IS_NEWEST, VERSION_NEEDED
from miniapps.materials.rules import IDENTITY_KIND, CertificateState, Holding, Source, Trust, best
from storage.db import fetch

IDENTITY_TITLE = "居民身份证（实名登录）"


class WalletFile(NamedTuple):
    """The sealed file of a version: its id and keys only, and whether a case has used it."""

    id: UUID
    citizen_key: bytes | None
    archive_key: bytes | None
    used: bool


@cache
def held(roles: frozenset[Role]) -> str:
    """Return a subquery of what `asks.party_id` holds of `asks.kinds` and who holds `roles` may see.

    It stands in a statement with an item `asks` of WITH: `acting_for`, `party_id`, `kinds`, and `on_`, the
    local date on which a certificate has to be good.  Order by `BEST_FIRST`; `held_best` and
    `held_files` take the rows.
    """
    return f"""
SELECT 'certificate' AS source, certificate.id, certificate.kind, certificate.title, '{Trust.A}' AS trust,
  valid_until, issued_on, NULL::uuid AS object_id, NULL::bytea AS citizen_key, NULL::bytea AS archive_key,
  false AS used
FROM asks JOIN certificate ON certificate.party_id = asks.party_id
WHERE {for_asks(CERTIFICATE_NEEDED, roles, row="certificate")} AND certificate.kind = ANY(asks.kinds)
  AND certificate.state = '{CertificateState.NORMAL}' AND (valid_until IS NULL OR valid_until >= asks.on_)
UNION ALL
SELECT 'wallet', material_version.id, material.kind, material.title, material_version.trust,
  NULL, NULL, stored.id, stored.citizen_key, stored.archive_key, EXISTS (
    SELECT FROM material_use AS use
    WHERE use.party_id = asks.party_id AND use.holding_id = material_version.id)
FROM asks JOIN material_version ON material_version.party_id = asks.party_id
JOIN material ON material.id = material_version.material
JOIN vault_object AS stored ON stored.id = material_version.object
WHERE {for_asks(VERSION_NEEDED, roles, row="material_version")} AND material.kind = ANY(asks.kinds)
  AND NOT material.hidden AND {IS_NEWEST}"""  # noqa: S608


BEST_FIRST = "source, issued_on DESC, trust, id DESC"
"""A certificate, the one issued last; then the wallet by trust and newness."""


async def holdings(actor: Actor, party_id: UUID, kinds: Collection[str], *, on: date) -> dict[str, Holding]:
    """Return the best holding of each of `kinds` good on the local date `on`; a kind not held is absent.

    Order: the sign-in itself for the ID card, then a certificate, then the wallet by trust and newness.
    One statement, however many kinds.  A wallet the actor may not see is simply empty.
    """
    wanted = sorted(set(kinds))
    if not wanted:
        return {}
    rows = await fetch(_statement(actor.roles), actor.acting_for, party_id, wanted, on)
    return held_best(actor, wanted, rows)


@cache
def _statement(roles: frozenset[Role]) -> str:
    return f"""
WITH asks AS NOT MATERIALIZED (
  SELECT $1::uuid AS acting_for, $2::uuid AS party_id, (SELECT $3::text[]) AS kinds, $4::date AS on_)
SELECT source, id, kind, title, trust, valid_until FROM ({held(roles)}) AS held ORDER BY {BEST_FIRST}
"""  # noqa: S608


def held_best(actor: Actor, kinds: Collection[str], rows: Iterable[Mapping[str, Any]]) -> dict[str, Holding]:
    """Return the best holding of each kind, from rows of `held` in the order BEST_FIRST."""
    return best([*_signed_in(actor, kinds), *map(_holding, rows)])


def held_files(rows: Iterable[Mapping[str, Any]]) -> dict[UUID, WalletFile]:
    """Return the sealed files among rows of `held`, by version."""
    return {
        row["id"]: WalletFile(row["object_id"], row["citizen_key"], row["archive_key"], row["used"])
        for row in rows
        if row["source"] == Source.WALLET
    }


def _signed_in(actor: Actor, kinds: Collection[str]) -> list[Holding]:
    """A real-name sign-in (level 2 or 3) of a citizen stands for his ID card, and for nobody else's."""
    is_himself = actor.is_a(Role.CITIZEN) and actor.delegation_id is None
    if IDENTITY_KIND not in kinds or not is_himself or actor.level < 2:
        return []
    return [
        Holding(
            source=Source.IDENTITY, id=actor.person_id, kind=IDENTITY_KIND, title=IDENTITY_TITLE,
            trust=Trust.A, valid_until=None, electronic=True,
        )
    ]  # fmt: skip


def _holding(row: Mapping[str, Any]) -> Holding:
    return Holding(
        source=Source(row["source"]), id=row["id"], kind=row["kind"], title=row["title"],
        trust=Trust(row["trust"]), valid_until=row["valid_until"], electronic=True,
    )  # fmt: skip
