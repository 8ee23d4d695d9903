"""What changed between two compiled items, field by field."""

from collections.abc import Iterator
from typing import Any

import msgspec

from miniapps.items.rules._model import CompiledItem


class Change(msgspec.Struct, frozen=True):
    """One field that differs; None stands for absent."""

    path: str  # e.g. "materials[photo].max_mb"
    before: str | None
    after: str | None


def diff(old: CompiledItem | None, new: CompiledItem | None) -> list[Change]:
    """Return the changes from `old` to `new`, in the order of their paths; None is an item not there."""
    before, after = _leaves(old), _leaves(new)
    return [
        Change(path, before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]


def _leaves(item: CompiledItem | None) -> dict[str, str]:
    return {} if item is None else dict(_walk("", msgspec.to_builtins(item)))


def _walk(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and "cel" in value:  # a condition: its tree says the same again
        yield path, str(value["cel"])
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _walk(f"{path}.{key}" if path else key, below)
    elif isinstance(value, list | tuple):
        for number, below in enumerate(value):
            yield from _walk(f"{path}[{_name(below, number)}]", below)
    else:
        yield path, str(value)


def _name(value: Any, number: int) -> str:
    """Name a row by its own id, so that a new row does not shift those after it."""
    if not isinstance(value, dict):
        return str(number)
    return str(value.get("id") or value.get("code") or value.get("value") or value.get("name") or number)
