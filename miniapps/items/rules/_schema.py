"""The item text, format 1, as one table: every key in Chinese and English, its shape and its meaning.

The reader obeys this table, `docs/item-text.md` is checked against it, and a key is named nowhere else.
"""

from miniapps.items.rules import _model as model
from miniapps.items.rules._shapes import Cel, Key, Many, Record, Text, Whole, YesNo, Yuan
from miniapps.items.rules._vocabulary import (
    AGENCIES,
    DELIVERIES,
    FIELD_TYPES,
    FORMATS,
    KINDS,
    LIFE_EVENTS,
    MEDIUMS,
    NECESSITIES,
    PREFILLS,
    PROCEDURES,
    QUESTION_TYPES,
    RESULT_KINDS,
    SCOPES,
    SOURCES,
    TARGETS,
    TRUSTS,
    UNITS,
)

IDENTIFIER = Text(r"[a-z][a-z0-9_]{0,39}", "小写英文字母开头的标识，如 marital_status", 40)
CODE = Text(r"(00|33)\d{10}", "12 位基本编码，00 或 33 开头", 12)
LINE = Text(longest=200)
KIND_CODE = Text(r"[a-z][a-z0-9_]{1,39}", "材料种类代码，如 id_card", 40)
PHONE = Text(r"0\d{2,3}-\d{7,8}|1\d{4,5}|400-\d{3}-\d{4}", "带区号的电话，如 0571-12345678", 20)
REGION = Text(r"33\d{4}", "浙江的六位行政区划代码，如 330100", 6)

LIMIT = Record(
    model.Limit,
    (
        Key("count", "数量", Whole(0, 365), True, "多少；0 表示当场"),
        Key("unit", "单位", UNITS, meaning="工作日（默认）、天、月"),
        Key("basis", "依据", LINE, True, "法律条款或承诺文件"),
    ),
)
CHOICE = Record(
    model.Choice,
    (
        Key("value", "值", LINE, True, "存储和比较的值"),
        Key("label", "显示", LINE, meaning="市民看到的文字，省略时同值"),
    ),
    short="value",
)
QUESTION = Record(
    model.Question,
    (
        Key("id", "标识", IDENTIFIER, True, "条件里用的英文名"),
        Key("text", "问题", LINE, True, "问市民的话"),
        Key("type", "类型", QUESTION_TYPES, True, "单选、是否、整数、日期"),
        Key("choices", "选项", Many(CHOICE, 2, 30), meaning="单选的全部答案"),
        Key("minimum", "最小", Whole(-(10**9), 2 * 10**9), meaning="整数的下限"),
        Key("maximum", "最大", Whole(-(10**9), 2 * 10**9), meaning="整数的上限"),
        Key("help", "说明", LINE, meaning="给市民的解释"),
    ),
)
SITUATION = Record(
    model.Situation,
    (
        Key("id", "标识", IDENTIFIER, True, "情形的英文名"),
        Key("name", "名称", LINE, True, "情形名称"),
        Key("condition", "条件", Cel(), True, "成立的条件"),
    ),
)
MATERIAL = Record(
    model.Material,
    (
        Key("code", "种类", KIND_CODE, True, "材料种类代码，与材料库共用"),
        Key("name", "名称", LINE, True, "材料名称"),
        Key("source", "来源", SOURCES, True, "材料从哪里来"),
        Key("medium", "形式", MEDIUMS, meaning="电子、纸质、纸质或电子（默认）"),
        Key("necessity", "必要性", NECESSITIES, meaning="必要（默认）、非必要"),
        Key("condition", "条件", Cel(), meaning="何时需要；省略为总是需要"),
        Key("min_trust", "最低可信等级", TRUSTS, meaning="A 政府产生、B 窗口核验、C 上传（默认）、D 自述"),
        Key("commitment", "告知承诺", YesNo(), meaning="可以书面承诺代替"),
        Key("tolerated", "容缺后补", YesNo(), meaning="可以受理后补交"),
        Key("satisfied_by", "可用证照", Many(KIND_CODE, most=10), meaning="可代替它的其他种类"),
        Key("copies", "份数", Whole(1, 20), meaning="要几份，默认 1"),
        Key("formats", "格式", Many(FORMATS, 1, 4), meaning="电子文件格式，默认 pdf、jpg、png"),
        Key("max_mb", "大小上限", Whole(1, 50), meaning="单个文件 MB，默认 10"),
        Key("note", "填报须知", Text(), meaning="给市民的说明"),
        Key("basis", "依据", LINE, meaning="要求它的法律条款"),
    ),
)
FIELD = Record(
    model.FormField,
    (
        Key("id", "标识", IDENTIFIER, True, "英文名，不与问题重名"),
        Key("label", "名称", LINE, True, "栏目名称"),
        Key("type", "类型", FIELD_TYPES, True, "文字、电话、身份证号、金额（分）及问题的四种"),
        Key("required", "必填", YesNo(), meaning="默认是"),
        Key("condition", "条件", Cel(), meaning="何时要填"),
        Key("pattern", "格式", LINE, meaning="整段文字须匹配的正则表达式"),
        Key("choices", "选项", Many(CHOICE, 2, 60), meaning="单选的全部答案"),
        Key("minimum", "最小", Whole(-(10**9), 2 * 10**9), meaning="数的下限"),
        Key("maximum", "最大", Whole(-(10**9), 2 * 10**9), meaning="数的上限"),
        Key("prefill", "预填", PREFILLS, meaning="登录身份里的哪一项"),
        Key("help", "说明", LINE, meaning="怎样填"),
    ),
)
STEP = Record(
    model.Step,
    (
        Key("name", "名称", LINE, True, "环节名称"),
        Key("days", "时限", Whole(0, 365), meaning="工作日，默认 0"),
    ),
)
FEE = Record(
    model.Fee,
    (
        Key("name", "名称", LINE, True, "收费项目"),
        Key("fen", "金额", Yuan(), True, "元"),
        Key("basis", "依据", LINE, True, "收费依据"),
        Key("reducible", "可减免", YesNo(), meaning="默认否"),
    ),
)
RESULT = Record(
    model.Result,
    (
        Key("name", "名称", LINE, True, "结果名称"),
        Key("kind", "类型", RESULT_KINDS, True, "出证办结、出文办结、审批办结、无"),
        Key("certificate_kind", "证照种类", KIND_CODE, meaning="发出证照的种类代码"),
        Key("valid_days", "有效天数", Whole(1, 36500), meaning="省略为长期"),
    ),
)
REMEDY = Record(
    model.Remedy,
    (
        Key("review", "复议", LINE, True, "向谁申请行政复议，多少日内"),
        Key("litigation", "诉讼", LINE, True, "向谁起诉，多少个月内"),
    ),
)
FAQ = Record(
    model.Faq,
    (Key("question", "问", LINE, True, "常见问题"), Key("answer", "答", Text(), True, "回答")),
)

