"""The mini-app's own origin: the files in web/, with the headers that the platform serves them with."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from banshi.package import kind_of
from banshi.simulator import _old
from banshi.simulator._http import Asked, Told, as_json

POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; connect-src 'self';"
    " frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {host};"
    " sandbox allow-scripts allow-forms allow-same-origin"
)
WHERE = "/.banshi/host.json"
MISSING = "web/ has no such file."


class Files:
    """Serves the files of a folder to the host page's frame; `old` answers what old pages post."""

    def __init__(
        self, folder: Path, *, app_id: str, host: str, old: Callable[[Asked], Awaitable[Told]]
    ) -> None:
        self.folder = folder.resolve()
        self._old = old
        self._shown_by = {"app": app_id, "host": host}
        self._headers = (
            ("content-security-policy", POLICY.format(host=host)), ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        )  # fmt: skip

    async def handle(self, asked: Asked) -> Told:
        """Answer one request for a file; calls of new pages go through the host page."""
        if asked.method == "GET" and asked.path == WHERE:
            return replace(as_json(self._shown_by), headers=self._headers)
        if asked.method == "POST" and asked.path in _old.PAGES:
            return await self._old(asked)
        name = asked.path.lstrip("/") or "index.html"
        path = (self.folder / name).resolve()
        kind = kind_of(name)
        is_here = path.is_relative_to(self.folder) and path.is_file()
        if asked.method != "GET" or kind is None or not is_here:
            return Told(MISSING.encode(), 404, "text/plain; charset=utf-8", self._headers)
        return Told(path.read_bytes(), type=kind, headers=self._headers)
