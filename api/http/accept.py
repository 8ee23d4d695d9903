"""Content negotiation for GraphQL over HTTP: two media types, quality values, 406; and encodings."""

from collections.abc import Iterable

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


def choose(accept: str | None) -> str | None:
    """Return the media type of the answer; None when the client takes neither.

    The newer type is used only where the client names it: `*/*` and no header at all mean JSON.
    """
    if not accept:
        return JSON
    ranges = _read(accept)
    anything = ranges.get("application/*", ranges.get("*/*", 0.0))
    json, graphql = ranges.get(JSON, anything), ranges.get(GRAPHQL, anything)
    if GRAPHQL in ranges and graphql >= json and graphql > 0:
        return GRAPHQL
    if json > 0:
        return JSON
    return GRAPHQL if graphql > 0 else None


def choose_encoding(accept_encoding: str, offered: Iterable[str]) -> str | None:
    """Return which encoding the client likes best of those `offered`, dearest first; None for none."""
    ranges = _read(accept_encoding)
    anything = ranges.get("*", 0.0)
    best = max(offered, key=lambda name: ranges.get(name, anything))
    quality = ranges.get(best, anything)
    return best if quality > 0 and quality >= ranges.get("identity", 0.0) else None


def wants_page(accept: str | None) -> bool:
    """Say whether a browser asks for a page to look at."""
    return _read(accept or "").get("text/html", 0.0) > 0


def _read(accept: str) -> dict[str, float]:
    """Return quality by media range; a quality that is no number counts as 0."""
    ranges = {}
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        given = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        try:
            ranges[name] = min(max(float(given), 0.0), 1.0)
        except ValueError:
            ranges[name] = 0.0
    return ranges
