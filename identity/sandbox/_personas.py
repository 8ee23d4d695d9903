"""The sandbox's cast: who can be tried out, each for a reason."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from identity.departments import AGENCIES, PLATFORM
from identity.numbers import Sex, with_check_digit
from identity.roles import Role
from identity.sandbox import _citizens as citizens

Trouble = Literal["mismatch", "outage"]

HANGZHOU, NINGBO = "3301", "3302"
XIHU, HAISHU, PROVINCE = "330106", "330203", "330000"


@dataclass(frozen=True, kw_only=True)
class PostSeed:
    """The post a staff persona holds."""

    agency: str
    region: str
    role: Role


@dataclass(frozen=True, kw_only=True)
class Persona:
    """One invented person: what he types, and what the sandbox authority knows."""

    key: str
    why: str  # what he is for, in Chinese
    number: str
    name: str
    phone: str
    birthday: date
    sex: Sex
    region: str = XIHU
    family: tuple[str, ...] = ()  # keys of spouse, parents and children
    trouble: Trouble | None = None
    post: PostSeed | None = None


def _person(
    key: str, name: str, birthday: str, serial: int, why: str,
    *, city: str = HANGZHOU, family: tuple[str, ...] = (), trouble: Trouble | None = None,
    post: PostSeed | None = None,
) -> Persona:  # fmt: skip
    born = date.fromisoformat(birthday)
    number = citizens.number(city, born, serial)
    return _known(
        key, name, number, born, citizens.sex_of(number), why, citizens.HOMES[city], family, trouble, post
    )


def _known(
    key: str, name: str, number: str, born: date, sex: Sex, why: str, region: str,
    family: tuple[str, ...] = (), trouble: Trouble | None = None, post: PostSeed | None = None,
) -> Persona:  # fmt: skip
    return Persona(
        key=key, why=why, number=number, name=name, phone=citizens.phone_of(number), birthday=born, sex=sex,
        region=region, family=family, trouble=trouble, post=post,
    )  # fmt: skip


CITIZENS = (
    _person("wang_fang", "王芳", "1990-04-12", 102, "成年人，独自居住，租房"),
    _person("li_wei", "李伟", "1988-09-03", 101, "丈夫，新生儿的父亲",
            family=("chen_jing", "li_xiaoman", "li_xiaohe")),
    _person("chen_jing", "陈静", "1991-02-20", 104, "妻子，新生儿的母亲",
            family=("li_wei", "li_xiaoman", "li_xiaohe")),
    _person("li_xiaoman", "李小满", "2026-01-05", 106, "新生儿，由父母办理，不能自己登录",
            family=("li_wei", "chen_jing")),
    _person("li_xiaohe", "李小禾", "2016-06-01", 103, "儿童，小学入学，由父母办理",
            family=("li_wei", "chen_jing")),
    _person("zhou_guiying", "周桂英", "1944-11-08", 108, "老人，申领优待证"),
    _known("ouyang_jiaxin", "欧阳嘉欣", "810000199408230021", date(1994, 8, 23), Sex.FEMALE,
           "香港居民，持港澳台居民居住证", XIHU),
    _known("anna_lindqvist", "ANNA LINDQVIST", with_check_digit("93399919850317001"), date(1985, 3, 17),
           Sex.FEMALE, "外国人，持永久居留身份证（2023 版）", XIHU),
    _person("zhao_min", "赵敏", "1985-07-15", 110, "姓名与公安人口库不一致，总是核验不通过",
            trouble="mismatch"),
    _person("qian_duo", "钱多", "1979-03-30", 111, "核验时人口库总是没有应答", trouble="outage"),
    _person("wu_gang", "吴刚", "1975-05-21", 113, "成年人，要到大厅办理", city=NINGBO),
    _person("zheng_qiang", "郑强", "1982-12-02", 115, "残疾人，申领残疾人证"),
    _person("sun_li", "孙丽", "1993-08-18", 112, "个体工商户经营者，开餐馆"),
    _person("xu_ning", "徐宁", "2005-01-27", 117, "大学生，申领社会保障卡", city=NINGBO),
    _person("lin_hai", "林海", "1978-02-14", 119, "两家企业的法定代表人"),
    _person("shen_yun", "沈云", "1990-06-30", 120, "企业经办人，也替别人代办"),
    _person("he_mei", "何梅", "1981-10-05", 122, "姑姑，是何甜的指定监护人，不是她的母亲"),
    _person("he_tian", "何甜", "2011-05-09", 124, "十五岁，有监护人；是否让应用使用个人信息由自己决定"),
    _person("tang_hua", "唐华", "1980-01-16", 125, "唐宇的父亲；唐宇已能养活自己，不再由他代为办理"),
    _person("tang_yu", "唐宇", "2009-03-03", 127, "十七岁，以自己的劳动收入为主要生活来源"),
)  # fmt: skip
"""Citizens: adults, families with children and wards, a firm's people, foreigners, and two that fail."""

