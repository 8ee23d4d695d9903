"""Mini-apps, put straight into their tables: the bench opens none, it lists them."""

import json
from datetime import datetime

from bench._lab.data import words
from bench._lab.data.population import Population
from storage.db import execute
from storage.ids import new_id


async def bring(population: Population, *, now: datetime) -> None:
    """Store `population.apps` listed mini-apps with one released version each."""
    for number in range(population.apps):
        name = words.OBJECTS[number % len(words.OBJECTS)] + "通"
        app_id, app, version = f"bench-app-{number:03d}", new_id(), new_id()
        manifest = {
            "format": 1, "id": app_id, "name": name, "version": "1.0.0", "department": "浙江省数据局",
            "operator": "浙江省数据局", "purpose": "办理" + name, "entry": "https://example.com/",
            "scopes": {}, "regions": ["330000"], "retention_days": 0, "hotline": "12345",
        }  # fmt: skip
        await execute(
            "INSERT INTO mini_app (id, app_id, name, purpose, department, operator, team_id, state,"
            " state_reason, released_id, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $5, $1, 'listed', '', $6, $7)",
            app, app_id, name, "办理" + name, "浙江省数据局", version, now,
        )  # fmt: skip
        await execute(
            "INSERT INTO mini_app_version (id, app, team_id, version, manifest, text, state, submitted_by,"
            " submitted_at, reviewed_by, reviewed_at, reason)"
            " VALUES ($1, $2, $2, '1.0.0', $3::jsonb, $3::jsonb::text, 'approved', $2, $4, $1, $4, '')",
            version, app, json.dumps(manifest), now,
        )  # fmt: skip
