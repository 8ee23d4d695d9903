"""A draft as its pages see it: what was filled in so far, and what the item makes of that."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple
from uuid import UUID

from litestar import Response

from api.graphql.documents import named
from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.local import go
from api.web.citizen import typed
from api.web.citizen.applying import EDIT, PREPARING
from api.web.citizen.asking import Data, ask

APPLICATION: Final = named("application")


class Draft(NamedTuple):
    """One draft."""

    case: Data
    prepared: Data

    @property
    def item(self) -> Data:
        """The item as it is offered now."""
        found: Data = self.case["item"]
        return found

    @property
    def fields(self) -> list[Data]:
        """The form fields that are asked for."""
        return [field for field in self.item["fields"] if field["id"] in self.prepared["asked"]]

    @property
    def values(self) -> dict[str, str]:
        """What the fields show: what was filled in, else what the sign-in knows."""
        fields = self.item["fields"]
        known = typed.shown(fields, self.prepared["prefilled"])
        return {**known, **typed.shown(fields, self.case["filledIn"]["form"])}

    @property
    def choices(self) -> dict[str, str]:
        """How the citizen chose to satisfy papers, by their kind."""
        return {each["kind"]: each["way"] for each in self.case["filledIn"]["choices"]}

    def problems(self, parts: Iterable[Data]) -> dict[str, str]:
        """Return what is wrong with some questions or fields, by id."""
        ids = {part["id"] for part in parts}
        return {each["field"]: each["text"] for each in self.prepared["problems"] if each["field"] in ids}

    @property
    def unsettled(self) -> list[str]:
        """The kinds of required papers for which nothing is held and nothing was chosen."""
        chosen = self.choices
        return [
            each["kind"] for each in self.prepared["materials"]
            if each["required"] and not each["settled"] and chosen.get(each["kind"], "UPLOAD") == "UPLOAD"
        ]  # fmt: skip


async def find(request: AnyRequest, asker: Asker, case_id: UUID) -> Draft | None:
    """Return the draft; None when the case has been handed in, or the item is offered no more.

    Raises: CaseNotFound.
    """
    case = (await ask(request, asker, APPLICATION, id=str(case_id)))["case"]
    if case["state"] != "DRAFT" or case["item"] is None:
        return None
    kept = case["filledIn"]
    told = await ask(
        request, asker, PREPARING, code=case["code"], answers=again(kept["answers"]), form=again(kept["form"])
    )
    return Draft(case, told["preparation"])


async def edit(request: AnyRequest, asker: Asker, case_id: UUID, **change: Any) -> Draft | None:
    """Change the draft and return it as it is then."""
    await ask(request, asker, EDIT, id=str(case_id), edit=change)
    return await find(request, asker, case_id)


def again(answers: Iterable[Data]) -> list[Data]:
    """Return answers as they are sent, of answers as they are told."""
    return [{name: value for name, value in each.items() if value is not None} for each in answers]


def over(case_id: UUID) -> Response[bytes]:
    """Send the browser to the case, which is no draft any more."""
    return go(f"/cases/{case_id}")
