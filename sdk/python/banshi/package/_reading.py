"""Taking a package apart without believing anything that it says of itself, and without holding it whole."""

import hashlib
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, NoReturn, TypeVar

import msgspec

from banshi import manifest as manifests
from banshi.findings import Finding, PackageRefused
from banshi.manifest import Fault, Manifest, ManifestRefused
from banshi.package import _names
from banshi.package._listing import (
    LISTING,
    MANIFEST,
    OURS,
    SIGNATURE,
    Listed,
    Listing,
    Signature,
    differences,
)
from banshi.package._signing import verify

LARGEST = 20 * 2**20  # bytes of the zip
LARGEST_FILE = 20 * 2**20  # of one file, unpacked: who serves it holds it whole
LARGEST_UNPACKED = 80 * 2**20  # of all files
LARGEST_TOLD = 2**20  # of what a package tells of itself: manifest, list, signature, the zip's directory
MOST_FILES = 2_000
DENSEST = 200  # times as long unpacked; text of one letter makes a thousand
SMALL = 2**20  # bytes; what unpacks to less may be as dense as it likes
PIECE = 256 * 1024  # bytes that are unpacked at once

LOCAL, LOCAL_BYTES, ZIP64, ZIP64_BYTES = b"PK\x03\x04", 30, b"PK\x06\x07", 20
END = struct.Struct("<4sHHHHIIH")  # mark, disks, entries here and in all, bytes of the directory, …
END_MARK = b"PK\x05\x06"
ENCRYPTED = 0x1
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Shape = TypeVar("Shape")


@dataclass(frozen=True)
class Checked:
    """A package that is what its list says; its files are still in the zip."""

    archive: zipfile.ZipFile
    manifest: Manifest
    manifest_text: str
    listing: Listing
    listing_bytes: bytes
    signature: Signature

    def is_signed_by(self, keys: Mapping[str, bytes]) -> bool:
        """Say whether one of `keys`, public ones by their ids, vouches for it."""
        return verify(self.listing_bytes, self.signature, keys)

    def open(self, name: str) -> IO[bytes]:
        """Return a listed file, unpacked as it is read; several may be open at once, in several threads."""
        return self.archive.open(name)


@dataclass(frozen=True)
class Package(Checked):
    """The same with its files in memory."""

    files: Mapping[str, bytes]  # by name, those of `_banshi/` left out


def read(data: bytes) -> Package:
    """Return the package in a zip; who signed it is not asked yet.

    Raises: PackageRefused, with everything found.
    """
    found = check(io.BytesIO(data))
    return Package(**vars(found), files={name: found.archive.read(name) for name in found.listing.files})


def check(file: IO[bytes]) -> Checked:
    """Look through the package in an open file, which must stay open; at most a piece of it is in memory.

    Raises: PackageRefused, with everything found.
    """
    archive = _opened(file)
    infos = archive.infolist()
    _refuse(_entry_faults(file, infos))
    there = {info.filename: _hashed(archive, info) for info in infos if not info.is_dir()}
    listing, signature = _own(archive, there, LISTING, Listing), _own(archive, there, SIGNATURE, Signature)
    listed = {name: found for name, found in there.items() if not name.startswith(OURS)}
    _refuse(differences(listing, listed))
    made, text = _manifest(archive, listed)
    if (made.id, made.version) != (listing.app, listing.version):
        told = f"the list is of {listing.app} {listing.version}, the manifest of {made.id} {made.version}"
        _stop("package.list", LISTING, told, "pack it again")
    return Checked(archive, made, text, listing, archive.read(LISTING), signature)


def _opened(file: IO[bytes]) -> zipfile.ZipFile:
    size = file.seek(0, io.SEEK_END)
    if size > LARGEST:
        told = f"it has {size:,} bytes"
        _stop("package.size", "", told, f"at most {LARGEST:,}; shrink pictures and fonts")
    # nothing before the first file and nothing after the end: else two readers may see two archives
    if _at(file, 0, len(LOCAL)) != LOCAL or not _ends_plainly(file, size):
        _stop("package.zip", "", "it is no plain zip", "make it with `miniapp pack`")
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OverflowError, RuntimeError) as error:
        _stop("package.zip", "", f"it cannot be opened: {error}", "make it with `miniapp pack`")
    if any(info.filename != info.orig_filename or not info.filename for info in archive.infolist()):
        # a reader in C ends a name at its first NUL, another does not; and no name at all is nobody's
        _stop("package.name", "", "a name in it is empty, or has a NUL", "make it with `miniapp pack`")
    return archive


