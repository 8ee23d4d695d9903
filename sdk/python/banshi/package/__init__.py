"""Packages: the files of one version of a mini-app in a zip that cannot surprise whoever opens it.

    miniapp.yaml               the manifest
    index.html, …              what is served, each of a known kind
    _banshi/files.json         {"format": 1, "app", "version", "files": {name: {"sha256", "size"}}}
    _banshi/signature.json     {"algorithm": "Ed25519", "key": id, "signature": base64url}

The signature is over the bytes of files.json, so it covers every file by its hash.  `pack` makes a package,
the same bytes from the same files; `check` looks through one in an open file, `read` takes it apart in
memory, and both refuse, with every fault they find, whatever is larger, deeper, odder or other than its list
says.  Nothing is ever unpacked to a disk.
"""

from banshi.package._kinds import KINDS, kind_of
from banshi.package._listing import LISTING, MANIFEST, SIGNATURE, Listed, Listing, Signature
from banshi.package._packing import gather, pack
from banshi.package._reading import (
    LARGEST,
    LARGEST_FILE,
    LARGEST_UNPACKED,
    MOST_FILES,
    Checked,
    Package,
    check,
    read,
    refused,
)
from banshi.package._signing import key_id, new_key, public_of, sign, verify

__all__ = [
    "KINDS",
    "LARGEST",
    "LARGEST_FILE",
    "LARGEST_UNPACKED",
    "LISTING",
    "MANIFEST",
    "MOST_FILES",
    "SIGNATURE",
    "Checked",
    "Listed",
    "Listing",
    "Package",
    "Signature",
    "check",
    "gather",
    "key_id",
    "kind_of",
    "new_key",
    "pack",
    "public_of",
    "read",
    "refused",
    "sign",
    "verify",
]
