"""What a draft of the shelf changes, in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from miniapps.shelf.rules import Shelf


def changes(before: Shelf, after: Shelf) -> list[str]:
    """Return what is added, changed and removed, a line each; none: the two are the same."""
    old, new = _named(before), _named(after)
    return [line for kind, things in new.items() for line in _of_kind(kind, old[kind], things)]


def _named(shelf: Shelf) -> Mapping[str, Mapping[str, Any]]:
    """Return all things of a shelf by kind, then by what they are called."""
    front = shelf.front
    return {
        "分类": {f"{each.name}（{each.code}）": each for each in front.categories},
        "人生大事": {f"{each.name}（{each.code}）": each for each in front.life_events},
        "推荐位": {each.code: each for each in front.slots},
        "应用的位置": {each.app_id: each for each in shelf.placings},
        "同义词": {f"“{'、'.join(group)}”": group for group in front.synonyms},
    }


def _of_kind(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    for verb, names in (
        ("新增", [name for name in new if name not in old]),
        ("修改", [name for name in new if name in old and old[name] != new[name]]),
        ("删除", [name for name in old if name not in new]),
    ):
        if names:
            more = f"等 {len(names)} 个" if len(names) > 10 else ""
            yield f"{verb}{kind}：{'、'.join(names[:10])}{more}"