def _ends_plainly(file: IO[bytes], size: int) -> bool:
    """Say whether the end is that of a zip whose directory may be read into memory.

    Its length is what readers go by, not the number of entries; the long form (ZIP64) would tell another one.
    """
    tail = _at(file, max(0, size - END.size - ZIP64_BYTES), END.size + ZIP64_BYTES)
    if len(tail) < END.size + ZIP64_BYTES or tail.startswith(ZIP64):
        return False
    mark, *_, directory, _, comment = END.unpack(tail[ZIP64_BYTES:])
    return bool(mark == END_MARK and directory <= LARGEST_TOLD and not comment)


def _at(file: IO[bytes], offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def _entry_faults(file: IO[bytes], infos: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    """Yield what is wrong with the entries, before any of them is unpacked."""
    if len(infos) > MOST_FILES:
        yield _found("package.files", "", f"it has {len(infos):,} files", f"at most {MOST_FILES:,}")
        return
    yield from _names.faults(info.filename for info in infos if not info.is_dir())
    total, end = 0, 0
    for info in sorted(infos, key=lambda each: each.header_offset):
        yield from _entry_faults_of(info)
        head = _at(file, info.header_offset, LOCAL_BYTES) if info.header_offset >= end else b""
        if len(head) < LOCAL_BYTES or not head.startswith(LOCAL):
            fix = "make it with `miniapp pack`"
            yield _found("package.bomb", _shown(info), "it lies upon another file", fix)
            return
        names = sum(struct.unpack("<HH", head[26:]))  # name and extra field
        end = info.header_offset + LOCAL_BYTES + names + info.compress_size
        total += info.file_size
    if total > LARGEST_UNPACKED:
        told = f"it unpacks to {total:,} bytes"
        yield _found("package.bomb", "", told, f"at most {LARGEST_UNPACKED:,}")


def _entry_faults_of(info: zipfile.ZipInfo) -> Iterator[Finding]:
    name = _shown(info)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield _found("package.symlink", name, "it is a link, or no file at all", "put the file there")
    if info.flag_bits & ENCRYPTED or info.compress_type not in METHODS:
        yield _found("package.zip", name, "it is locked, or packed in a rare way", "use deflate")
    told, most = f"it unpacks to {info.file_size:,} bytes", LARGEST_FILE
    if info.file_size > SMALL and info.file_size > DENSEST * max(1, info.compress_size):
        yield _found("package.bomb", name, told, "store it plainly")
    if info.filename in (MANIFEST, LISTING, SIGNATURE):
        most = LARGEST_TOLD
    if info.file_size > most:
        yield _found("package.size", name, told, f"at most {most:,}")


def _shown(info: zipfile.ZipInfo) -> str:
    return info.filename.encode("unicode_escape").decode()


def _hashed(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Listed:
    """Return how a file is to be listed; one that is longer than it says, or damaged, is refused."""
    size, digest = 0, hashlib.sha256()
    try:
        with archive.open(info) as stream:
            while piece := stream.read(PIECE):
                size += len(piece)
                digest.update(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        _stop("package.zip", info.filename, f"it cannot be read: {error}", "pack it again")
    if size != info.file_size:
        _stop("package.zip", info.filename, "it is not as long as it says", "pack it again")
    return Listed(digest.hexdigest(), size)


def _own(archive: zipfile.ZipFile, there: Mapping[str, Listed], name: str, shape: type[Shape]) -> Shape:
    if name not in there:
        _stop("package.list", name, "it is missing", "make the package with `miniapp pack`")
    try:
        return msgspec.json.decode(archive.read(name), type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _stop("package.list", name, f"it cannot be read: {error}", "make the package with `miniapp pack`")


def _manifest(archive: zipfile.ZipFile, there: Mapping[str, Listed]) -> tuple[Manifest, str]:
    if MANIFEST not in there:
        _stop("package.manifest", MANIFEST, "it is missing", "pack it with its manifest")
    try:
        text = archive.read(MANIFEST).decode()
        return manifests.read(text), text
    except UnicodeDecodeError as error:
        _stop("package.manifest", MANIFEST, f"byte {error.start} is not UTF-8", "save it as UTF-8")
    except ManifestRefused as refusal:
        raise refused(refusal.faults) from None


def refused(faults: Iterable[Fault]) -> PackageRefused:
    """Return the refusal of a package with these faults in its manifest."""
    return PackageRefused(
        [
            Finding(
                rule="package.manifest", file=MANIFEST, line=fault.line,
                problem=f"{fault.path}: {fault.expected}", fix=fault.fix,
            )
            for fault in faults
        ]
    )  # fmt: skip


def _found(rule: str, file: str, problem: str, fix: str) -> Finding:
    return Finding(rule=rule, file=file, problem=problem, fix=fix)


def _stop(rule: str, file: str, problem: str, fix: str) -> NoReturn:
    raise PackageRefused([_found(rule, file, problem, fix)])


def _refuse(findings: Iterable[Finding]) -> None:
    if found := list(findings):
        raise PackageRefused(found)
