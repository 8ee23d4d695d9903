"""Equal answers: what a server says to a viewer must be what ours says to him."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench._lab.data.population import Population
from bench._lab.draws import Draw, Draws
from bench._lab.servers import Running

AT_ONCE = 32


def same_form(answer: Any) -> Any:
    """Return PostGraphile's answer in the shape and spelling of ours."""
    data = answer["data"]
    catalog = data["catalog"]["nodes"]
    cases = [_case(node) for node in data["allMatters"]["nodes"]]
    notices = [
        {"node": {"id": edge["node"]["rowId"], "title": edge["node"]["title"],
                  "toldAt": _moment(edge["node"]["toldAt"])}}
        for edge in data["allInboxes"]["edges"]
    ]  # fmt: skip
    viewer = data["viewerByRowId"]
    return {
        "data": {"viewer": viewer, "catalog": catalog, "recentCases": cases, "notices": {"edges": notices}}
    }


def _case(node: Any) -> Any:
    rest = {key: value for key, value in node.items() if key not in ("rowId", "openedAt", "state", "outcome")}
    return {
        **rest, "id": node["rowId"], "state": node["state"].upper(), "openedAt": _moment(node["openedAt"]),
        "outcome": node["outcome"] and node["outcome"].upper(),
    }  # fmt: skip


def _moment(text: str) -> str:
    return text.replace(".000000+", "+")


def answer(server: Running, population: Population, draw: Draw) -> Any:
    """Return what `server` says to one draw, parsed; whatever is no JSON as its text."""
    raw = server.ask(server.contender.wire(population, draw))
    try:
        found = json.loads(raw)
        return found if server.contender.same_document else same_form(found)
    except (ValueError, KeyError, TypeError):
        return raw.decode(errors="replace")


def different(
    population: Population, first: Running, others: Sequence[Running], *, count: int, seed: int
) -> tuple[int, str]:
    """Return how many of `count` draws are answered differently by any, and one example."""
    found, example = 0, ""
    with ThreadPoolExecutor(AT_ONCE) as threads:

        def check(draw: Draw) -> str:
            wanted = answer(first, population, draw)
            if not isinstance(wanted, dict) or "errors" in wanted or not wanted.get("data"):
                return f"{first.name} refuses {draw}: {str(wanted)[:300]}"
            for other in others:
                got = answer(other, population, draw)
                if got != wanted:
                    return f"{other.name} differs for {draw}: {place(wanted, got)}"
            return ""

        for trouble in threads.map(check, Draws(population, seed).take(count)):
            if trouble:
                found, example = found + 1, example or trouble
    return found, example


def place(wanted: Any, got: Any, path: str = "") -> str:
    """Return the first place at which two answers differ."""
    if isinstance(wanted, dict) and isinstance(got, dict) and wanted.keys() == got.keys():
        parts = [(f"{path}.{key}", wanted[key], got[key]) for key in wanted]
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        parts = [(f"{path}[{n}]", *pair) for n, pair in enumerate(zip(wanted, got, strict=True))]
    else:
        return f"{path or 'answer'}: {str(wanted)[:200]} != {str(got)[:200]}"
    return next((place(mine, theirs, where) for where, mine, theirs in parts if mine != theirs), "")
