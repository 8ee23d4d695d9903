"""Reading a form that brings one file: streamed, bounded by its route, and given by a page of ours."""

from typing import Final

from litestar.datastructures import UploadFile

from api.http.browser import check_form
from api.http.errors import AnyRequest, UnsupportedMediaType
from api.pages.forms import Form

MULTIPART: Final = "multipart/form-data"
AROUND: Final = 64 * 1024  # bytes of a form besides its file


def check_type(request: AnyRequest) -> None:
    """Refuse what is no form with a file, before anything of it is read.  Raises: UnsupportedMediaType."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MULTIPART:
        raise UnsupportedMediaType(taken=MULTIPART)


async def with_file(request: AnyRequest, name: str) -> tuple[Form, bytes]:
    """Return the plain fields of a form and the file of this name, empty when none was chosen.

    Its route says by `request_max_body_size` how much is read at most; large files wait on disk meanwhile.
    Raises: FormExpired; HTTPException for what is no whole form, or too long.
    """
    parts = await request.form()
    try:
        fields = {key: value for key, value in parts.multi_items() if isinstance(value, str)}
        check_form(request, fields)
        file = parts.get(name)
        data = await file.read() if isinstance(file, UploadFile) else b""
    finally:
        await parts.close()
    return Form(fields, {key: [value] for key, value in fields.items()}), data
