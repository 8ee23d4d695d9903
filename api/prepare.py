"""What must be done before serving: migrate, make the bucket, seed, hand in what is our own.

`python -m api.prepare` does all.
"""

import asyncio
import contextlib
import io
import os
import sys
from collections.abc import Awaitable

from api.settings import BadSettings, Settings
from api.supervisor.fingerprint import fingerprint
from api.supervisor.ready import await_go
from api.wiring import wired
from identity import seed as identity
from miniapps.calendar import service as calendar
from miniapps.catalog.service import first_party
from miniapps.items import service as items
from miniapps.notices import service as notices
from miniapps.release import service as release
from miniapps.shelf import service as shelf
from storage import clock, db, objects, queue
from storage.migrations import migrate as run_migrations
from storage.settings import DatabaseSettings

NOT_ALLOWED = "42501"  # PostgreSQL's code of a missing privilege


class Unprepared(Exception):
    """A server that was given does not do; the message names the variable, in one line."""


async def migrate(settings: Settings) -> list[str]:
    """Bring the database up to the code as its owner; return what ran, lowest part first."""
    if not settings.database.owner_url:
        raise Unprepared("BANSHI_DATABASE_OWNER_URL is missing: only the owner may migrate")
    as_owner = DatabaseSettings(url=settings.database.owner_url, pool_min=2, pool_max=2)
    await _try("BANSHI_DATABASE_OWNER_URL", db.connect(as_owner))
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # Piccolo names each on standard output
            return await run_migrations()
    except Exception as error:
        if getattr(error, "sqlstate", None) == NOT_ALLOWED:
            raise Unprepared(
                f"this role may not change the schema ({error}): BANSHI_DATABASE_OWNER_URL is to name the "
                "owner of the database; docs/roles.sql makes one"
            ) from error
        raise
    finally:
        await db.disconnect()


async def note(settings: Settings) -> None:
    """Leave word in the database that this program has prepared it: the supervisor looks before a start."""
    await db.connect(DatabaseSettings(url=settings.database.owner_url, pool_min=1, pool_max=1))
    try:
        await db.execute(f"COMMENT ON TABLE migration IS '{fingerprint(settings)}'")
    finally:
        await db.disconnect()


async def seed(settings: Settings) -> None:
    """Store what must be there before the first citizen comes; as often as you like.

    Each part's seed is called here and nowhere else, lowest part first.
    """
    async with wired(settings):
        now = await clock.now()
        await identity.seed(now=now, personas=settings.verifier == "sandbox")
        await calendar.seed(now=now)
        await notices.seed(now=now)
        await items.seed(now=now)
        await shelf.seed(now=now)


async def bring(settings: Settings) -> None:
    """Hand in what is new of the platform's own mini-apps; with invented people it is released, too."""
    async with wired(settings):
        now = await clock.now()
        await first_party.bring(now=now)
        if settings.verifier == "sandbox" and not settings.production:
            await release.play(now=now)


async def check(settings: Settings) -> None:
    """Ask each server something; make the bucket if there is none.

    Raises:
        Unprepared: the first that does not answer as it should.
    """
    await _try("BANSHI_DATABASE_URL", db.connect(settings.database))
    await db.disconnect()
    await _try("BANSHI_REDIS_URL", _ping(settings))
    objects.configure(settings.objects)
    await _try(
        "BANSHI_S3_ENDPOINT, _ACCESS_KEY, _SECRET_KEY or _BUCKET", objects.ensure_bucket(_origins(settings))
    )
    objects.close()


async def _ping(settings: Settings) -> None:
    await queue.connect(settings.queue)
    try:
        await queue.redis().ping()
    finally:
        await queue.disconnect()


def _origins(settings: Settings) -> list[str]:
    return [settings.public_url, *settings.cors_origins]


async def _try(variables: str, work: Awaitable[None]) -> None:
    try:
        await work
    except Exception as error:  # whatever a driver raises: the person must learn which variable it was
        raise Unprepared(
            f"{variables} does not work: {type(error).__name__}: {' '.join(str(error).split())}"
        ) from error


async def prepare(settings: Settings) -> None:
    """Check, migrate, seed, hand in; say in a line what was done."""
    await check(settings)
    if settings.database.owner_url:
        ran = await migrate(settings)
        sys.stdout.write(f"{len(ran)} migrations ran\n" if ran else "")
        await seed(settings)
        await bring(settings)
        await note(settings)
    else:
        sys.stdout.write(
            "BANSHI_DATABASE_OWNER_URL is not given: `banshi migrate` and `banshi seed` are left to you\n"
        )


def main() -> None:
    """Prepare; say in one line what is in the way."""
    await_go()
    try:
        asyncio.run(prepare(Settings.read(os.environ)))
    except (BadSettings, Unprepared) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
