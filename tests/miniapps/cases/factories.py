"""Items, citizens, clerks and cases for tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from identity import departments
from identity.actor import WORKER, Actor
from identity.departments import Department
from identity.roles import SCOPES, Role
from miniapps.calendar import service as calendar
from miniapps.cases import service
from miniapps.cases.rules import Content
from miniapps.cases.service import Draft
from miniapps.cases.tables import Case
from miniapps.items.rules import (
    Choice,
    CompiledItem,
    Condition,
    Delivery,
    FieldType,
    FormField,
    Kind,
    Limit,
    Material,
    Medium,
    Question,
    Result,
    Source,
    Target,
)
from miniapps.items.rules._conditions import Compare, Constant, Name
from miniapps.items.tables import Item, ItemVersion
from miniapps.materials.rules import ObjectState
from miniapps.materials.tables import Material as WalletMaterial
from miniapps.materials.tables import MaterialVersion, VaultObject
from storage.ids import new_id

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday, 12:00 in Shanghai
XIHU = "330106"
CODE = "331234567000"
DAY = timedelta(days=1)

MARRIED = Condition(cel='marital == "已婚"', tree=Compare("==", Name("marital"), Constant("已婚")))
SINGLE = Condition(cel='marital == "未婚"', tree=Compare("==", Name("marital"), Constant("未婚")))

ID_CARD = Material(code="id_card", name="居民身份证", source=Source.IDENTITY, min_trust="A")
LEASE = Material(code="lease_contract", name="租赁合同", source=Source.THIRD_PARTY)
MARRIAGE = Material(
    code="marriage_certificate", name="结婚证", source=Source.GOVERNMENT, condition=MARRIED, min_trust="B",
    commitment=True,
)  # fmt: skip
PHOTO = Material(code="photo", name="证件照", source=Source.APPLICANT, tolerated=True)
ORIGINAL = Material(code="old_licence", name="旧证原件", source=Source.GOVERNMENT, medium=Medium.PAPER)

ANSWERS: dict[str, str | int | bool] = {"marital": "未婚"}
FORM: dict[str, str | int | bool] = {"address": "西湖区文三路1号"}
CONTENT = Content(answers=ANSWERS, form=FORM)


def an_item(**changes: Any) -> CompiledItem:
    """A permission with two materials for the unmarried and three for the married."""
    item = CompiledItem(
        code=CODE, name="租房提取核准", kind=Kind.PERMISSION, agency="housing_fund", target=Target.PERSON,
        conditions="在本省租房", promised=Limit(count=5, basis="承诺"),
        statutory=Limit(count=20, basis="《中华人民共和国行政许可法》第四十二条"),
        questions=(
            Question(
                id="marital", text="婚姻状况", type=FieldType.CHOICE,
                choices=(Choice(value="未婚"), Choice(value="已婚")),
            ),
        ),
        fields=(FormField(id="address", label="住址", type=FieldType.TEXT),),
        materials=(ID_CARD, LEASE, MARRIAGE),
        result=Result(name="提取核准书", certificate_kind="withdrawal_approval", valid_days=365),
        delivery=(Delivery.ELECTRONIC, Delivery.POST, Delivery.WINDOW),
    )  # fmt: skip
    return msgspec.structs.replace(item, **changes)


def an_instant_item(**changes: Any) -> CompiledItem:
    """An item that decides itself for the unmarried."""
    return an_item(auto_rules=(SINGLE,), **changes)


async def publish(item: CompiledItem, *, number: int = 1) -> ItemVersion:
    """Put a compiled item in force, as the items slice would."""
    row = await Item.objects().get(Item.code == item.code)
    if row is None:
        row = Item(code=item.code, name=item.name, agency=item.agency)
        await row.save()
    version = ItemVersion(
        item=row.id, number=number, state="published", text="-", digest=new_id().hex,
        compiled=msgspec.json.encode(item).decode(), defined_by=new_id(), defined_at=NOON,
        published_by=new_id(), published_at=NOON,
    )  # fmt: skip
    await version.save()
    row.current_id = version.id
    for shown in ("name", "summary", "kind", "target", "instant", "declared_trips", "sample"):
        setattr(row, shown, getattr(item, shown))
    await row.save()
    return version


YEAR_2026 = calendar.SHIPPED.read_text(encoding="utf-8").partition("notice 2026 ")
AGENCIES = ("housing_fund", "civil_affairs", "education")


async def a_town(item: CompiledItem | None = None) -> CompiledItem:
    """The departments of a few agencies, the working days of 2026, and one item in force."""
    offices = [office for office in departments.offices() if office.agency in AGENCIES]
    rows = [
        Department(code=each.code, agency=each.agency, name=each.name, region=each.region)
        for each in offices
        if each.region in (XIHU, "330100", "330203", "330200", "330000")
    ]
    await Department.insert(*rows)
    await calendar.load(WORKER, "".join(YEAR_2026[1:]), now=NOON)
    item = item or an_item()
    await publish(item)
    return item


def a_citizen(**rest: Any) -> Actor:
    person = rest.pop("person_id", None) or new_id()
    actor = Actor(
        person_id=person, acting_for=person, roles=frozenset({Role.CITIZEN}), scopes=SCOPES[Role.CITIZEN],
        level=3, region=XIHU,
    )  # fmt: skip
    return replace(actor, **rest)


async def a_clerk(agency: str = "housing_fund", region: str = XIHU, **rest: Any) -> Actor:
    department = await departments.competent(agency, region)
    actor = Actor(
        person_id=new_id(), acting_for=UUID(str(department.id)), roles=frozenset({Role.CLERK}),
        scopes=SCOPES[Role.CLERK], level=3, region=region,
    )  # fmt: skip
    return replace(actor, **rest)


async def hold(actor: Actor, kind: str = "lease_contract", *, trust: str = "C", title: str = "材料") -> UUID:
    """Put a checked upload into the actor's wallet; return the version's id."""
    stored = VaultObject(
        party_id=actor.acting_for, fingerprint=new_id().bytes, media_type="application/pdf", size=1,
        state=ObjectState.STORED, archive_key=b"-", created_at=NOON,
    )  # fmt: skip
    await VaultObject.insert(stored)
    known = WalletMaterial.objects().where(
        WalletMaterial.party_id == actor.acting_for,
        WalletMaterial.kind == kind,
        WalletMaterial.title == title,
    )
    material = await known.first()
    if material is None:
        material = WalletMaterial(party_id=actor.acting_for, kind=kind, title=title, created_at=NOON)
        await WalletMaterial.insert(material)
    number = 1 + await MaterialVersion.count().where(MaterialVersion.material == material.id)
    version = MaterialVersion(
        party_id=actor.acting_for, material=material.id, number=number, object=stored.id, trust=trust,
        created_by=actor.person_id, created_at=NOON,
    )  # fmt: skip
    await MaterialVersion.insert(version)
    return UUID(str(version.id))


async def a_draft(actor: Actor, content: Content = CONTENT, **rest: Any) -> Case:
    draft = Draft(code=rest.pop("code", CODE), content=content, **rest)
    return await service.open_draft(actor, draft, idempotency_key=new_id().hex, now=NOON)


async def a_submitted_case(
    actor: Actor, content: Content = CONTENT, *, now: datetime = NOON, **rest: Any
) -> Case:
    """A case handed in with a lease contract from the wallet."""
    await hold(actor)
    draft = await a_draft(actor, content, **rest)
    return await service.submit(actor, draft.id, idempotency_key=new_id().hex, now=now)


async def an_accepted_case(actor: Actor, clerk: Actor, *, now: datetime = NOON, **rest: Any) -> Case:
    case = await a_submitted_case(actor, now=now, **rest)
    return await service.accept(clerk, case.id, now=now)


async def fresh(case: Case) -> Case:
    """Read a case again."""
    found = await Case.objects().get(Case.id == case.id)
    assert found is not None
    return found
