"""What an authorization request asks of the sign-in: how strong, how fresh, and whose."""

from datetime import datetime, timedelta
from typing import Any

from identity.actor import Actor
from identity.assurance import acr_of
from identity.oidc.asking import Asked
from identity.oidc.claims import level
from identity.roles import Role
from identity.subjects import pairwise_sub


def suffices(asked: Asked, actor: Actor, *, since: datetime, now: datetime) -> bool:
    """Say whether this sign-in is one that the request, which came at `since`, may be answered for."""
    return needed(asked, actor, since=since, now=now) is None and not is_other(asked, actor)


def needed(asked: Asked, actor: Actor | None, *, since: datetime, now: datetime) -> dict[str, Any] | None:
    """Return what to tell the sign-in page; None when the sign-in there is will do.

    One after the request came, `since`, is always fresh enough.
    """
    told = _told(asked)
    if actor is None:
        return told
    if not actor.is_a(Role.CITIZEN) or actor.authenticated_at is None:  # in a post nobody signs in elsewhere
        return told | {"prompt": "login"}
    if asked.levels_essential and (wanted := asked.level_needed(actor.level)) is not None:
        return told | {"acr_values": acr_of(wanted)}
    if actor.authenticated_at >= since:
        return None
    if {"login", "select_account"}.intersection(asked.prompt):
        return told
    if asked.max_age is not None and now - actor.authenticated_at > timedelta(seconds=asked.max_age):
        return told
    return None


def stronger(asked: Asked, actor: Actor | None) -> dict[str, Any] | None:
    """Return what to tell the sign-in page when a stronger sign-in is wished, or it must be somebody else.

    It is asked for once: who comes back without it goes on without what it was for.
    """
    if actor is None or "none" in asked.prompt:
        return _told(asked) if actor is not None and is_other(asked, actor) else None
    if is_other(asked, actor):
        return _told(asked) | {"prompt": "login"}
    wanted = asked.level_needed(actor.level) or actor.level
    wanted = max(wanted, *(level(key) for key in asked.keys))
    return None if wanted <= actor.level else _told(asked) | {"acr_values": acr_of(wanted)}


def is_other(asked: Asked, actor: Actor) -> bool:
    """Say whether somebody else is signed in than the request names."""
    return asked.sub is not None and pairwise_sub(asked.client_id, actor.person_id) != asked.sub


def _told(asked: Asked) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if {"login", "select_account"}.intersection(asked.prompt):
        told["prompt"] = "login"
    if asked.max_age is not None:
        told["max_age"] = asked.max_age
    wanted = max([asked.level_needed(0) or 1, *(level(key) for key in asked.keys)])
    return told | {"acr_values": acr_of(wanted)} | ({"ui_style": asked.ui_style} if asked.ui_style else {})
