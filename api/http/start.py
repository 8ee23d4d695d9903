"""The two pages that the API itself serves: a start page, and in development a page to try queries."""

from functools import cache
from pathlib import Path

from litestar import Response, get
from litestar.enums import MediaType

PAGES = Path(__file__).parent / "pages"

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


@cache
def page(name: str) -> bytes:
    """Return a page that is shipped beside this file."""
    return (PAGES / f"{name}.html").read_bytes()


@get("/", sync_to_thread=False)
def start() -> Response[bytes]:
    """Tell a browser where it is and where to go from here."""
    return Response(page("start"), media_type=MediaType.HTML, headers={"content-security-policy": POLICY})


ROUTES = [start]
