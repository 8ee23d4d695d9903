"""The same question as each server wants it asked."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.graphql.documents import FOLDER, named
from bench._lab.data import viewers
from bench._lab.data.population import Population
from bench._lab.draws import Draw

PEERS = Path(__file__).parents[1] / "peers"


def home_text() -> str:
    """Return the home screen's document."""
    return (FOLDER / "home.graphql").read_text()


@dataclass(frozen=True)
class Ask:
    """One HTTP request: POST to `path`."""

    body: bytes
    headers: Mapping[str, str]
    path: str = "/graphql"

    def raw(self) -> bytes:
        """Return it as it goes over a kept connection."""
        head = {"host": "127.0.0.1", "content-type": "application/json", **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        return (
            f"POST {self.path} HTTP/1.1\r\n{lines}content-length: {len(self.body)}\r\n\r\n".encode()
            + self.body
        )


Wire = Callable[[Population, Draw], Ask]


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def variables(draw: Draw) -> dict[str, object]:
    """Return the variables of the home screen."""
    return {"region": draw.region, "target": draw.target, "elder": draw.elder}


def bearer(viewer: int) -> dict[str, str]:
    """Return the header that signs a viewer in."""
    return {"authorization": f"Bearer {viewers.token(viewer)}"}


def ours(population: Population, draw: Draw) -> Ask:
    """Ask us for the trusted document, signed in."""
    return Ask(_json({"documentId": named("home"), "variables": variables(draw)}), bearer(draw.viewer))


def bare(population: Population, draw: Draw) -> Ask:
    """Ask the bench's entry to us, which believes a header."""
    body = _json({"documentId": named("home"), "variables": variables(draw)})
    known = {"x-party": population.parties[draw.viewer], "x-level": str(viewers.level(draw.viewer))}
    return Ask(body, known)


def unlisted(population: Population, draw: Draw) -> Ask:
    """Ask us with a text that is in no manifest."""
    body = _json({"query": unlisted_text("u"), "variables": variables(draw)})
    return Ask(body, bearer(draw.viewer))


def unlisted_text(word: str) -> str:
    """Return the home screen under another name: for every `word` a document not seen before."""
    return home_text().replace("query Home", f"query Home{hashlib.sha256(word.encode()).hexdigest()[:12]}")


def mercurius(population: Population, draw: Draw) -> Ask:
    """Ask mercurius for the persisted query."""
    body = {"query": "home", "persisted": True, "variables": variables(draw)}
    return Ask(_json(body), {"x-party": population.parties[draw.viewer]})


def plain(population: Population, draw: Draw) -> Ask:
    """Send the text, as stock servers want it."""
    body = {"query": home_text(), "variables": variables(draw)}
    return Ask(_json(body), {"x-party": population.parties[draw.viewer]})


def postgraphile(population: Population, draw: Draw) -> Ask:
    """Ask PostGraphile for its own persisted document over the same rows."""
    body = {
        "documentId": "home",
        "variables": {
            "me": population.parties[draw.viewer],
            "places": draw.places,
            "targets": [draw.target.lower(), "both"],
            "elder": draw.elder,
        },
    }
    return Ask(_json(body), {})


def asks(population: Population, wire: Wire, draws: Sequence[Draw]) -> list[Ask]:
    """Return the requests of many draws."""
    return [wire(population, draw) for draw in draws]
