"""What a version asks of the host app and of the place, and whether a citizen has both.  Pure and cheap."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from banshi.errors import InvalidInput
from banshi.manifest import HOST_VERSION

VERSION = re.compile(
    r"(?P<major>[0-9]{1,6})\.(?P<minor>[0-9]{1,6})(?:\.(?P<patch>[0-9]{1,6}))?"
    r"(?P<before>-[0-9A-Za-z.-]{1,40})?(?:\+[0-9A-Za-z.-]{1,40})?"
)


class Host(NamedTuple):
    """A version of a host app, as Semantic Versioning orders them."""

    major: int
    minor: int
    patch: int = 0
    is_final: bool = True  # 3.2.0-beta.1 comes before 3.2.0


class Needs(NamedTuple):
    """What a version asks for."""

    host: Host  # the least it works with
    prefixes: tuple[str, ...]  # of GB/T 2260 codes: where it serves


def host(text: str | None) -> Host:
    """Return the host that calls itself `text`, such as "3.2" or "3.2.1-beta.1"; None: the platform's own.

    Raises: InvalidInput.
    """
    if text is None:
        return OURS
    found = VERSION.fullmatch(text)
    if found is None:
        raise InvalidInput(field="hostVersion", problem="请填写版本号，例如 3.2 或 3.2.1")
    parts = found.groupdict()
    return Host(int(parts["major"]), int(parts["minor"]), int(parts["patch"] or 0), parts["before"] is None)


OURS = host(HOST_VERSION)


@lru_cache(2_000)
def needs(min_host_version: str, regions: tuple[str, ...]) -> Needs:
    """Return what a manifest asks for."""
    return Needs(host(min_host_version), prefixes(regions))


@lru_cache(2_000)
def prefixes(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return how the codes of places in these regions begin.

    330000 is the province (33…), 330100 a city (3301…), 330106 a district and all its towns (330106…).
    """
    return tuple(sorted({_prefix(code) for code in codes}))


def _prefix(code: str) -> str:
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def overlaps(code: str, served: Sequence[str]) -> bool:
    """Say whether some place of the region `code` is served; `served` are prefixes."""
    [wanted] = prefixes((code,))
    return any(each.startswith(wanted) or wanted.startswith(each) for each in served)
