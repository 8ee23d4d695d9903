"""The Chinese words an item text may use, and what each is kept as."""

from miniapps.items.rules import _words as words
from miniapps.items.rules._shapes import Word

KINDS = Word(
    {
        "行政许可": words.Kind.PERMISSION,
        "行政给付": words.Kind.PAYMENT,
        "行政确认": words.Kind.CONFIRMATION,
        "行政奖励": words.Kind.REWARD,
        "行政裁决": words.Kind.RULING,
        "其他行政权力": words.Kind.OTHER,
        "公共服务": words.Kind.SERVICE,
    }
)
AGENCIES = Word(
    {
        "公安": "public_security",
        "卫生健康": "health",
        "医疗保障": "medical_insurance",
        "人力社保": "human_resources",
        "住房公积金": "housing_fund",
        "市场监管": "market_regulation",
        "民政": "civil_affairs",
        "残联": "disabled_federation",
        "教育": "education",
        "交通运输": "transport",
    }
)
LIFE_EVENTS = Word(
    {
        "出生": "birth",
        "上学": "school",
        "就业": "work",
        "婚姻": "marriage",
        "住房": "housing",
        "迁居": "moving",
        "创业": "business",
        "出行": "driving",
        "就医": "health",
        "社保": "insurance",
        "助残": "disability",
        "养老": "old_age",
        "证件": "documents",
    }
)
TARGETS = Word({"自然人": words.Target.PERSON, "法人": words.Target.FIRM, "自然人和法人": words.Target.BOTH})
UNITS = Word({"工作日": words.Unit.WORKDAY, "天": words.Unit.DAY, "月": words.Unit.MONTH})
SCOPES = Word(
    {
        "全县": words.Scope.COUNTY,
        "全市": words.Scope.CITY,
        "全省": words.Scope.PROVINCE,
        "全国": words.Scope.NATION,
    }
)
SOURCES = Word(
    {
        "登录身份": words.Source.IDENTITY,
        "数据共享": words.Source.SHARED,
        "政府部门核发": words.Source.GOVERNMENT,
        "申请人自备": words.Source.APPLICANT,
        "其他": words.Source.THIRD_PARTY,
    }
)
MEDIUMS = Word(
    {"电子": words.Medium.ELECTRONIC, "纸质": words.Medium.PAPER, "纸质或电子": words.Medium.EITHER}
)
NECESSITIES = Word({"必要": words.Necessity.REQUIRED, "非必要": words.Necessity.OPTIONAL})
TRUSTS = Word({"A": "A", "B": "B", "C": "C", "D": "D"})
DELIVERIES = Word(
    {"电子": words.Delivery.ELECTRONIC, "邮寄": words.Delivery.POST, "窗口": words.Delivery.WINDOW}
)
PROCEDURES = Word(
    {
        "听证": words.Procedure.HEARING,
        "招标": words.Procedure.TENDER,
        "拍卖": words.Procedure.AUCTION,
        "检验": words.Procedure.INSPECTION,
        "检测": words.Procedure.TESTING,
        "检疫": words.Procedure.QUARANTINE,
        "鉴定": words.Procedure.APPRAISAL,
        "专家评审": words.Procedure.EXPERT_REVIEW,
    }
)
FORMATS = Word({"pdf": "pdf", "jpg": "jpg", "png": "png", "ofd": "ofd"})
RESULT_KINDS = Word({"出证办结": "certificate", "出文办结": "document", "审批办结": "decision", "无": "none"})
QUESTION_TYPES = Word(
    {
        "单选": words.FieldType.CHOICE,
        "是否": words.FieldType.BOOL,
        "整数": words.FieldType.INT,
        "日期": words.FieldType.DATE,
    }
)
FIELD_TYPES = Word(
    {
        **QUESTION_TYPES.words,
        "文字": words.FieldType.TEXT,
        "电话": words.FieldType.PHONE,
        "身份证号": words.FieldType.ID_NUMBER,
        "金额": words.FieldType.MONEY,
    }
)
PREFILLS = Word(
    {
        "姓名": "name",
        "身份证号": "id_number",
        "手机": "phone",
        "出生日期": "birth_date",
        "性别": "sex",
        "住址": "address",
        "地区": "region",
    }
)
