"""Describing mini-apps for search."""

from datetime import datetime

from miniapps.items.rules import Words, document, normal
from miniapps.shelf import queries
from miniapps.shelf.queries import Unindexed
from storage import words
from storage.db import execute, transaction

_STORE = """
INSERT INTO shelf_entry AS e (app_id, version_id, name, purpose, department, regions, min_host_version,
  document)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::tsvector)
ON CONFLICT (app_id) DO UPDATE SET version_id = excluded.version_id, name = excluded.name,
  purpose = excluded.purpose, department = excluded.department, regions = excluded.regions,
  min_host_version = excluded.min_host_version, document = excluded.document
"""


async def index() -> int:
    """Describe up to 200 mini-apps whose released version is not described; return how many.

    One start of the dictionaries serves all that wait.
    Raises: Unavailable when the dictionaries fail.
    """
    async with transaction():
        waiting = await queries.lock_unindexed()
        if waiting:
            heard = await words.read([(normal(each.manifest.name), body(each)) for each in waiting])
            for each, (syllables, tokens) in zip(waiting, heard, strict=True):
                await store(each, Words(syllables=syllables, tokens=tokens))
    return len(waiting)


async def store(app: Unindexed, told: Words) -> None:
    """Keep what finds a mini-app: its name, its id, its department, and the words of its purpose."""
    made = app.manifest
    others = (app.app_id.replace("-", " "), made.department)
    await execute(
        _STORE, app.app_id, app.version_id, made.name, made.purpose, made.department, list(made.regions),
        made.min_host_version, document(made.name, others, "", told),
    )  # fmt: skip


async def index_waiting(*, now: datetime) -> None:
    """Describe what no news told of; a duty, so that nothing released stays unfound."""
    if await queries.is_any_unindexed():
        await index()


def body(app: Unindexed) -> list[str]:
    """Return what a mini-app says beside its name."""
    made = app.manifest
    return [made.purpose, made.department, made.operator, *made.scopes.values()]
