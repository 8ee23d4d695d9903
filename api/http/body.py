"""Reading a JSON body, and refusing anything else."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from api.http.errors import AnyRequest, BadRequest, UnsupportedMediaType

T = TypeVar("T")

JSON = "application/json"


async def read_json(request: AnyRequest, decode: Callable[[bytes], T]) -> T:
    """Return the body as `decode` (of a msgspec Decoder) understands it.

    Only `application/json` in UTF-8 is read: the form of another site cannot send that unasked.

    Raises:
        UnsupportedMediaType: the header Content-Type says something else, or is missing.
        BadRequest: the body is not JSON, or not of the right shape.
    """
    content_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if content_type.strip().lower() != JSON or charset not in ("", "charset=utf-8"):
        raise UnsupportedMediaType(taken=f"{JSON} in UTF-8")
    return understood(await request.body(), decode)


def understood(text: bytes, decode: Callable[[bytes], T]) -> T:
    """Return what `decode` makes of `text`; raises BadRequest with the place of the mistake."""
    try:
        return decode(text)
    except msgspec.ValidationError as error:
        raise BadRequest(problem=str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(problem="This is not JSON.") from error
