"""What a switch stops, as people call it: mini-apps, teams and organs by their names."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from uuid import UUID

from api.web.manifests import SCOPES
from identity import departments, teams
from miniapps.catalog import queries as catalog
from miniapps.release.rules.switches import SwitchKind

Target = tuple[str, str]  # a kind, and what it names


async def names(targets: Iterable[Target]) -> Mapping[Target, str]:
    """Return what targets are called; what nobody knows is called by its code."""
    known = list(targets)
    apps = await catalog.names([_app_id(code) for kind, code in known if kind in OF_APPS])
    makers = await _makers([code for kind, code in known if kind == SwitchKind.DEVELOPER])
    return {(kind, code): _name(kind, code, apps, makers) for kind, code in known}


OF_APPS = (SwitchKind.APP, SwitchKind.LISTING, SwitchKind.VERSION)


def _app_id(code: str) -> str:
    return code.partition("@")[0]


def _name(kind: str, code: str, apps: Mapping[str, str], makers: Mapping[str, str]) -> str:
    if kind in OF_APPS:
        _, at, version = code.partition("@")
        name = apps.get(_app_id(code), "")
        return f"{name}{at and ' '}{version}（{_app_id(code)}）" if name else code
    if kind == SwitchKind.DEVELOPER:
        return makers.get(code, code)
    return f"{SCOPES[code]}（{code}）" if code in SCOPES else code


async def _makers(codes: Iterable[str]) -> Mapping[str, str]:
    ids = []
    for code in codes:
        with suppress(ValueError):
            ids.append(UUID(code))
    if not ids:
        return {}
    known = {str(team.id): str(team.name) for team in await teams.by_ids(ids)}
    return known | {str(organ.id): str(organ.name) for organ in await departments.by_ids(ids)}
