"""What a mini-app may write: the rules that platform and simulator share."""

from datetime import UTC, datetime, timedelta

import pytest

from banshi import manifest
from banshi.errors import InvalidInput
from banshi.notices import MOST, WITHIN, NoticeDraft, NoticesSpent, NoticeUnfit, check_key, check_room, fit
from tests.miniapps.catalog.factories import WRITES, a_manifest

MADE = manifest.read(a_manifest(more=WRITES))
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


def test_plain_text_is_told_without_the_space_around_it():
    draft = NoticeDraft(
        " 材料已收到 ", "编号 330100261120000000012。\n电话 12329，2026年11月22日 10:00。", "/index.html"
    )

    assert fit(MADE, draft) == NoticeDraft("材料已收到", draft.body, "/index.html")
    assert fit(MADE, NoticeDraft("题" * 30, "文" * 200)).page is None


@pytest.mark.parametrize(
    ("field", "draft"),
    [
        ("title", NoticeDraft("", "文")),
        ("title", NoticeDraft("题" * 31, "文")),
        ("title", NoticeDraft("一\n二", "文")),
        ("title", NoticeDraft("】平台通知【", "文")),
        ("title", NoticeDraft("请联系 13812345678", "文")),
        ("body", NoticeDraft("题", " \n ")),
        ("body", NoticeDraft("题", "文" * 201)),
        ("body", NoticeDraft("题", "证件 110101199003070011 有误")),
        ("body", NoticeDraft("题", "请联系１３８１２３４５６７８")),
        ("body", NoticeDraft("题", "138\u200b12345678")),
        ("body", NoticeDraft("题", "请看 HTTPS：//rent.example")),
        ("body", NoticeDraft("题", "请打开www.例子.中国")),
        ("body", NoticeDraft("题", "请打开rent-help.cn")),
        ("body", NoticeDraft("题", "请打开ｒｅｎｔ．ｃｏｍ")),
        ("body", NoticeDraft("题", "请打开10.0.0.1")),
        ("body", NoticeDraft("题", "\u202e文")),
        ("page", NoticeDraft("题", "文", "/other.html")),
        ("page", NoticeDraft("题", "文", "//rent.example")),
    ],
)
def test_what_would_mislead_or_show_numbers_is_refused_with_its_field(field, draft):
    with pytest.raises(NoticeUnfit) as refused:
        fit(MADE, draft)

    assert refused.value.data["field"] == field


@pytest.mark.parametrize("key", ["", " ", "a b", "a\0", "长", "k" * 101])
def test_a_key_is_short_and_printable(key):
    check_key("case 1".replace(" ", "-"))
    with pytest.raises(InvalidInput):
        check_key(key)


def test_room_comes_back_as_the_oldest_leaves_the_day():
    told = [NOW - timedelta(hours=number) for number in range(1, MOST + 1)]

    check_room(told[1:], now=NOW)
    check_room(told, now=NOW + WITHIN - timedelta(hours=MOST))
    with pytest.raises(NoticesSpent) as refused:
        check_room(told, now=NOW)
    assert refused.value.data == {"retry_after_s": str((24 - MOST) * 3600)}
