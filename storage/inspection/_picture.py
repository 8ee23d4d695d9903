"""Pictures: after the structure is clean, the picture is decoded once to see that it can be."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from storage.inspection import _jpeg, _png
from storage.inspection.findings import LARGEST_PICTURE, WIDEST, Finding, Refused

_DRAWABLE = ("PNG", "JPEG", "WEBP")
_ORIENTATION = 0x0112  # EXIF tag


def check_jpeg(data: bytes) -> bytes:
    """Return the JPEG to keep.  Raises Refused."""
    cleaned = _jpeg.clean(data, orientation=1)
    orientation = _orientation(data)
    _decode(cleaned, "JPEG")
    return cleaned if orientation == 1 else _jpeg.clean(data, orientation=orientation)


def check_png(data: bytes) -> bytes:
    """Return the PNG to keep.  Raises Refused."""
    cleaned = _png.clean(data)
    _decode(cleaned, "PNG")
    return cleaned


def drawn(data: bytes) -> bytes:
    """Return a PNG of what a picture shows, of whatever kind it is.  Raises Refused."""
    try:
        with Image.open(BytesIO(data), formats=_DRAWABLE) as picture:
            if max(picture.size) > WIDEST:
                raise Refused(Finding.TOO_LARGE_INSIDE)
            anew = BytesIO()
            ImageOps.exif_transpose(picture).convert("RGB").save(anew, format="PNG")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refused(Finding.DAMAGED) from None
    return anew.getvalue()


def _orientation(data: bytes) -> int:
    """Return which side is up, 1–8; 1 also when the file does not say or says nonsense."""
    try:
        with Image.open(BytesIO(data), formats=["JPEG"]) as picture:
            value = picture.getexif().get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError):
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _decode(data: bytes, format_: str) -> None:
    """Decode the picture; a JPEG at an eighth of its size, which reads every byte all the same."""
    Image.MAX_IMAGE_PIXELS = LARGEST_PICTURE
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            with Image.open(BytesIO(data), formats=[format_]) as picture:
                picture.draft("RGB", (max(1, picture.width // 8), max(1, picture.height // 8)))
                picture.load()
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise Refused(Finding.TOO_LARGE_INSIDE) from None
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
            raise Refused(Finding.DAMAGED) from None
