"""Which files are taken, which are not, and what is left of those that are."""

import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from storage.inspection import checker
from storage.inspection.findings import MOST_PAGES, Finding, Refused
from tests.storage.inspection import files

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
Make = Callable[[], bytes]


def finding(data: bytes, media_type: str) -> Finding:
    with pytest.raises(Refused) as refused:
        checker.check(data, media_type)
    return refused.value.finding


@pytest.mark.parametrize(
    ("case", "media_type", "make"),
    [
        ("grey", JPEG, lambda: files.jpeg("L")),
        ("print colours", JPEG, lambda: files.jpeg("CMYK")),
        ("progressive", JPEG, lambda: files.jpeg(progressive=True)),
        ("with restart markers", JPEG, lambda: files.jpeg(restart_marker_blocks=2)),
        ("palette", PNG, lambda: files.png("P")),
        ("transparent", PNG, lambda: files.png("RGBA")),
        ("16 bit", PNG, lambda: files.png("I;16")),
        ("one page", PDF, files.pdf),
        ("linearised", PDF, lambda: files.pdf(3, linearize=True)),
        ("object streams", PDF, lambda: files.pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)),
        ("a link to a site", PDF, files.pdf_with_a_link),
        ("opens at a page", PDF, files.pdf_that_opens_at_a_page),
        ("as many pages as may be", PDF, lambda: files.pdf(MOST_PAGES)),
        ("a little blank space at the end", PDF, lambda: files.pdf() + b"\r\n" * 20),
    ],
)
def test_a_clean_file_is_kept_to_the_byte(case: str, media_type: str, make: Make) -> None:
    data = make()

    assert checker.check(data, media_type) == data, case


@pytest.mark.parametrize(
    ("case", "media_type", "make"),
    [
        ("PDF and ZIP", PDF, lambda: files.pdf() + files.archive()),
        ("JPEG and ZIP", JPEG, lambda: files.jpeg() + files.archive()),
        ("PNG and ZIP", PNG, lambda: files.png() + files.archive()),
        ("JPEG and PHP in a comment", JPEG, lambda: files.jpeg_with_segment(0xFE, files.PHP)),
        ("PNG and PHP in a text", PNG, lambda: files.png_with_text(files.PHP.decode())),
        ("JPEG and HTML in its metadata", JPEG, lambda: files.jpeg_with_segment(0xE1, b"<html><body>")),
        ("PNG and PDF behind the end", PNG, lambda: files.png() + files.pdf()),
        ("JPEG and PDF in a comment", JPEG, lambda: files.jpeg_with_segment(0xFE, b"%PDF-1.4 1 0 obj")),
        ("JPEG and a program behind the end", JPEG, lambda: files.jpeg() + b"MZ" + bytes(90)),
        (
            "PNG and an archive in a chunk",
            PNG,
            lambda: files.png_with_chunk(b"prVt", b"PK\x03\x04" + bytes(20)),
        ),
        ("PNG and a program in a chunk", PNG, lambda: files.png_with_chunk(b"prVt", b"\x7fELF" + bytes(20))),
        ("PDF and a script in a comment", PDF, lambda: files.pdf() + b"%<script>alert(1)</script>"),
        ("PDF and RAR", PDF, lambda: files.pdf() + b"Rar!\x1a\x07\x01\0"),
        ("PDF and a long tail", PDF, lambda: files.pdf() + b"\x01" * 5000),
        ("JPEG and a long tail", JPEG, lambda: files.jpeg() + b"\x01" * 5000),
        ("PNG and a long tail", PNG, lambda: files.png() + b"\x01" * 5000),
    ],
)
def test_a_file_with_another_inside_is_refused(case: str, media_type: str, make: Make) -> None:
    assert finding(make(), media_type) is Finding.HIDDEN_CONTENT, case


@pytest.mark.parametrize(
    ("case", "media_type", "make"),
    [
        ("PNG of 900 million points", PNG, files.png_bomb),
        ("JPEG of 4 000 million points", JPEG, files.jpeg_bomb),
        ("PDF that inflates past the budget", PDF, lambda: files.pdf_that_inflates(160)),
        ("PDF that inflates what it inflated", PDF, files.pdf_that_inflates_twice),
        (
            "PDF with a picture too large",
            PDF,
            lambda: files.pdf_with_a_stream(
                zlib.compress(b"x"), pikepdf.Name.FlateDecode,
                Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=90_000, Height=90_000,
            ),
        ),
    ],
)  # fmt: skip
def test_a_bomb_is_refused(case: str, media_type: str, make: Make) -> None:
    assert finding(make(), media_type) is Finding.TOO_LARGE_INSIDE, case


