"""Manifests as people read them, and what differs between two."""

from api.web import answers, confirming
from api.web.manifests import Change, difference, facts
from api.web.sayings import SAYINGS
from banshi import manifest as manifests
from banshi.errors import DomainError
from tests.miniapps.catalog.factories import a_manifest


def read(**facts: str):
    return manifests.read(a_manifest(**facts))


def with_(made: str, old: str, new: str):
    return manifests.read(made.replace(old, new))


def test_another_version_of_the_same_is_no_difference():
    assert difference(read(), read(version="1.1.0")) == []


def test_what_is_asked_for_newly_otherwise_and_no_more_is_told():
    text = a_manifest()
    after = with_(text, "  cases:write: 替您提交申请", "  profile:read: 显示您的姓名")

    changes = difference(manifests.read(text), after)

    assert [(each.label, each.kind) for each in changes] == [
        ("权限 profile:read", "新增"), ("权限 cases:write", "删除")
    ]  # fmt: skip
    assert changes[0].after == "查看姓名等基本信息：显示您的姓名"


def test_a_schema_that_is_too_long_to_show_is_compared_whole():
    def api(last: str):
        fields = ", ".join(f'"f{number}": {{"type": "string"}}' for number in range(40))
        schema = f'{{"type": "object", "properties": {{{fields}, "{last}": {{"type": "string"}}}}}}'
        return manifests.read(a_manifest() + f"apis: [{{name: hello, scope: cases:read, input: {schema}}}]\n")

    [change] = difference(api("a"), api("b"))

    assert change.kind == "修改" and change.label == "接口 hello"
    assert change.after is not None and change.after.endswith("…")


def test_facts_leave_out_what_is_not_said():
    told = {each.label: each.shown for each in facts(read())}

    assert told["数据保存"] == "不保存" and told["地区"] == "浙江省"
    assert "事项" not in told and Change("x", None, "1").kind == "新增"


def test_every_refusal_that_is_told_is_one_there_is():
    def below(kind: type[DomainError]) -> set[str]:
        return {getattr(kind, "code", ""), *(code for each in kind.__subclasses__() for code in below(each))}

    assert confirming.SURE and set(SAYINGS) <= below(DomainError)
    assert set(SAYINGS) <= set(answers.TOLD)
