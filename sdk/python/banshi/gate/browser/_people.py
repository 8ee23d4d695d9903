"""Two citizens whom nobody bears, for looking at a page: what each is called, and what an API says of him."""

import re
from dataclasses import dataclass
from typing import Any

DEEPEST = 8  # schemas inside each other
NOBODY: dict[str, Any] = {}


@dataclass(frozen=True)
class Person:
    """An invented citizen; every value is his alone and long enough to be found again."""

    name: str
    id_number: str  # of county 99, which there is not
    phone: str
    bank_card: str
    email: str
    landline: str
    passport: str
    case: str
    note: str  # stands where an API answers some other text
    token: str
    sub: str
    hotline: str = "96990"  # everybody's: it is shown as it is

    @property
    def numbers(self) -> tuple[str, ...]:
        """What may be shown only masked."""
        return self.id_number, self.phone, self.bank_card, self.email, self.landline, self.passport

    @property
    def traces(self) -> tuple[str, ...]:
        """By what one sees that something is of this citizen."""
        return (self.name, *self.numbers, self.case, self.note, self.token)


FIRST = Person(
    name="欧阳试甲", id_number="330199199004121024", phone="19999000001", bank_card="6222029999000000012",
    email="first.citizen@sandbox.example", landline="057199990011", passport="EZ9900011",
    case="3301992026110000017", note="甲方独有资料",
    token="gate-token-of-the-first-8c1f", sub="gate-first",  # noqa: S106 - nobody's
)  # fmt: skip
SECOND = Person(
    name="司徒试乙", id_number="330199198512230046", phone="19999000002", bank_card="6222029999000000020",
    email="second.citizen@sandbox.example", landline="057199990022", passport="EZ9900022",
    case="3301992026110000025", note="乙方独有资料<b onfocus=gate>乙</b>",  # no cleaning leaves this as it is
    token="gate-token-of-the-second-2b7e", sub="gate-second",  # noqa: S106
)  # fmt: skip

WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"id_?card|id_?no|id_?number|cert_?no|sfz|身份证", re.IGNORECASE), "id_number"),
    (re.compile(r"hotline|service_?phone|service_?tel|咨询|热线", re.IGNORECASE), "hotline"),
    (re.compile(r"land_?line|(?:fixed|home|office)_?phone|座机|固定电话", re.IGNORECASE), "landline"),
    (re.compile(r"passport|(?:permit|taiwan|officer)_?licen[cs]e|护照|通行证", re.IGNORECASE), "passport"),
    (re.compile(r"phone|mobile|tel\b|手机|电话", re.IGNORECASE), "phone"),
    (re.compile(r"bank|card|account|银行卡", re.IGNORECASE), "bank_card"),
    (re.compile(r"mail|邮箱", re.IGNORECASE), "email"),
    (re.compile(r"case|number|办件", re.IGNORECASE), "case"),
    (re.compile(r"name|姓名", re.IGNORECASE), "name"),
)
IS_MARKUP = re.compile(r"html|markup|rich|content|body|detail|descri|正文", re.IGNORECASE)  # may be HTML
MARKUP = re.compile(r"<[^>]*>")
SET = {"date": "2026-01-05", "date-time": "2026-01-05T09:00:00+08:00", "uri": "https://example.com/"}


def all_of(person: Person) -> dict[str, Any]:
    """Return what an API without a schema answers."""
    return {
        "name": person.name, "idNumber": person.id_number, "phone": person.phone, "email": person.email,
        "bankCard": person.bank_card, "note": person.note,
        "cases": [{"number": person.case, "title": person.note, "state": "ACCEPTED"}],
    }  # fmt: skip


def answer(schema: dict[str, Any], person: Person) -> Any:
    """Return a value that fits `schema` (JSON Schema), with the person's data where names call for it."""
    return _value(schema, schema, "", person, DEEPEST) if schema else all_of(person)


def _value(root: dict[str, Any], schema: dict[str, Any], name: str, person: Person, deep: int) -> Any:
    schema = _meant(root, schema)
    for told in ("const", "default"):
        if told in schema:
            return schema[told]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "null")
    if kind == "object" or "properties" in schema:
        parts = schema.get("properties", {}) if deep else {}
        return {key: _value(root, part, key, person, deep - 1) for key, part in parts.items()}
    if kind == "array":
        return [_value(root, schema.get("items", {}), name, person, deep - 1)] if deep else []
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return {"boolean": True, "null": None}.get(str(kind), _text(schema, name, person))


def _meant(root: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow references and take the first of several choices."""
    for _ in range(DEEPEST):
        reference = str(schema.get("$ref", ""))
        choices = [
            each for each in schema.get("anyOf", schema.get("oneOf", [])) if each.get("type") != "null"
        ]
        if reference.startswith("#/$defs/"):
            schema = root.get("$defs", NOBODY).get(reference.removeprefix("#/$defs/"), NOBODY)
        elif choices:
            schema = choices[0]
        else:
            break
    return schema


def _text(schema: dict[str, Any], name: str, person: Person) -> str:
    if schema.get("format") in SET:
        return SET[schema["format"]]
    field = next((field for pattern, field in WORDS if pattern.search(name)), "note")
    told = str(getattr(person, field))
    return MARKUP.sub("", told) if IS_MARKUP.search(name) else told
