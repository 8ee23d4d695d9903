"""Verbs of the catalogue: define, publish, withdraw; and the shipped texts."""

import hashlib
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from identity import audit
from identity.actor import EDITOR, WORKER, Actor
from miniapps.items import queries
from miniapps.items.errors import ItemNotFound, ItemOwnPublication, ItemTextInvalid, ItemVersionNotDraft
from miniapps.items.events import ItemPublished, ItemWithdrawn
from miniapps.items.rules import TOPICS, CompiledItem, Words, compile_text, document
from miniapps.items.tables import ItemVersion, VersionState
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from storage.outbox import emit

SHIPPED = Path(__file__).parent / "texts"

_STANDING = (VersionState.DRAFT, VersionState.PUBLISHED)


async def define(actor: Actor, text: str, *, now: datetime) -> ItemVersion:
    """Store `text` as a draft, the next version of its item; when that has the same text already, return it.

    Raises: ItemTextInvalid naming every error.
    """
    item = _compile(text)
    digest = _digest(text)
    async with transaction():
        await execute(
            "INSERT INTO item (id, code, name, agency, regions, life_events, pinyin, initials)"
            " VALUES ($1, $2, $3, $4, '{}', '{}', '', '') ON CONFLICT (code) DO NOTHING",
            new_id(), item.code, item.name, item.agency,
        )  # fmt: skip
        [row] = await fetch("SELECT id FROM item WHERE code = $1 FOR UPDATE", item.code)
        last = await _last(row["id"])
        if last is not None and last.digest == digest and last.state in _STANDING:
            return last
        draft = ItemVersion(
            item=row["id"],
            number=last.number + 1 if last else 1,
            state=VersionState.DRAFT,
            text=text,
            digest=digest,
            compiled=msgspec.json.encode(item).decode(),
            defined_by=actor.person_id,
            defined_at=now,
        )
        await draft.save()
        await audit.record(actor, "item.define", f"item/{item.code}/{draft.number}", now=now)
    return draft


async def publish(actor: Actor, version_id: UUID, *, now: datetime) -> ItemVersion:
    """Put a draft in force; the version before it is superseded.  Publishing it again changes nothing.

    Raises:
        ItemNotFound: no such version.
        ItemOwnPublication: the actor defined it.
        ItemVersionNotDraft: it was superseded or withdrawn.
    """
    async with transaction():
        draft = await _lock(version_id)
        if draft.state == VersionState.PUBLISHED:
            return draft
        if draft.state != VersionState.DRAFT:
            raise ItemVersionNotDraft(version=version_id, state=VersionState(draft.state).value)
        if draft.defined_by == actor.person_id:
            raise ItemOwnPublication(version=version_id)
        await _retire(draft.item, VersionState.SUPERSEDED, now=now)
        draft.state, draft.published_by, draft.published_at = VersionState.PUBLISHED, actor.person_id, now
        await draft.save([ItemVersion.state, ItemVersion.published_by, ItemVersion.published_at])
        item = queries.compiled(draft)
        await _offer(draft, item)
        await emit(ItemPublished(party_id=None, item_id=draft.item, version_id=draft.id, at=now), now=now)
        await audit.record(actor, "item.publish", f"item/{item.code}/{draft.number}", now=now)
    return draft


async def withdraw(actor: Actor, code: str, *, now: datetime) -> ItemVersion:
    """Take an item out of the catalogue (下架); cases begun under it go on.

    Raises: ItemNotFound when it is not offered.
    """
    async with transaction():
        [row] = await fetch("SELECT id, current_id FROM item WHERE code = $1 FOR UPDATE", code) or [{}]
        if row.get("current_id") is None:
            raise ItemNotFound(code=code)
        await _retire(row["id"], VersionState.WITHDRAWN, now=now)
        await execute("UPDATE item SET current_id = NULL WHERE id = $1", row["id"])
        gone = ItemWithdrawn(party_id=None, item_id=row["id"], version_id=row["current_id"], at=now)
        await emit(gone, now=now)
        await audit.record(actor, "item.withdraw", f"item/{code}", now=now)
    return await queries.version(row["current_id"])


