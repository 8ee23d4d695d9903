"""Taking a package apart, in memory, without believing anything that it says of itself."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeVar

import msgspec

from banshi import manifest as manifests
from banshi.findings import Finding, PackageRefused
from banshi.manifest import Manifest, ManifestRefused
from banshi.package import _names
from banshi.package._listing import LISTING, MANIFEST, OURS, SIGNATURE, Listing, Signature, differences
from banshi.package._signing import verify

LARGEST = 20 * 2**20  # bytes of the zip
LARGEST_UNPACKED = 80 * 2**20  # of all files
MOST_FILES = 2_000
DENSEST = 200  # times as long unpacked; text of one letter makes a thousand
SMALL = 2**20  # bytes; what unpacks to less may be as dense as it likes

LOCAL, LOCAL_BYTES, END, END_BYTES = b"PK\x03\x04", 30, b"PK\x05\x06", 22
ENCRYPTED = 0x1
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Shape = TypeVar("Shape")


@dataclass(frozen=True)
class Package:
    """A package that is what its list says."""

    files: Mapping[str, bytes]  # by name, those of `_banshi/` left out
    manifest: Manifest
    manifest_text: str
    listing: Listing
    listing_bytes: bytes
    signature: Signature

    def is_signed_by(self, keys: Mapping[str, bytes]) -> bool:
        """Say whether one of `keys`, public ones by their ids, vouches for it."""
        return verify(self.listing_bytes, self.signature, keys)


def read(data: bytes) -> Package:
    """Return the package in a zip; who signed it is not asked yet.

    Raises: PackageRefused, with everything found.
    """
    infos, archive = _opened(data)
    with archive:
        _refuse(_entry_faults(data, infos))
        files = {info.filename: _unpacked(archive, info) for info in infos if not info.is_dir()}
    listing, signature = _own(files, LISTING, Listing), _own(files, SIGNATURE, Signature)
    listed = {name: content for name, content in files.items() if not name.startswith(OURS)}
    _refuse(differences(listing, listed))
    made, text = _manifest(listed)
    if (made.id, made.version) != (listing.app, listing.version):
        told = f"the list is of {listing.app} {listing.version}, the manifest of {made.id} {made.version}"
        _stop("package.list", LISTING, told, "pack it again")
    return Package(listed, made, text, listing, files[LISTING], signature)


def _opened(data: bytes) -> tuple[list[zipfile.ZipInfo], zipfile.ZipFile]:
    if len(data) > LARGEST:
        told = f"it has {len(data):,} bytes"
        _stop("package.size", "", told, f"at most {LARGEST:,}; shrink pictures and fonts")
    # nothing before the first file and nothing after the end: else two readers may see two archives
    if not data.startswith(LOCAL) or data[-END_BYTES : -END_BYTES + 4] != END:
        _stop("package.zip", "", "it is no plain zip", "make it with `miniapp pack`")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, RuntimeError) as error:
        _stop("package.zip", "", f"it cannot be opened: {error}", "make it with `miniapp pack`")
    infos = archive.infolist()
    if any(info.filename != info.orig_filename or not info.filename for info in infos):
        # a reader in C ends a name at its first NUL, another does not; and no name at all is nobody's
        _stop("package.name", "", "a name in it is empty, or has a NUL", "make it with `miniapp pack`")
    return infos, archive


def _entry_faults(data: bytes, infos: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    """Yield what is wrong with the entries, before any of them is unpacked."""
    if len(infos) > MOST_FILES:
        yield _found("package.files", "", f"it has {len(infos):,} files", f"at most {MOST_FILES:,}")
        return
    yield from _names.faults(info.filename for info in infos if not info.is_dir())
    total, end = 0, 0
    for info in sorted(infos, key=lambda each: each.header_offset):
        name = info.filename.encode("unicode_escape").decode()
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            yield _found("package.symlink", name, "it is a link, or no file at all", "put the file there")
        if info.flag_bits & ENCRYPTED or info.compress_type not in METHODS:
            yield _found("package.zip", name, "it is locked, or packed in a rare way", "use deflate")
        head = data[info.header_offset : info.header_offset + LOCAL_BYTES]
        if info.header_offset < end or len(head) < LOCAL_BYTES or not head.startswith(LOCAL):
            yield _found("package.bomb", name, "it lies upon another file", "make it with `miniapp pack`")
            return
        names = sum(struct.unpack("<HH", head[26:]))  # name and extra field
        end = info.header_offset + LOCAL_BYTES + names + info.compress_size
        if info.file_size > SMALL and info.file_size > DENSEST * max(1, info.compress_size):
            yield _found("package.bomb", name, f"it unpacks to {info.file_size:,} bytes", "store it plainly")
        total += info.file_size
    if total > LARGEST_UNPACKED:
        told = f"it unpacks to {total:,} bytes"
        yield _found("package.bomb", "", told, f"at most {LARGEST_UNPACKED:,}")


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a file; one that is longer than it says, or damaged, is refused."""
    try:
        with archive.open(info) as stream:
            content = stream.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        _stop("package.zip", info.filename, f"it cannot be read: {error}", "pack it again")
    if len(content) != info.file_size:
        _stop("package.zip", info.filename, "it is not as long as it says", "pack it again")
    return content


def _own(files: Mapping[str, bytes], name: str, shape: type[Shape]) -> Shape:
    if name not in files:
        _stop("package.list", name, "it is missing", "make the package with `miniapp pack`")
    try:
        return msgspec.json.decode(files[name], type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _stop("package.list", name, f"it cannot be read: {error}", "make the package with `miniapp pack`")


def _manifest(files: Mapping[str, bytes]) -> tuple[Manifest, str]:
    if MANIFEST not in files:
        _stop("package.manifest", MANIFEST, "it is missing", "pack it with its manifest")
    try:
        text = files[MANIFEST].decode()
        return manifests.read(text), text
    except UnicodeDecodeError as error:
        _stop("package.manifest", MANIFEST, f"byte {error.start} is not UTF-8", "save it as UTF-8")
    except ManifestRefused as refusal:
        told = [
            Finding(
                rule="package.manifest", file=MANIFEST, line=fault.line,
                problem=f"{fault.path}: {fault.expected}", fix=fault.fix,
            )
            for fault in refusal.faults
        ]  # fmt: skip
        raise PackageRefused(told) from None


def _found(rule: str, file: str, problem: str, fix: str) -> Finding:
    return Finding(rule=rule, file=file, problem=problem, fix=fix)


def _stop(rule: str, file: str, problem: str, fix: str) -> NoReturn:
    raise PackageRefused([_found(rule, file, problem, fix)])


def _refuse(findings: Iterable[Finding]) -> None:
    if found := list(findings):
        raise PackageRefused(found)
