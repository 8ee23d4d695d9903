"""The sandbox's authority: it knows the cast and the invented population, and nobody real."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from banshi.errors import InvalidInput, Unavailable
from identity.errors import NotVerified
from identity.sandbox import _citizens as citizens
from identity.sandbox._personas import BY_NUMBER, HANGZHOU, Persona
from identity.verifier import Facts, Proof
from storage.ids import new_id
from storage.seal import same

FACE_CODE = "ok"

METHODS = {  # method: the form field it adds, the answer that passes, the level it proves
    "face": ("face", FACE_CODE, 3),
}

NOBODY = Facts(number="", name="", phone=None, birthday=None, sex=None, region="")


class SandboxVerifier:
    """Verifies by `face` (the field `face` is "ok"), and knows everybody's phone.

    Follows the contract of `IdentityVerifier`.  One persona's name never matches, another's check is
    always out of order.
    """

    methods = frozenset({"face", "sms"})

    def __init__(self, *, production: bool) -> None:
        """Refuse to stand at the door of a real platform: anybody could enter as anybody."""
        if production:
            raise ValueError("the sandbox verifier knows only invented persons; production needs a real one")

    async def verify(self, method: str, form: Mapping[str, str], *, address: str, now: datetime) -> Proof:
        """Return the proof; see the contract."""
        field, answer, level = METHODS.get(method, ("", "", 0))
        if field and not form.get(field):
            raise InvalidInput(field=field, problem="请填写核验信息")
        facts = await self.match(form["id_number"], form["name"], address=address, now=now)
        passed = same(_digest(form.get(field, "")), _digest(answer))
        if facts is None or not (level and passed):
            raise NotVerified
        return Proof(level=level, method=method, at=now, evidence_id=f"sandbox-{new_id().hex}", facts=facts)

    async def match(self, number: str, name: str, *, address: str, now: datetime) -> Facts | None:
        """Return what is known of the bearer of `number` if he is called `name`; see the contract."""
        persona = BY_NUMBER.get(number)
        if persona is not None and persona.trouble == "outage":
            raise Unavailable(system="公安人口库")
        facts = _facts(number)
        return facts if same(_digest(name), _digest(facts.name)) else None


def _digest(text: str) -> bytes:
    """Of equal length whatever the text, so that comparing takes equal time."""
    return hashlib.sha256(text.encode()).digest()


def _facts(number: str) -> Facts:
    """Return what the authority knows by this number; for one that nobody bears, facts no name matches."""
    persona = BY_NUMBER.get(number)
    if persona is not None:
        return facts_of(persona)
    if citizens.HOMES.keys() & {number[:4]} and citizens.is_registered(number):
        return _resident(number)
    return NOBODY


def facts_of(persona: Persona) -> Facts:
    """Return what the authority knows of one of the cast."""
    name = persona.name + "闽" if persona.trouble == "mismatch" else persona.name
    return Facts(
        number=persona.number, name=name, phone=persona.phone, birthday=persona.birthday, sex=persona.sex,
        region=persona.region,
    )  # fmt: skip


def _resident(number: str) -> Facts:
    return Facts(
        number=number, name=citizens.name_of(number), phone=citizens.phone_of(number),
        birthday=citizens.birthday_of(number), sex=citizens.sex_of(number),
        region=citizens.home(number),
    )  # fmt: skip


def citizen(seed: int, *, city: str = HANGZHOU) -> Persona:
    """Return a registered adult drawn from `seed`: always the same for the same seed and city."""
    facts = _resident(citizens.random_number(seed, city))
    assert facts.phone and facts.birthday and facts.sex
    return Persona(
        key=f"citizen_{seed}", why="随机生成的成年人", number=facts.number, name=facts.name,
        phone=facts.phone, birthday=facts.birthday, sex=facts.sex, region=facts.region,
    )  # fmt: skip


def proof_of(persona: Persona, *, now: datetime) -> Proof:
    """Return the proof that seeding needs, without a sign-in."""
    return Proof(level=3, method="face", at=now, evidence_id="sandbox-seed", facts=facts_of(persona))
