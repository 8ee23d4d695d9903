"""Making a package: from the same files always the same bytes."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from banshi.findings import Finding, PackageRefused
from banshi.manifest import Manifest
from banshi.package import _names
from banshi.package._listing import LISTING, MANIFEST, OURS, SIGNATURE, Listing
from banshi.package._reading import LARGEST, read
from banshi.package._signing import sign

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can tell; the same files make the same bytes
FILE = 0o100644 << 16


def gather(folder: Path, manifest_text: str) -> dict[str, bytes]:
    """Return the files below a folder by name, with the manifest.

    Files and folders whose names begin with a dot stay behind.
    Raises: PackageRefused for what is no file: a link could bring in anything.
    """
    found, links = {MANIFEST: manifest_text.encode()}, []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if any(part.startswith(".") for part in inside.parts):
            continue
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            told, fix = "it is a link, or no file at all", "put the file there"
            links.append(Finding(rule="package.symlink", file=inside.as_posix(), problem=told, fix=fix))
        elif path.is_file() and inside.as_posix() != MANIFEST:
            found[inside.as_posix()] = path.read_bytes()
    if links:
        raise PackageRefused(links)
    return found


def pack(manifest: Manifest, files: Mapping[str, bytes], private_pem: bytes) -> bytes:
    """Return the package of these files, `miniapp.yaml` among them, listed and signed.

    Raises: PackageRefused when the platform would refuse it; ValueError for a key that is none.
    """
    listed = {name: content for name, content in files.items() if not name.startswith(OURS)}
    faults = list(_names.faults(listed))
    if faults:
        raise PackageRefused(faults)
    listing = Listing.of(manifest.id, manifest.version, listed)
    signature = msgspec.json.encode(sign(listing, private_pem))
    made = _zipped({**listed, LISTING: listing.encoded(), SIGNATURE: signature})
    if len(made) > LARGEST:
        problem, fix = f"it has {len(made):,} bytes", f"at most {LARGEST:,}; shrink pictures and fonts"
        raise PackageRefused([Finding(rule="package.size", problem=problem, fix=fix)])
    read(made)
    return made


def _zipped(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system, info.external_attr = 3, FILE
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
    return made.getvalue()
