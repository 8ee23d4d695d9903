"""Packages: made the same each time, and refused with rule and place for whatever is odd about them."""

import io
import random
import stat
import tracemalloc
import zipfile
from tempfile import TemporaryFile

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi import manifest as manifests
from banshi import package
from banshi.findings import PackageRefused
from banshi.package import LISTING, MANIFEST, SIGNATURE, Listing
from tests.sdk.gate.good import MANIFEST_TEXT as TEXT

MADE = manifests.read(TEXT)
KEY = package.new_key()
KEYS = {package.key_id(package.public_of(KEY)): package.public_of(KEY)}
DENSE = random.Random(1).randbytes(20_000) * 300  # six million bytes, a hundredth of that in a zip
FILES = {MANIFEST: TEXT.encode(), "index.html": b"<!doctype html>", "js/app.js": b"let a = 1\n" * 500}


def packed(**changes: bytes) -> bytes:
    return package.pack(MADE, {**FILES, **changes}, KEY)


def zipped(files, *, listed=None, **rest):
    """A zip of any names and contents, whose list is true but for `listed`."""
    good = {name: content for name, content in FILES.items() if name not in rest.get("without", ())}
    whole = {**good, **{getattr(name, "filename", name): content for name, content in files}}
    listing = Listing.of(MADE.id, MADE.version, whole) if listed is None else listed
    signature = msgspec.json.encode(package.sign(listing, KEY))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*good.items(), *files, (LISTING, listing.encoded()), (SIGNATURE, signature)]:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            info.compress_type = rest.get("method", zipfile.ZIP_DEFLATED)
            archive.writestr(info, content)
        archive.comment = rest.get("comment", b"")
    return made.getvalue()


def refused(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(PackageRefused) as refusal:
        package.read(data)
    assert all(found.problem and found.fix for found in refusal.value.findings)
    return [(found.rule, found.file) for found in refusal.value.findings]


def test_what_is_packed_is_read_again_and_signed():
    data = packed()
    read = package.read(data)

    assert dict(read.files) == FILES
    assert (read.manifest, read.manifest_text) == (MADE, TEXT)
    assert read.is_signed_by(KEYS)
    assert packed() == data


def test_nobody_else_s_signature_counts():
    other = package.public_of(package.new_key())
    read = package.read(packed())

    assert not read.is_signed_by({})
    assert not read.is_signed_by({package.key_id(other): other})
    assert not read.is_signed_by({read.signature.key: other})
    broken = msgspec.structs.replace(read.signature, signature="!" + read.signature.signature)
    assert not package.verify(read.listing_bytes, broken, KEYS)
    assert not package.verify(
        read.listing_bytes, msgspec.structs.replace(read.signature, algorithm="none"), KEYS
    )
    assert not package.verify(read.listing_bytes + b" ", read.signature, KEYS)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("../evil.js", "package.traversal"),
        ("a/../../evil.js", "package.traversal"),
        ("/etc/passwd.txt", "package.traversal"),
        ("C:/evil.js", "package.traversal"),
        ("a\\..\\evil.js", "package.traversal"),
        ("a//b.js", "package.name"),
        ("./a.js", "package.name"),
        (".hidden.js", "package.name"),
        ("a./b.js", "package.name"),
        ("中文.js", "package.name"),
        ("a b.js", "package.name"),
        ("a\nb.js", "package.name"),
        ("a/" * 12 + "b.js", "package.name"),
        ("a" * 198 + ".js", "package.name"),
        ("con.js", "package.name"),
        ("js/NUL.min.js", "package.name"),
        ("run.sh", "package.kind"),
        ("Makefile", "package.kind"),
        ("page.php", "package.kind"),
        ("a.HTML", "package.kind"),
    ],
)
def test_names_that_could_surprise_somebody_are_refused(name, rule):
    assert [found for found, _ in refused(zipped([(name, b"x")]))] == [rule]


def test_the_same_name_twice_or_in_other_capitals_is_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped([("a.js", b"1"), ("a.js", b"2")])

    assert refused(twice) == [("package.duplicate", "a.js")]
    assert refused(zipped([("a.js", b"1"), ("A.js", b"1")])) == [("package.case", "A.js")]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(kind):
    info = zipfile.ZipInfo("a.js")
    info.external_attr = (kind | 0o777) << 16

    assert refused(zipped([(info, b"/etc/passwd")])) == [("package.symlink", "a.js")]


def test_what_unpacks_to_very_much_is_refused_before_it_is_unpacked():
    assert refused(zipped([("a.txt", b"a" * 5_000_000)])) == [("package.bomb", "a.txt")]
    many = [(f"{n}.txt", DENSE) for n in range(1 + package.LARGEST_UNPACKED // len(DENSE))]
    rules = {rule for rule, _ in refused(zipped(many))}
    assert rules == {"package.bomb"}


def test_files_that_lie_upon_each_other_are_refused():
    data = bytearray(zipped([("a.js", b"x" * 100)]))
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]  # its header is where the first's is

    assert "package.bomb" in {rule for rule, _ in refused(bytes(data))}


def test_too_many_files_are_refused():
    many = [(f"{n}.js", b"") for n in range(package.MOST_FILES)]

    assert refused(zipped(many)) == [("package.files", "")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"hello",
        b"PK\x03\x04" + b"x" * 100,
        b"#!/bin/sh\n" + packed(),
        packed() + b"\n",
        packed()[:-1],
        packed()[100:],
        zipped([], comment=b"hello"),
        zipped([], method=zipfile.ZIP_BZIP2),
        zipped([], method=zipfile.ZIP_LZMA),
    ],
)
def test_what_is_no_plain_zip_is_refused(data):
    assert {rule for rule, _ in refused(data)} == {"package.zip"}


