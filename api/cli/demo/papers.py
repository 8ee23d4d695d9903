"""Real files for the demonstration's citizens: a lease as PDF, a photo as JPEG; drawn from a seed."""

import io
import random
from dataclasses import dataclass

import pikepdf
from PIL import Image, ImageDraw

A4 = (595, 842)  # points


@dataclass(frozen=True)
class Paper:
    """A file as a phone holds it."""

    kind: str
    title: str
    media_type: str
    content: bytes


def lease(draw: random.Random) -> Paper:
    """Return a one-page lease (租房合同) whose rent, number and months are drawn."""
    lines = [
        f"LEASE No. {draw.randrange(10**8):08d}",
        f"Monthly rent: {draw.randrange(15, 80) * 100} yuan",
        f"Term: {draw.randrange(6, 25)} months",
    ]
    text = "\n".join(f"1 0 0 1 72 {760 - 24 * row} Tm ({line}) Tj" for row, line in enumerate(lines))
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    pdf.add_blank_page(page_size=A4)
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
    page.Contents = pdf.make_stream(f"BT /F1 14 Tf\n{text}\nET".encode())
    out = io.BytesIO()
    pdf.save(out)
    return Paper("lease_contract", "租房合同", "application/pdf", out.getvalue())


def photo(draw: random.Random) -> Paper:
    """Return a portrait (照片) of nobody: a drawn face on a drawn colour."""
    background = (draw.randrange(60, 200), draw.randrange(60, 200), draw.randrange(60, 200))
    image = Image.new("RGB", (358, 441), background)
    pen = ImageDraw.Draw(image)
    pen.ellipse((104, 90, 254, 290), fill=(236, 200, 170))
    for eye in (140, 198):
        pen.ellipse((eye, 160, eye + 20, 176), fill=(40, 30, 30))
    pen.arc((140, 200, 218, 250), 20, 160, fill=(150, 60, 60), width=5)
    for _ in range(200):  # grain, so that two seeds never give the same bytes
        image.putpixel((draw.randrange(358), draw.randrange(441)), background[::-1])
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return Paper("photo", "照片", "image/jpeg", out.getvalue())
