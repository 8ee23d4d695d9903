"""How the value of a setting is written: words for people, a reader and a writer for us."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec


class Shape(msgspec.Struct, frozen=True):
    """`words` describe it, `read` turns text into the value or raises ValueError, `write` turns it back."""

    words: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    empty: str | tuple[str, ...] = ""  # the value of an optional setting that is not given


def _match(pattern: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError
        return text

    return read


def _url(*schemes: str, bare: bool = False) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text)
        port = parts.port  # raises ValueError by itself when it is no port
        if parts.scheme not in schemes or not parts.hostname or port == 0:
            raise ValueError
        if bare and (parts.path or parts.query or parts.fragment):
            raise ValueError
        return text

    return read


def _list(read_one: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    return lambda text: tuple(read_one(part.strip()) for part in text.split(",") if part.strip())


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text, strict=False))


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError from error
    if len(key) != 32:
        raise ValueError
    return key


def one_of(*words: str) -> Shape:
    """Return the shape of a choice between `words`."""
    return Shape(" or ".join(words), _match("|".join(map(re.escape, words))))


def some_of(*words: str) -> Shape:
    """Return the shape of a list, each member one of `words`."""
    return Shape(f"some of {', '.join(words)}, separated by commas", _list(one_of(*words).read), ",".join, ())


def number(low: int, high: int) -> Shape:
    """Return the shape of a whole number, both ends included."""

    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError
        return value

    return Shape(f"a whole number from {low} to {high}", read)


def _ports(text: str) -> tuple[int, ...]:
    return tuple(number(1, 65535).read(part.strip()) for part in text.split(","))


def _paths(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(","))
    if names[-1] != PATH_NAMES[-1] or list(names) != [name for name in PATH_NAMES if name in names]:
        raise ValueError
    return names


PATH_NAMES = ("plan", "generated", "ordinary")

PATHS = Shape(f"{','.join(PATH_NAMES)}, or less of it that ends with {PATH_NAMES[-1]}", _paths, ",".join)
PLAIN = Shape("text without spaces", _match(r"\S+"))
HOST_PORT = Shape("host:port", _match(r"[A-Za-z0-9._-]+(:\d{1,5})?"))
ORIGIN = Shape("an http(s) address without a path", _url("http", "https", bare=True))
ORIGINS = Shape("http(s) origins, separated by commas", _list(ORIGIN.read), ",".join, ())
PORTS = Shape("port numbers, separated by commas", _ports, lambda ports: ",".join(map(str, ports)))
NETWORKS = Shape("addresses or networks, separated by commas", _list(_network), ",".join, ())
POSTGRES = Shape("postgresql://role:password@host:port/database", _url("postgresql", "postgres"))
REDIS = Shape("redis://:password@host:port/number", _url("redis", "rediss"))
S3 = Shape("host:port, or an http(s) address", _match(r"(https?://)?[A-Za-z0-9._-]+(:\d{1,5})?"))
BUCKET = Shape("3 to 63 letters a-z, digits, dots or hyphens", _match(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"))
FOLDER = Shape("a path", Path)
KEY = Shape("32 bytes in base64", _key, lambda key: base64.b64encode(key).decode())
