"""The page to try queries on a development server: GraphiQL where npm has put it, else a page of our own.

Everything comes from our own origin; in production neither exists.
"""

from pathlib import Path

from litestar import Response, get

from api.http.errors import PathUnknown
from api.http.start import page

HOME = Path(__file__).parent / "graphiql"
MODULES = HOME / "node_modules"
SCRIPT, STYLE = "text/javascript; charset=utf-8", "text/css; charset=utf-8"

FILES = {
    "mount.js": (HOME / "mount.js", SCRIPT),
    "graphiql.min.js": (MODULES / "graphiql" / "graphiql.min.js", SCRIPT),
    "graphiql.min.css": (MODULES / "graphiql" / "graphiql.min.css", STYLE),
    "react.production.min.js": (MODULES / "react" / "umd" / "react.production.min.js", SCRIPT),
    "react-dom.production.min.js": (MODULES / "react-dom" / "umd" / "react-dom.production.min.js", SCRIPT),
}


def trying_page() -> bytes:
    """Return GraphiQL's page when its files are installed, else our own."""
    if all(path.exists() for path, _ in FILES.values()):
        return (HOME / "index.html").read_bytes()
    return page("explorer")


@get("/graphiql/{name:str}", sync_to_thread=True)
def graphiql_file(name: str) -> Response[bytes]:
    """Answer one of GraphiQL's files."""
    path, media_type = FILES.get(name, (None, ""))
    if path is None or not path.exists():
        raise PathUnknown
    return Response(path.read_bytes(), media_type=media_type, headers={"cache-control": "max-age=3600"})
