"""What pages need beside themselves: one stylesheet and a script, from our own origin, cached for ever.

The name holds the digest of the content, so a new content has a new name.
"""

import hashlib
from pathlib import Path

from litestar import Response, get

from api.http.errors import PathUnknown

HOMES = [Path(__file__).parent / "assets", Path(__file__).parents[1] / "web" / "assets"]
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
DIGEST_CHARACTERS = 12
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}


def _named(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:DIGEST_CHARACTERS]
    return f"{path.stem}-{digest}{path.suffix}"


FILES = {_named(path): path for home in HOMES for path in sorted(home.iterdir()) if path.suffix in TYPES}
CONTENTS = {name: path.read_bytes() for name, path in FILES.items()}
ADDRESSES = {path.name: f"/pages/{name}" for name, path in FILES.items()}
"""Under which address each file is served, by its plain name."""


@get("/pages/{name:str}", sync_to_thread=False)
def asset(name: str) -> Response[bytes]:
    """Answer one of the files."""
    if name not in FILES:
        raise PathUnknown
    return Response(CONTENTS[name], media_type=TYPES[FILES[name].suffix], headers=FOR_EVER)
