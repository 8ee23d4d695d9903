"""Reading the form of a page: plain fields, few and short, sent by this very browser from a page of ours."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

from api.http.browser import check_form
from api.http.errors import AnyRequest, BadRequest, UnsupportedMediaType

PLAIN = "application/x-www-form-urlencoded"
MOST_FIELDS = 200
FIELD_CHARACTERS = 10_000  # what a passkey answers is the longest; verbs bound the rest themselves


class Form(NamedTuple):
    """What was filled in: the last value of each field, and all values of those that occur several times."""

    fields: Mapping[str, str]
    lists: Mapping[str, list[str]]

    def get(self, name: str) -> str:
        """Return the field without blanks around it, "" when it is left out."""
        return self.fields.get(name, "").strip()


async def received(request: AnyRequest) -> Form:
    """Return the form that `request` brings, once it is sure that a page of ours sent it.

    Raises: UnsupportedMediaType, BadRequest, FormExpired.
    """
    form = await read(request)
    check_form(request, form.fields)
    return form


async def read(request: AnyRequest) -> Form:
    """Return the form, whoever sent it.

    Raises: UnsupportedMediaType, BadRequest.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PLAIN:
        raise UnsupportedMediaType(taken=PLAIN)
    try:
        text = (await request.body()).decode("ascii")
        lists = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise BadRequest(problem="表单的内容无法识别，请返回上一页重试。") from error
    for values in lists.values():
        if any(len(value) > FIELD_CHARACTERS or "\0" in value for value in values):
            raise BadRequest(problem="表单中有一项太长，或有不能用的字符。")
    return Form({name: values[-1] for name, values in lists.items()}, lists)