async def index(row: ItemVersion, words: Words) -> None:
    """Write what finds an item; a version that is no longer in force leaves the index as it is."""
    item = queries.compiled(row)
    syllables = words.syllables
    await execute(
        "UPDATE item SET indexed_id = $1, pinyin = $2, initials = $3, document = $4::tsvector"
        " WHERE current_id = $1",
        row.id,
        "".join(syllables),
        "".join(syllable[0] for syllable in syllables),
        document(item.name, (*item.aliases, *item.keywords), item.code, words),
    )


async def bring(text: str, *, now: datetime) -> ItemVersion:
    """Define and publish a text from the command line or the shipped folder, as two parts of the system.

    Raises: ItemTextInvalid.
    """
    async with transaction():
        draft = await define(EDITOR, text, now=now)
        published = await publish(WORKER, draft.id, now=now)
    return published


async def _offer(version: ItemVersion, item: CompiledItem) -> None:
    await execute(
        "UPDATE item SET current_id = $2, name = $3, agency = $4, regions = $5, life_events = $6,"
        " summary = $7, kind = $8, target = $9, instant = $10, declared_trips = $11, sample = $12"
        " WHERE id = $1",
        version.item, version.id, item.name, item.agency, list(item.regions), list(item.life_events),
        item.summary, item.kind.value, item.target.value, item.instant, item.declared_trips, item.sample,
    )  # fmt: skip


async def seed(*, now: datetime) -> list[str]:
    """Store the topics, publish each shipped text that this database has never held; return the codes.

    What an operator published since stays in force, for its item's shipped text has been there before.
    """
    await _store_topics()
    texts = {_digest(text): text for text in map(_text_of, sorted(SHIPPED.glob("*.yaml")))}
    rows = await fetch("SELECT digest FROM item_version WHERE digest = ANY($1)", list(texts))
    known = {row["digest"] for row in rows}
    fresh = [text for digest, text in texts.items() if digest not in known]
    return [queries.compiled(await bring(text, now=now)).code for text in fresh]


async def _store_topics() -> None:
    """Bring the table in step with the vocabulary: nobody but it names life events."""
    await execute(
        "INSERT INTO item_topic AS t (code, name, place, for_elders)"
        " SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::bool[])"
        " ON CONFLICT (code) DO UPDATE"
        " SET name = excluded.name, place = excluded.place, for_elders = excluded.for_elders"
        " WHERE (t.name, t.place, t.for_elders) IS DISTINCT FROM"
        " (excluded.name, excluded.place, excluded.for_elders)",
        [topic.code for topic in TOPICS], [topic.name for topic in TOPICS],
        [topic.place for topic in TOPICS], [topic.for_elders for topic in TOPICS],
    )  # fmt: skip


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _compile(text: str) -> CompiledItem:
    compilation = compile_text(text)
    if compilation.item is None:
        raise ItemTextInvalid(compilation.errors)
    return compilation.item


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def _last(item_id: UUID) -> ItemVersion | None:
    versions = ItemVersion.objects().where(ItemVersion.item == item_id)
    return await versions.order_by(ItemVersion.number, ascending=False).first()


async def _lock(version_id: UUID) -> ItemVersion:
    """Return the version with its item's row locked, so that publications of one item take turns."""
    found = await fetch(
        "SELECT i.id FROM item AS i JOIN item_version AS v ON v.item = i.id WHERE v.id = $1 FOR UPDATE OF i",
        version_id,
    )
    if not found:
        raise ItemNotFound(code=version_id)
    return await queries.version(version_id)


async def _retire(item_id: UUID, state: VersionState, *, now: datetime) -> None:
    await execute(
        "UPDATE item_version SET state = $2, withdrawn_at = $3 WHERE item = $1 AND state = 'published'",
        item_id, state.value, now,
    )  # fmt: skip
