"""Reading a form that brings one file: streamed, bounded by its route, and given by a page of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Final

from litestar.datastructures import UploadFile

from api.http.apps.spool import in_time
from api.http.browser import check_form
from api.http.errors import AnyRequest, UnsupportedMediaType
from api.pages.forms import Form

MULTIPART: Final = "multipart/form-data"
AROUND: Final = 64 * 1024  # bytes of a form besides its file


def check_type(request: AnyRequest) -> None:
    """Refuse what is no form with a file, before anything of it is read.  Raises: UnsupportedMediaType."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MULTIPART:
        raise UnsupportedMediaType(taken=MULTIPART)


@asynccontextmanager
async def with_file(request: AnyRequest, name: str) -> AsyncIterator[tuple[Form, IO[bytes] | None]]:
    """Give the plain fields of a form and the file of this name, open; None for no file, or an empty one.

    Its route says by `request_max_body_size` how much is read at most; large files wait on disk meanwhile.
    Raises: FormExpired; BadRequest; HTTPException for what is no whole form, or too long.
    """
    async with in_time():
        parts = await request.form()
    try:
        fields = {key: value for key, value in parts.multi_items() if isinstance(value, str)}
        check_form(request, fields)
        sent = parts.get(name)
        file = sent.file if isinstance(sent, UploadFile) and sent.file.read(1) else None
        if file is not None:
            file.seek(0)
        yield Form(fields, {key: [value] for key, value in fields.items()}), file
    finally:
        await parts.close()
