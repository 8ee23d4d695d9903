"""What the wallet may hold, how much each paper is worth, and how a certificate is numbered."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from banshi.errors import InvalidInput
from miniapps.materials.errors import TooLarge, TypeNotTaken

IDENTITY_KIND = "id_card"
"""The one kind that a signed-in person needs not hold as a file (一证通办: the ID card alone suffices)."""

MEDIA_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png"})

UPLOAD_SECONDS = 600  # how long a form for one upload is good
LINK_SECONDS = 60  # how long a download link is good
MOST_UNDER_WAY = 20  # uploads of one party: bounds what lies in quarantine
PURPOSE_LENGTH = 200  # characters of 用证事由
EVIDENCE_LENGTH = 200  # characters
TITLE_LENGTH = 80  # characters


class Trust(StrEnum):
    """What stands behind a material (材料可信等级).

    Source: 国办函〔2016〕108号: made by an organ of state; checked against the original at a window;
    uploaded by the citizen, original still to be shown where asked; the citizen's own statement.
    """

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Source(StrEnum):
    """Where a needed material comes from, in the order in which it is looked for."""

    IDENTITY = "identity"
    CERTIFICATE = "certificate"
    WALLET = "wallet"


class UploadState(StrEnum):
    """The life of one upload."""

    REQUESTED = "requested"
    CHECKING = "checking"
    AVAILABLE = "available"
    REFUSED = "refused"
    LAPSED = "lapsed"


class Reason(StrEnum):
    """Why an upload was refused: a finding of the inspection, or what the worker saw before it."""

    MISSING = "missing"
    SIZE_DIFFERS = "size_differs"
    HASH_DIFFERS = "hash_differs"
    TYPE_DIFFERS = "type_differs"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    ACTIVE_CONTENT = "active_content"
    HIDDEN_CONTENT = "hidden_content"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE_INSIDE = "too_large_inside"
    VIRUS = "virus"
    UNREADABLE = "unreadable"
    NOT_CHECKED = "not_checked"


REASONS = {
    Reason.MISSING: "没有收到文件，请重新上传。",
    Reason.SIZE_DIFFERS: "收到的文件大小与原文件不一致，请重新上传。",
    Reason.HASH_DIFFERS: "收到的文件内容与原文件不一致，请重新上传。",
    Reason.TYPE_DIFFERS: "文件的实际类型与所选类型不符，请上传 PDF、JPEG 或 PNG 文件。",
    Reason.DAMAGED: "文件已损坏或不完整，请重新扫描或拍摄。",
    Reason.ENCRYPTED: "文件已加密，请去除密码后上传。",
    Reason.ACTIVE_CONTENT: "文件含有脚本、附件或自动动作，请另存为普通 PDF 后上传。",
    Reason.HIDDEN_CONTENT: "文件中夹带了其他内容（如动态照片、压缩包），请另存后上传。",
    Reason.TOO_MANY_PAGES: "文件页数过多，请拆分后上传。",
    Reason.TOO_LARGE_INSIDE: "文件展开后过大，请降低分辨率后上传。",
    Reason.VIRUS: "文件未通过病毒扫描。",
    Reason.UNREADABLE: "文件无法读取，请重新扫描或拍摄。",
    Reason.NOT_CHECKED: "文件未能在一天内完成检查，请重新上传。",
}
"""What the citizen reads: what is wrong and what to do."""


class ObjectState(StrEnum):
    """Whether the vault holds the bytes: promised, there, or erased."""

    RESERVED = "reserved"
    STORED = "stored"
    ERASED = "erased"


class CertificateState(StrEnum):
    """证照状态.  `expired` is never stored: it follows from the date."""

    NORMAL = "normal"
    REVOKED = "revoked"
    EXPIRED = "expired"


class WalletSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How large an upload may be, in bytes; some kinds have their own limit."""

    max_bytes: int = 20 * 1024 * 1024
    max_bytes_by_kind: dict[str, int] = {}


@dataclass(frozen=True, kw_only=True)
class Holding:
    """The best thing a party holds of one kind."""

    source: Source
    id: UUID  # of the material version, the certificate, or (source identity) the person
    kind: str
    title: str
    trust: Trust
    valid_until: date | None  # last good day; None: no end
    electronic: bool  # it is a record or a file: no paper has to travel


