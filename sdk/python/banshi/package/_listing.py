"""The list of a package: which files, how long, with which SHA-256; and its signature."""

import hashlib
from collections.abc import Iterator, Mapping

import msgspec

from banshi.findings import Finding

MANIFEST, LISTING, SIGNATURE = "miniapp.yaml", "_banshi/files.json", "_banshi/signature.json"
OURS = "_banshi/"  # what is below is not listed, and never served


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: its SHA-256 in hexadecimal, and its length in bytes."""

    sha256: str
    size: int


class Listing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All files of one version."""

    format: int = 1
    app: str
    version: str
    files: dict[str, Listed]

    @classmethod
    def of(cls, app: str, version: str, files: Mapping[str, bytes]) -> "Listing":
        """Return the list of these files."""
        listed = {name: listed_as(files[name]) for name in sorted(files)}
        return cls(app=app, version=version, files=listed)

    def encoded(self) -> bytes:
        """Return the list as it stands in a package, the bytes that are signed."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1)


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who vouches for a list: the id of a key, and its signature in base64url."""

    algorithm: str = "Ed25519"
    key: str
    signature: str


def listed_as(content: bytes) -> Listed:
    """Return how a file is listed."""
    return Listed(hashlib.sha256(content).hexdigest(), len(content))


def differences(listing: Listing, files: Mapping[str, Listed]) -> Iterator[Finding]:
    """Yield where the files of a package are other than its list says."""
    fix = "pack it again"
    for name in sorted(listing.files.keys() - files.keys()):
        yield Finding(rule="package.list", file=name, problem="it is listed, and not there", fix=fix)
    for name in sorted(files.keys() - listing.files.keys()):
        yield Finding(rule="package.list", file=name, problem="it is there, and not listed", fix=fix)
    for name in sorted(files.keys() & listing.files.keys()):
        if files[name] != listing.files[name]:
            problem = "it is other than when the list was made"
            yield Finding(rule="package.hash", file=name, problem=problem, fix=fix)
