"""Pictures that a reviewer took himself, to be cited when he sends a version back."""

from typing import Final
from uuid import UUID

from litestar import Response, post
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.http.shots import BURST, LARGEST, PER_S
from api.web.operator.deciding import done
from api.web.operator.place import curator
from api.web.operator.reviews import ONE, review_page
from api.web.upload import AROUND, check_type, with_file
from banshi.errors import DomainError, InvalidInput
from miniapps.review import service
from miniapps.review.errors import ReviewNotFound
from storage import limits

FILE: Final = "picture"


@post(f"{ONE}/evidence", status_code=200, request_max_body_size=LARGEST + AROUND)
async def attach(request: AnyRequest, review_id: UUID) -> Response[bytes]:
    """Keep a picture; the same one is kept once."""
    check_type(request)
    asker = await curator(request)  # before a picture is read
    async with with_file(request, FILE) as (_, file):
        data = file.read() if file else b""
    await limits.take(f"shot:{asker.actor.limit_key}", capacity=BURST, per_s=PER_S)
    try:
        if not data:
            raise InvalidInput(field=FILE, problem="请选择一张图片")
        await service.attach(asker.actor, review_id, data, now=asker.now)
    except ReviewNotFound:
        raise
    except InvalidInput as refusal:
        problem = InvalidInput(field=FILE, problem=_told(refusal, is_empty=not data))
        return await review_page(request, asker, review_id, refusal=problem)
    except DomainError as refusal:
        return await review_page(request, asker, review_id, refusal=refusal)
    return done(review_id, "attached")


def _told(refusal: InvalidInput, *, is_empty: bool) -> str:
    if is_empty:
        return str(refusal.data["problem"])
    return "请换一张 PNG、JPEG 或者 WebP 图片，长宽不超过 8000 像素；每次审核最多 20 张"


ROUTES: list[ControllerRouterHandler] = [attach]
