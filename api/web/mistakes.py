"""A form that was not taken: what is wrong, beside which field, and all that was typed."""

from typing import Any

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.words import Problem
from api.web.answers import problem_of
from banshi.errors import DomainError


class Typed:
    """What a form shows in its fields: what was typed, or what it begins with; "" for all else."""

    def __init__(self, form: Form | None = None, **begin: str) -> None:
        self._form, self._begin = form, begin

    def __getitem__(self, name: str) -> str:
        return self._begin.get(name, "") if self._form is None else self._form.get(name)

    def all(self, name: str) -> list[str]:
        """Return what was chosen where several can be."""
        if self._form is None:
            return [each for each in self._begin.get(name, "").split(" ") if each]
        return self._form.lists.get(name, [])


def mistake(
    request: AnyRequest, asker: Asker, refusal: DomainError | None, form: Form | None = None, **begin: str
) -> dict[str, Any]:
    """Return what a page with a form needs: its status, what is wrong, and what to show in the fields."""
    if refusal is not None:
        request.scope["state"]["codes"] = [refusal.code]
    return {
        "status": refusal.status if refusal else 200,
        "problem": problem_of(refusal, now=asker.now) if refusal else Problem("", ""),
        "kept": Typed(form, **begin),
    }