ITEM = Record(
    model.CompiledItem,
    (
        Key("format", "格式", Whole(1, 1), True, "文本格式的版本，必须是第一行：格式: 1"),
        Key("sample", "样本", YesNo(), meaning="是：示范内容，不是办事依据"),
        Key("code", "编码", CODE, True, "12 位基本编码：00 或 33、两位事项类型、五位主项、三位子项"),
        Key("name", "名称", LINE, True, "事项名称"),
        Key("aliases", "别名", Many(LINE, most=20), meaning="市民常用的叫法"),
        Key("keywords", "关键词", Many(LINE, most=30), meaning="搜索用的词"),
        Key("life_events", "人生大事", Many(LIFE_EVENTS, most=5), meaning="主题分类"),
        Key("kind", "类型", KINDS, True, "事项类型（GB/T 39046 A.1）"),
        Key("agency", "部门", AGENCIES, True, "主管部门"),
        Key("target", "服务对象", TARGETS, True, "自然人、法人、自然人和法人"),
        Key("summary", "简介", Text(), meaning="一两句话说清楚"),
        Key("conditions", "受理条件", Text(), True, "谁可以办"),
        Key("basis", "设定依据", Many(LINE, 1, 20), True, "法律法规条款"),
        Key("statutory", "法定时限", LIMIT, meaning="省略表示法律没有规定时限"),
        Key("promised", "承诺时限", LIMIT, True, "本部门承诺的时限"),
        Key("acceptance", "受理时限", LIMIT, meaning="省略为行政许可法第三十二条的五个工作日"),
        Key("instant", "即办件", YesNo(), meaning="当场办结；承诺时限须为 0"),
        Key(
            "procedures",
            "特别程序",
            Many(PROCEDURES, most=8),
            meaning="可停止计时的程序",
        ),
        Key("region_scope", "通办范围", SCOPES, meaning="全县、全市、全省（默认）、全国"),
        Key("regions", "实施地区", Many(REGION, 1, 110), meaning="区划代码，默认全省 330000"),
        Key("declared_trips", "到场次数", Whole(0, 5), True, "市民要到现场几次"),
        Key("trip_reason", "到场原因", LINE, meaning="次数不为 0 时必填"),
        Key(
            "online_depth",
            "网办深度",
            Whole(1, 4),
            meaning="1 信息 2 预约 3 申报 4 全程网办（默认）",
        ),
        Key("questions", "问题", Many(QUESTION, most=20), meaning="决定材料的问题"),
        Key("situations", "情形", Many(SITUATION, most=30), meaning="有名字的情形"),
        Key("materials", "材料", Many(MATERIAL, most=60), meaning="申请材料"),
        Key("fields", "表单", Many(FIELD, most=80), meaning="要填的栏目"),
        Key("steps", "流程", Many(STEP, 1, 12), True, "办理环节"),
        Key("result", "结果", RESULT, True, "办理结果"),
        Key("fees", "收费", Many(FEE, most=10), meaning="省略为不收费"),
        Key("delivery", "送达", Many(DELIVERIES, 1, 3), meaning="电子（默认）、邮寄、窗口"),
        Key("auto_rules", "自动审批", Many(Cel("everything"), most=20), meaning="全部成立时自动准予"),
        Key("remedy", "救济", REMEDY, meaning="复议和诉讼"),
        Key("consult_phone", "咨询电话", PHONE, True, "带区号"),
        Key("complaint_phone", "投诉电话", PHONE, True, "带区号，与咨询电话不同"),
        Key("faq", "常见问题", Many(FAQ, most=30), meaning="问与答"),
    ),
)
"""The whole text."""