_CLERK_NAMES = ("沈洁", "韩磊", "杨帆", "朱琳", "秦川", "许岩", "何平", "吕文", "施雯", "张驰")

CLERKS = tuple(
    _person(
        f"clerk_{agency}", name, f"1986-03-{serial - 200:02d}", serial,
        f"西湖区{AGENCIES[agency]}窗口和审批人员",
        post=PostSeed(agency=agency, region=XIHU, role=Role.CLERK),
    )
    for serial, (agency, name) in enumerate(zip(AGENCIES, _CLERK_NAMES, strict=True), start=201)
)  # fmt: skip

STAFF = (
    *CLERKS,
    _person("clerk_haishu", "范冰", "1984-05-05", 221, "宁波海曙公安窗口人员，可以异地收件", city=NINGBO,
            post=PostSeed(agency="public_security", region=HAISHU, role=Role.CLERK)),
    _person("definer", "蒋文", "1987-01-11", 222, "业务定义人员，编写事项，不能发布",
            post=PostSeed(agency="human_resources", region=PROVINCE, role=Role.ITEM_DEFINER)),
    _person("operator", "龚明", "1983-09-09", 223, "运营人员，发布事项，审核和上架应用",
            post=PostSeed(agency=PLATFORM, region=PROVINCE, role=Role.OPERATOR)),
    _person("developer", "卢奇", "1992-10-10", 224, "应用开发者",
            post=PostSeed(agency=PLATFORM, region=PROVINCE, role=Role.DEVELOPER)),
    _person("maintainer", "丁一", "1989-06-16", 225, "系统管理员，维护系统",
            post=PostSeed(agency=PLATFORM, region=PROVINCE, role=Role.MAINTAINER)),
    _person("manager", "方圆", "1976-04-04", 226, "管理者，看指标",
            post=PostSeed(agency=PLATFORM, region=PROVINCE, role=Role.MANAGER)),
    _person("auditor", "严正", "1980-08-08", 227, "审计管理员，查阅和核验审计记录，不做别的",
            post=PostSeed(agency=PLATFORM, region=PROVINCE, role=Role.AUDITOR)),
    _person("security", "安宁", "1981-02-14", 230, "安全管理员，任免岗位、解除锁定、更换密钥，不能任免自己",
            post=PostSeed(agency=PLATFORM, region=PROVINCE, role=Role.SECURITY)),
    _person("village_agent", "毛顺", "1973-07-07", 229, "村级代办员，替西湖区的村民代办，每一件都要村民点头",
            post=PostSeed(agency="civil_affairs", region=XIHU, role=Role.VILLAGE_AGENT)),
)  # fmt: skip
"""Staff, each with one post; as citizens they are like everybody else."""

ALL = (*CITIZENS, *STAFF)
BY_NUMBER = {persona.number: persona for persona in ALL}
BY_KEY = {persona.key: persona for persona in ALL}
