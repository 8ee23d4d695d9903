"""The sandbox's registers: invented firms with their representatives, and who is whose guardian."""

from dataclasses import dataclass
from datetime import datetime

from identity.numbers import with_credit_check
from identity.registries import FirmFacts, FirmKind, FirmProof, Ground, GuardianProof
from identity.relation_errors import NotGuardian, NotRepresentative
from identity.sandbox._personas import BY_KEY, HAISHU, XIHU
from identity.sandbox._verifier import facts_of
from storage.ids import new_id


@dataclass(frozen=True, kw_only=True)
class SandboxFirm:
    """One invented firm, and the key of the persona who represents it."""

    key: str
    why: str  # what it is for, in Chinese
    facts: FirmFacts
    representative: str


def _firm(
    key: str, name: str, kind: FirmKind, region: str, serial: int, representative: str, why: str
) -> SandboxFirm:
    """The body of its code is zeros but for the serial, so that no real firm bears it."""
    code = with_credit_check(f"{'92' if kind is FirmKind.SOLE_TRADER else '91'}{region}{serial:09d}")
    facts = FirmFacts(code=code, name=name, kind=kind, region=region)
    return SandboxFirm(key=key, why=why, facts=facts, representative=representative)


FIRMS = (
    _firm("qingshan", "杭州青山绿水科技有限公司（样例）", FirmKind.COMPANY, XIHU, 901, "lin_hai",
          "企业，法定代表人林海，可任命经办人"),
    _firm("yinjiang", "宁波银江贸易有限公司（样例）", FirmKind.COMPANY, HAISHU, 902, "lin_hai",
          "企业，与上一家是同一法定代表人"),
    _firm("sun_diner", "西湖区孙丽餐馆（样例）", FirmKind.SOLE_TRADER, XIHU, 903, "sun_li",
          "个体工商户，经营者孙丽"),
)  # fmt: skip
FIRM_BY_KEY = {firm.key: firm for firm in FIRMS}
_FIRM_BY_CODE = {firm.facts.code: firm for firm in FIRMS}

GUARDIANS = {
    ("li_wei", "li_xiaoman"): Ground.PARENT,
    ("chen_jing", "li_xiaoman"): Ground.PARENT,
    ("li_wei", "li_xiaohe"): Ground.PARENT,
    ("chen_jing", "li_xiaohe"): Ground.PARENT,
    ("he_mei", "he_tian"): Ground.APPOINTED,  # an aunt: guardianship is not parenthood
    ("tang_hua", "tang_yu"): Ground.PARENT,
}
"""(guardian, ward) by the keys of personas."""

SELF_SUPPORTING = frozenset({"tang_yu"})
_BY_NUMBER = {
    (BY_KEY[guardian].number, BY_KEY[ward].number): (BY_KEY[guardian], BY_KEY[ward], ground)
    for (guardian, ward), ground in GUARDIANS.items()
}


class SandboxRegistries:
    """Both registers.  They follow the contracts of `identity.registries`."""

    def __init__(self, *, production: bool) -> None:
        """Refuse to vouch for anybody on a real platform."""
        if production:
            raise ValueError("the sandbox registers know only invented firms and families")

    async def representative(self, code: str, *, number: str, name: str, now: datetime) -> FirmProof:
        """Return the proof; see the contract."""
        firm = _FIRM_BY_CODE.get(code)
        if firm is None:
            raise NotRepresentative
        head = BY_KEY[firm.representative]
        if (head.number, head.name) != (number, name):
            raise NotRepresentative
        return FirmProof(firm=firm.facts, at=now, evidence_id=f"sandbox-firm-{new_id().hex}")

    async def guardian(
        self, *, number: str, name: str, ward_number: str, ward_name: str, now: datetime
    ) -> GuardianProof:
        """Return the proof; see the contract."""
        found = _BY_NUMBER.get((number, ward_number))
        if found is None or (found[0].name, found[1].name) != (name, ward_name):
            raise NotGuardian
        return GuardianProof(
            ward=facts_of(found[1]), ground=found[2], self_supporting=found[1].key in SELF_SUPPORTING,
            at=now, evidence_id=f"sandbox-family-{new_id().hex}",
        )  # fmt: skip

    async def self_supporting(self, *, number: str, now: datetime) -> str | None:
        """Return the evidence id; see the contract."""
        known = any(BY_KEY[key].number == number for key in SELF_SUPPORTING)
        return f"sandbox-labour-{new_id().hex}" if known else None
