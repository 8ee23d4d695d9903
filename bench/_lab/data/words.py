"""Chinese words for rows: what items, notices and papers are called."""

OBJECTS = (
    "个体工商户 小微企业 食品经营 药品零售 公共场所卫生 道路客运 道路货运 网约车 船员 出租汽车 机动车 "
    "非机动车 驾驶证 身份证 户口簿 居住证 护照 出生医学证明 婚姻登记 收养登记 社会保障卡 养老保险 "
    "失业保险 工伤保险 生育保险 医疗保险 异地就医 大病救助 最低生活保障 临时救助 残疾人证 残疾人补贴 "
    "高龄津贴 养老机构 公租房 住房公积金 租房提取 购房贷款 人才住房 教师资格 义务教育入学 学籍 助学贷款 "
    "民办学校 职业技能 就业创业 创业担保贷款 见习补贴 社会团体 基金会 慈善组织 殡葬服务 烈士褒扬 "
    "退役军人 预防接种 健康证明 医师执业 护士执业 医疗机构 消毒产品 特种设备 计量器具 商标 企业名称"
).split()
ACTIONS = (
    "登记 备案 变更登记 注销登记 核准 许可 许可延续 许可变更 补领 换领 信息查询 信息修改 资格认定 "
    "资格确认 待遇申领 待遇变更 补贴申请 费用报销 年度报告 证明开具 转移接续 关系转入 关系转出 提前支取 "
    "集中办理 跨省通办 预约 复核 注册 首次注册 延续注册 变更注册 免费检查 委托办理 遗失补办 到期换证 "
    "信用修复 异议处理 终止 恢复 暂停 补助发放 等级评定 年检 延期 缴费 退费 结算 减免申请 情况说明"
).split()
AGENCIES = {
    "公安": "public_security", "卫生健康": "health", "医疗保障": "medical_insurance",
    "人力社保": "human_resources", "住房公积金": "housing_fund", "市场监管": "market_regulation",
    "民政": "civil_affairs", "残联": "disabled_federation", "教育": "education", "交通运输": "transport",
}  # fmt: skip
KINDS = {"行政许可": "01", "行政给付": "05", "行政确认": "07", "其他行政权力": "10", "公共服务": "20"}
TARGETS = ("自然人", "自然人", "自然人", "法人", "自然人和法人", "自然人和法人")
LIFE_EVENTS = "出生 上学 就业 婚姻 住房 迁居 创业 出行 就医 社保 助残 养老 证件".split()
PAPERS = (
    ("id_card", "居民身份证"), ("household_register", "户口簿"), ("photo", "近期免冠照片"),
    ("application_form", "申请表"), ("proxy_letter", "授权委托书"), ("residence_permit", "居住证"),
    ("marriage_certificate", "结婚证"), ("income_proof", "收入证明"), ("lease", "房屋租赁合同"),
    ("diploma", "学历证书"), ("business_licence", "营业执照"), ("bank_account", "银行账户证明"),
)  # fmt: skip
CERTIFICATES = (
    ("id_card", "居民身份证"), ("household_register", "居民户口簿"), ("driving_licence", "机动车驾驶证"),
    ("vehicle_licence", "机动车行驶证"), ("social_card", "社会保障卡"), ("marriage_certificate", "结婚证"),
    ("residence_permit", "居住证"), ("birth_certificate", "出生医学证明"), ("diploma", "毕业证书"),
    ("teacher_licence", "教师资格证书"), ("nurse_licence", "护士执业证书"), ("business_licence", "营业执照"),
    ("food_licence", "食品经营许可证"), ("disability_card", "残疾人证"), ("elder_card", "老年人优待证"),
    ("housing_fund_card", "公积金缴存证明"), ("vaccination_record", "预防接种证"), ("health_card", "健康证"),
    ("firm_seal", "电子印章备案证明"), ("veteran_card", "退役军人优待证"),
)  # fmt: skip
NOTICES = (
    ("case.submitted", "您的申请已收件", "您提交的申请已由主管部门收件，受理结果将在法定期限内告知。"),
    ("case.accepted", "您的申请已受理", "您提交的材料齐全、符合法定形式，申请已受理，正在审查。"),
    ("case.decided", "您的申请已有决定", "主管部门已作出决定，您可以在办件详情中查看理由和救济途径。"),
    ("case.delivered", "办理结果已送达", "办理结果已送达，电子证照已放入您的卡包，可随时出示和下载。"),
    ("certificate.expiring", "证照即将到期", "您的一张证照将在三十日内到期，可在线申请换发，无需到场。"),
    ("trip.zero", "本次办理零跑动", "根据记录，您办理本事项没有到场。如与事实不符，请告诉我们。"),
)  # fmt: skip
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹"
GIVEN = "安邦晨达恩帆广海嘉康丽明宁平清荣书婷文晓欣雅泽忠卓瑾妍睿"
REASON = "材料齐全，符合法定形式"


def name(index: int) -> str:
    """Return the name of the citizen `index`, two or three characters."""
    first = SURNAMES[index % len(SURNAMES)] + GIVEN[index // 30 % len(GIVEN)]
    return first + GIVEN[index // 7 % len(GIVEN)] if index % 3 else first