@pytest.mark.parametrize(
    "make",
    [
        files.pdf_that_runs_a_script,
        files.pdf_that_starts_a_program,
        files.pdf_with_an_attachment,
        files.pdf_that_sends_a_form,
        files.pdf_that_acts_on_its_own,
    ],
)
def test_a_document_that_acts_is_refused(make: Make) -> None:
    assert finding(make(), PDF) is Finding.ACTIVE_CONTENT


def test_an_encrypted_document_is_refused_with_and_without_a_password_to_open_it() -> None:
    closed = files.pdf(encryption=pikepdf.Encryption(owner="o", user="u"))
    open_to_all = files.pdf(encryption=pikepdf.Encryption(owner="o", user=""))

    assert finding(closed, PDF) is Finding.ENCRYPTED
    assert finding(open_to_all, PDF) is Finding.ENCRYPTED


def test_a_document_with_too_many_pages_is_refused() -> None:
    assert finding(files.pdf(MOST_PAGES + 1), PDF) is Finding.TOO_MANY_PAGES


def test_a_document_without_pages_is_refused() -> None:
    assert finding(files.pdf(0), PDF) is Finding.DAMAGED


@pytest.mark.parametrize(
    ("case", "media_type", "make"),
    [
        ("JPEG cut off", JPEG, lambda: files.jpeg()[:-40]),
        ("JPEG of two markers", JPEG, lambda: b"\xff\xd8\xff\xd9"),
        ("JPEG with a length past its end", JPEG, lambda: b"\xff\xd8\xff\xe0\xff\xff"),
        ("JPEG with noise between segments", JPEG, lambda: b"\xff\xd8\xff\xe0\x00\x02noise"),
        ("PNG cut off", PNG, lambda: files.png()[:-14]),
        ("PNG with a wrong sum", PNG, lambda: files.png().replace(b"IDAT", b"IDAS")),
        ("PNG without a picture", PNG, lambda: files.png()[:33] + files.png_chunk(b"IEND", b"")),
        ("PNG with an unknown critical chunk", PNG, lambda: files.png_with_chunk(b"EVIL", b"")),
        ("PNG with nonsense for a picture", PNG, lambda: _with_nonsense()),
        ("PDF without an end", PDF, lambda: b"%PDF-1.7\n1 0 obj"),
        ("PDF with a broken table", PDF, lambda: files.pdf().replace(b"xref", b"xxxx")),
        ("PDF with a broken stream", PDF, lambda: files.pdf_with_a_stream(b"junk", pikepdf.Name.FlateDecode)),
    ],
)
def test_a_damaged_file_is_refused(case: str, media_type: str, make: Make) -> None:
    assert finding(make(), media_type) is Finding.DAMAGED, case


def _with_nonsense() -> bytes:
    return files.png()[:33] + files.png_chunk(b"IDAT", b"nonsense") + files.png_chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("claimed", "data"),
    [
        (PDF, files.png()),
        (PNG, files.jpeg()),
        (JPEG, files.pdf()),
        (PDF, b"\r\n" + files.pdf()),
        (JPEG, b""),
        ("text/html", b"<html>"),
        ("image/svg+xml", b"<svg onload=alert(1)>"),
    ],
)
def test_a_file_of_another_type_than_claimed_is_refused(claimed: str, data: bytes) -> None:
    assert finding(data, claimed) is Finding.TYPE_DIFFERS


def test_a_photograph_forgets_where_and_with_what_it_was_taken_but_not_which_side_is_up() -> None:
    data = files.jpeg_from_a_phone(orientation=6)

    kept = checker.check(data, JPEG)

    exif = Image.open(BytesIO(kept)).getexif()
    assert dict(exif) == {0x0112: 6}
    assert not exif.get_ifd(0x8825)
    assert b"SecretPhone" not in kept
    assert b"taken at home" not in kept


def test_the_points_of_a_photograph_stay_the_same() -> None:
    data = files.jpeg_from_a_phone(orientation=1)

    kept = checker.check(data, JPEG)

    assert Image.open(BytesIO(kept)).tobytes() == Image.open(BytesIO(data)).tobytes()
    assert checker.check(kept, JPEG) == kept


def test_the_further_pictures_that_phones_append_are_cut_off() -> None:
    first = files.jpeg()

    assert checker.check(first + files.jpeg("L") * 3, JPEG) == first


def test_a_png_forgets_its_texts() -> None:
    kept = checker.check(files.png_with_text("Alice was here"), PNG)

    assert b"Alice" not in kept
    assert Image.open(BytesIO(kept)).tobytes() == files.picture().tobytes()


def test_orientation_that_makes_no_sense_is_dropped() -> None:
    assert dict(Image.open(BytesIO(checker.check(files.jpeg_from_a_phone(99), JPEG))).getexif()) == {}
