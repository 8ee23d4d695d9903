"""What the pages of one office share: who may be there, the sections beside each page, what was done."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Response

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.drawing import drawn
from api.pages.forms import Form
from api.pages.signed_in import holder, sender
from banshi.scopes import Scope


class Section(NamedTuple):
    """One page that is named beside all others."""

    path: str
    label: str


class Office(NamedTuple):
    """The pages of one duty."""

    title: str
    home: str
    scope: Scope  # without it nobody is let in
    sections: tuple[Section, ...]
    done: Mapping[str, str]  # what a page says after a form was sent and the browser came back to it


async def present(request: AnyRequest, office: Office, scope: Scope | None = None) -> Asker:
    """Return who is in the office.

    Raises: NotSignedIn, ScopeMissing, RateLimited.
    """
    return await holder(request, scope or office.scope)


async def sent(request: AnyRequest, office: Office, scope: Scope | None = None) -> tuple[Form, Asker]:
    """Return what a form of the office says and who sent it.

    Raises: FormExpired, and as `present` does.
    """
    return await sender(request, scope or office.scope)


def shown(
    request: AnyRequest, office: Office, template: str, asker: Asker, *, team: str = "", **values: Any
) -> Response[bytes]:
    """Return a page of the office; `team` names for whom a developer is there."""
    done = office.done.get(request.query_params.get("done", ""), "")
    path = str(request.url.path)
    inside = [section.path for section in office.sections if path.startswith(section.path)]
    return drawn(
        request, template, asker=asker, now=asker.now, office=office, done=done, team=team,
        current=max(inside, key=len, default=""), **values,
    )  # fmt: skip
