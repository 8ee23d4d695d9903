"""The draft of the shelf as all its pages share it: read, changed, refused in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Response

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.pages.ways import row_id
from api.pages.words import Problem
from api.web.mistakes import mistake
from api.web.operator.place import SHELF, here
from banshi.errors import DomainError, InvalidInput
from miniapps.shelf import queries, service
from miniapps.shelf.errors import ShelfRefused
from miniapps.shelf.rules import AgeGroup, Edit, Shelf
from storage.clock import SHANGHAI

MOST_TOLD: Final = 5  # problems at once


@dataclass(frozen=True)
class Draft:
    """The shelf as operators edit it: the draft, or what is in force when nobody has begun one."""

    shelf: Shelf
    revision: str  # "": there is no draft
    edited_at: datetime | None
    number: int  # of the edition in force; 0: none
    in_force: Shelf


async def drafted() -> Draft:
    """Return the draft."""
    row, last = await queries.draft(), await queries.current()
    in_force, number = queries.whole(last), last.number if last else 0
    if row is None:
        return Draft(in_force, "", None, number, in_force)
    return Draft(queries.whole(row), str(row.revision), row.edited_at, number, in_force)


async def change(asker: Asker, form: Form, edit: Edit) -> None:
    """Change the draft that the form's page showed.  Raises: as `service.edit`."""
    await service.edit(asker.actor, edit, revision=revision_of(form), now=asker.now)


def revision_of(form: Form) -> UUID | None:
    """Return which draft the form's page showed; None: there was none."""
    return row_id(form.get("revision")) if form.get("revision") else None


def saved(path: str) -> Response[bytes]:
    """Send the browser back to where it edited."""
    return go(with_query(path, done="drafted"))


async def edited(
    request: AnyRequest, template: str, asker: Asker, *, address: str, refusal: DomainError | None = None,
    kept: Form | None = None, begin: dict[str, str] | None = None, **values: Any,
) -> Response[bytes]:  # fmt: skip
    """Return a page that edits the draft, with what is wrong with what was sent."""
    told = mistake(request, asker, refusal, kept, **(begin or {}))
    if isinstance(refusal, ShelfRefused):
        told["problem"] = Problem("", "；".join(refusal.problems[:MOST_TOLD]))
    return here(request, template, asker, address=address, back=SHELF, **values, **told)


def number(form: Form, name: str, *, instead: int | None = None) -> int:
    """Return a number that was typed.  Raises: InvalidInput."""
    text = form.get(name)
    if not text and instead is not None:
        return instead
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InvalidInput(field=name, problem="请填写整数")
    return int(text)


def moment(form: Form, name: str) -> datetime:
    """Return a date and time of Shanghai that was typed.  Raises: InvalidInput."""
    try:
        at = datetime.fromisoformat(form.get(name))
    except ValueError:
        raise InvalidInput(field=name, problem="请填写日期和时间") from None
    return at.replace(tzinfo=SHANGHAI, second=0, microsecond=0)


def typed(at: datetime) -> str:
    """Return a moment as a field of date and time holds it."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def ages(form: Form) -> tuple[AgeGroup, ...]:
    """Return the ages that were ticked."""
    return tuple(AgeGroup(each) for each in form.lists.get("ages", []) if each in list(AgeGroup))


def level(form: Form) -> int:
    """Return the level of sign-in that was chosen."""
    return number(form, "least_level", instead=0)


def words(text: str) -> tuple[str, ...]:
    """Return the words of a line, between which stand blanks or Chinese commas."""
    return tuple(each for each in text.replace("、", " ").replace("，", " ").split() if each)
