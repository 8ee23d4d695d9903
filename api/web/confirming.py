"""Asking once more before something that many feel: what will happen, in words, and a button that says it."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from litestar import Response

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.web.office import Office, shown
from storage.ids import new_id

SURE: Final = "confirmed"
KEY: Final = "key"  # idempotency key: a form that is sent twice is one act


class Step(NamedTuple):
    """What is asked: the heading, what will happen, the button, and where one goes who would rather not."""

    title: str
    told: Sequence[str]
    button: str
    back: str
    is_bad: bool = True  # it takes something away


def is_sure(form: Form) -> bool:
    """Say whether the form comes from the page that asks once more."""
    return form.get(SURE) == "yes"


def key_of(form: Form) -> str:
    """Return under which key the act is done."""
    return form.get(KEY) or str(new_id())


def ask(
    request: AnyRequest, office: Office, asker: Asker, step: Step, fields: Mapping[str, str]
) -> Response[bytes]:
    """Return the page that asks; it sends `fields` to the same address again."""
    kept = {**fields, SURE: "yes", KEY: fields.get(KEY) or str(new_id())}
    return shown(
        request, office, "office_confirm", asker, address=step.back, action=str(request.url.path), step=step,
        fields=kept,
    )  # fmt: skip