def test_a_locked_file_is_refused():
    data = bytearray(packed())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1

    assert refused(bytes(data))[0][0] == "package.zip"


def test_what_is_longer_than_twenty_mebibytes_is_refused():
    assert refused(b"PK\x03\x04" + bytes(package.LARGEST)) == [("package.size", "")]


def test_what_is_read_whole_is_never_long():
    large = DENSE[:20_000] * (1 + package.LARGEST_FILE // 20_000)
    told = f"{TEXT}# ".encode() + b"a1b2c3d4" * 2**17

    assert refused(zipped([("a.png", large)])) == [("package.size", "a.png")]
    assert ("package.size", MANIFEST) in refused(zipped([(MANIFEST, told)], without=(MANIFEST,)))


def test_a_directory_that_is_not_what_the_end_says_of_it_is_not_read():
    data = packed()
    end = data.rindex(b"PK\x05\x06")
    long = bytearray(data)
    long[end + 12 : end + 16] = (2**21).to_bytes(4, "little")
    many = zipped([("a.txt", b"")]).replace(b"PK\x05\x06", b"PK\x06\x07" + bytes(16) + b"PK\x05\x06")

    assert refused(bytes(long)) == [("package.zip", "")]
    assert refused(many) == [("package.zip", "")]


def test_a_package_in_a_file_is_looked_through_without_being_held():
    files = [(f"{n}.png", random.Random(n).randbytes(6 * 2**20)) for n in range(3)]
    with TemporaryFile() as file:
        file.write(zipped(files, method=zipfile.ZIP_STORED))
        tracemalloc.start()
        found = package.check(file)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert found.is_signed_by(KEYS)
        assert peak < 2**21
        with found.open("2.png") as stream:
            assert stream.read() == files[2][1]


def test_a_list_that_is_not_of_these_files_is_refused():
    listing = Listing.of(MADE.id, MADE.version, {**FILES, "gone.js": b"", "js/app.js": b"other"})
    of_another = Listing.of("other-app", MADE.version, FILES)

    assert refused(zipped([("new.js", b"")], listed=listing)) == [
        ("package.list", "gone.js"),
        ("package.list", "new.js"),
        ("package.hash", "js/app.js"),
    ]
    assert refused(zipped([], listed=of_another)) == [("package.list", LISTING)]


def test_a_manifest_is_needed_and_each_of_its_faults_is_told_with_its_line():
    bad = TEXT.replace("retention_days: 30", "retention_days: many").encode()
    with pytest.raises(PackageRefused) as refusal:
        package.read(zipped([(MANIFEST, bad)], without=(MANIFEST,)))

    [found] = refusal.value.findings
    assert (found.rule, found.file, found.line) == ("package.manifest", MANIFEST, 12)
    assert found.show().startswith("miniapp.yaml:12: package.manifest: retention_days: expected")
    assert refusal.value.extensions["findings"][0]["rule"] == "package.manifest"
    assert refused(zipped([], without=(MANIFEST,))) == [("package.manifest", MANIFEST)]
    assert refused(zipped([(MANIFEST, b"\xff")], without=(MANIFEST,))) == [("package.manifest", MANIFEST)]


@pytest.mark.parametrize("name", [LISTING, SIGNATURE])
def test_without_list_or_signature_it_is_refused(name):
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed())) as old, zipfile.ZipFile(made, "w") as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))

    assert refused(made.getvalue()) == [("package.list", name)]


def test_a_folder_is_gathered_without_hidden_files_and_never_by_links(tmp_path):
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "app.js").write_bytes(b"1")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config.txt").write_bytes(b"secret")
    (tmp_path / ".env.txt").write_bytes(b"secret")

    assert package.gather(tmp_path, TEXT) == {MANIFEST: TEXT.encode(), "js/app.js": b"1"}
    (tmp_path / "js" / "link.js").symlink_to("/etc/hostname")
    with pytest.raises(PackageRefused) as refusal:
        package.gather(tmp_path, TEXT)
    assert [(found.rule, found.file) for found in refusal.value.findings] == [
        ("package.symlink", "js/link.js")
    ]


def test_packing_refuses_what_reading_would():
    with pytest.raises(PackageRefused):
        packed(**{"a b.js": b""})
    with pytest.raises(PackageRefused):
        package.pack(MADE, {"index.html": b""}, KEY)
    with pytest.raises(ValueError, match="key"):
        package.pack(MADE, FILES, b"no key")


@pytest.mark.parametrize("name", [b"\0ndex.html", b"index.htm\0"])
def test_names_with_a_nul_are_refused(name):
    data = packed().replace(b"index.html", name)

    with pytest.raises(PackageRefused) as refusal:
        package.read(data)

    assert refusal.value.findings[0].rule == "package.name"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8))
def test_whatever_is_changed_it_is_refused_or_still_what_was_signed(changes):
    data = bytearray(packed())
    for place, byte in changes:
        data[place % len(data)] = byte

    try:
        read = package.read(bytes(data))
    except PackageRefused:
        return
    assert dict(read.files) == FILES or not read.is_signed_by(KEYS)