_KIND = re.compile(r"[a-z][a-z0-9_]{1,63}")
_KEY = re.compile(r"[\x21-\x7e]{8,64}")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_OWN_WORD = ("_commitment", "_statement", "_declaration")


def check_upload(*, kind: str, title: str, media_type: str, size: int, settings: WalletSettings) -> None:
    """Refuse what could never become a material, before any byte is sent.

    Raises: InvalidInput, TypeNotTaken, TooLarge.
    """
    if not _KIND.fullmatch(kind):
        raise InvalidInput(field="kind", problem="use 2–64 of a–z, 0–9 and _, beginning with a letter")
    bounded(title, field="title", longest=TITLE_LENGTH)
    if media_type not in MEDIA_TYPES:
        raise TypeNotTaken(media_type=media_type, taken=", ".join(sorted(MEDIA_TYPES)))
    limit = settings.max_bytes_by_kind.get(kind, settings.max_bytes)
    if not 0 < size <= limit:
        raise TooLarge(size=size, limit=limit)


def check_names(*, sha256: str, idempotency_key: str) -> None:
    """Refuse a hash or a key of the wrong form.  Raises InvalidInput."""
    if not _SHA256.fullmatch(sha256):
        raise InvalidInput(field="sha256", problem="write the SHA-256 of the file as 64 hexadecimal digits")
    if not _KEY.fullmatch(idempotency_key):
        raise InvalidInput(field="idempotencyKey", problem="use 8–64 printable ASCII characters, e.g. a UUID")


def bounded(text: str, *, field: str, longest: int) -> str:
    """Return `text` without outer blanks when it has 1 to `longest` printable characters.

    Raises: InvalidInput otherwise.
    """
    words = text.strip()
    if not 0 < len(words) <= longest or not words.isprintable():
        raise InvalidInput(field=field, problem=f"write 1–{longest} printable characters")
    return words


def upload_trust(kind: str) -> Trust:
    """Say what an upload is worth: D for the citizen's own word, C for a copy of somebody's paper."""
    return Trust.D if kind.endswith(_OWN_WORD) else Trust.C


def certificate_state(stored: CertificateState, valid_until: date | None, *, on: date) -> CertificateState:
    """Return the state on a day: a certificate past its last good day has expired by itself."""
    if stored is CertificateState.NORMAL and valid_until is not None and valid_until < on:
        return CertificateState.EXPIRED
    return stored


def best(candidates: Iterable[Holding]) -> dict[str, Holding]:
    """Keep the first holding of each kind; the caller brings them best first."""
    kept: dict[str, Holding] = {}
    for holding in candidates:
        kept.setdefault(holding.kind, holding)
    return kept


IDENTIFIER_ROOT = "1.2.156.3005.2"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_character(text: str) -> str:
    """Return the ISO 7064 MOD 37,36 check character of letters and digits.

    Source: GB/T 36904, over type code + issuer code + serial + version, without dots.
    """
    product = 36
    for character in text:
        total = (product + _ALPHABET.index(character)) % 36 or 36
        product = total * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def certificate_identifier(*, type_code: str, issuer_code: str, serial: str, version: int = 1) -> str:
    """Return the certificate's identifier (证照标识), e.g. `1.2.156.3005.2.<21>.<18>.<serial>.001.Y`.

    `type_code`: the defining organ's unified code (18) and a serial of 3; `issuer_code`: 18;
    `serial`: the issuer's own number, letters and digits.  Source: GB/T 36904.
    """
    parts = (type_code, issuer_code, serial, f"{version:03d}")
    return ".".join((IDENTIFIER_ROOT, *parts, check_character("".join(parts))))


def identifier_holds(identifier: str) -> bool:
    """Say whether an identifier has the layout and its check character is right."""
    tail = identifier.removeprefix(f"{IDENTIFIER_ROOT}.").split(".")
    if len(tail) != 5 or not re.fullmatch("[0-9A-Z]+", "".join(tail)):
        return False
    type_code, issuer_code, _, version, check = tail
    lengths = (len(type_code), len(issuer_code), len(version)) == (21, 18, 3)
    return lengths and check == check_character("".join(tail[:4]))


def signed_text(fields: Mapping[str, str]) -> bytes:
    """Return the exact bytes that a certificate's signature covers: one JSON object, keys sorted."""
    return msgspec.json.encode(dict(fields), order="sorted")
