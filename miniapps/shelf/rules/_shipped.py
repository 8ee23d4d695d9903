"""The shelf that ships with the program: an operator changes it as he likes."""

from miniapps.shelf.rules._model import Category, Front, LifeEvent, Shelf

_CATEGORIES = {
    ("identity", "身份户籍"): {"household": "户口", "id-card": "身份证件", "residence": "居住证"},
    ("insurance", "社会保障"): {"pension": "养老保险", "work-injury": "工伤失业", "social-card": "社保卡"},
    ("medical", "医疗健康"): {"medical-insurance": "医保", "hospital": "看病就医", "birth-care": "生育"},
    ("housing", "住房安居"): {"housing-fund": "公积金", "property": "不动产", "rent": "租房"},
    ("schooling", "教育就业"): {"enrolment": "入学", "employment": "就业", "talent": "人才"},
    ("travel", "交通出行"): {"driving": "驾驶与车辆", "transit": "公交地铁"},
    ("business", "企业服务"): {"opening": "开办企业", "tax": "税费", "permit": "许可证照"},
    ("family", "婚姻家庭"): {"marriage": "婚姻登记", "elder-care": "养老服务", "disability": "助残"},
    ("living", "生活服务"): {"utilities": "水电燃气", "legal": "法律服务", "civic": "咨询投诉"},
}
_EVENTS: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
    ("birth", "出生", ("birth",), False),
    ("schooling", "上学", ("school",), False),
    ("employment", "就业", ("work",), False),
    ("marriage", "婚育", ("marriage", "birth"), False),
    ("property", "置业", ("housing",), False),
    ("moving", "迁居", ("moving",), False),
    ("business", "创业", ("business",), False),
    ("driving", "出行", ("driving",), False),
    ("medical", "就医", ("health", "insurance"), True),
    ("retirement", "退休", ("old_age", "insurance"), True),
    ("support", "助残救助", ("disability",), True),
    ("bequest", "身后", (), True),
)
_SYNONYMS = (
    ("身份证", "居民身份证"),
    ("社保卡", "社会保障卡", "市民卡"),
    ("驾照", "驾驶证"),
    ("房产证", "不动产权证", "不动产"),
    ("公积金", "住房公积金"),
    ("医保", "医疗保险"),
    ("户口", "户籍", "落户"),
    ("营业执照", "开办企业", "开公司"),
)

_TOPS = tuple(Category(code, name, place) for place, (code, name) in enumerate(_CATEGORIES, start=1))
_BELOW = tuple(
    Category(code, name, place, top)
    for (top, _), below in _CATEGORIES.items()
    for place, (code, name) in enumerate(below.items(), start=1)
)

SHIPPED = Shelf(
    Front(
        categories=_TOPS + _BELOW,
        life_events=tuple(
            LifeEvent(code, name, place, topics, for_elders)
            for place, (code, name, topics, for_elders) in enumerate(_EVENTS, start=1)
        ),
        synonyms=_SYNONYMS,
    )
)
