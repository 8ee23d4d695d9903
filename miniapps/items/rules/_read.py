"""From nodes to values, by the schema: everything that does not fit is told, and reading goes on."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from miniapps.items.rules._findings import Finding, Path, error, nearest
from miniapps.items.rules._shapes import Cel, Key, Many, Record, Shape, Text, Whole, Word, YesNo, Yuan
from miniapps.items.rules._yaml import Mapping, Node, Place, Scalar, Sequence

YES = {"是": True, "true": True, "yes": True, "否": False, "false": False, "no": False}


class Written(msgspec.Struct, frozen=True):
    """A condition not yet compiled."""

    scalar: Scalar
    over: str


class Part(msgspec.Struct, frozen=True):
    """A record as far as it could be read: values by English key."""

    makes: type
    values: dict[str, Any]


class Misfit(Exception):
    """The value in hand is of no use; its finding is already noted."""


class Reader:
    """Reads one text; `findings` and `places` fill as it goes."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.places: dict[Path, Place] = {}

    def read(self, node: Node, shape: Shape, path: Path = ()) -> Any:
        """Return what `node` means as `shape`.

        Raises: Misfit when nothing of it can be used.
        """
        self.places[path] = node.place
        if isinstance(shape, Many):
            return self._many(node, shape, path)
        if isinstance(shape, Record):
            return self._record(node, shape, path)
        if not isinstance(node, Scalar):
            raise self._misfit(node, "wrong-shape", "这里应当是一个值", "把值写在冒号后面")
        if node.style == "" and node.text in ("", "~", "null"):
            raise self._misfit(node, "empty-value", "值是空的", "填写值，或删去这一行")
        return self._scalar(node, shape)

    def _scalar(self, node: Scalar, shape: Text | Whole | Yuan | YesNo | Word | Cel) -> Any:
        match shape:
            case Text():
                return self._text(node, shape)
            case Whole(least=least, most=most):
                return self._whole(node, least, most)
            case Yuan():
                return self._yuan(node)
            case YesNo():
                return self._word(node, YES, ("是", "否"))
            case Word(words=words):
                either = {**{str(kept): kept for kept in words.values()}, **words}
                return self._word(node, either, tuple(words))
        return Written(node, shape.over)

    def _text(self, node: Scalar, shape: Text) -> str:
        text = node.text.strip()
        if len(text) > shape.longest:
            raise self._misfit(node, "too-long", f"文字有 {len(text)} 字", f"不超过 {shape.longest} 字")
        if shape.pattern and not re.fullmatch(shape.pattern, text):
            raise self._misfit(node, "wrong-text", f"“{text[:40]}”不符合要求", f"应为{shape.expected}")
        return text

    def _whole(self, node: Scalar, least: int, most: int) -> int:
        if re.fullmatch(r"-?[0-9]{1,15}", node.text) and least <= int(node.text) <= most:
            return int(node.text)
        raise self._misfit(
            node, "wrong-number", f"“{node.text[:40]}”不是允许的数", f"应为 {least} 到 {most} 的整数"
        )

    def _yuan(self, node: Scalar) -> int:
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", node.text):
            yuan, _, cents = node.text.partition(".")
            return int(yuan) * 100 + int(cents.ljust(2, "0"))
        raise self._misfit(
            node, "wrong-number", f"“{node.text[:40]}”不是金额", "以元为单位，最多两位小数，如 10.50"
        )

    def _word(self, node: Scalar, words: dict[str, Any], shown: tuple[str, ...]) -> Any:
        if node.text in words:
            return words[node.text]
        near = nearest(node.text, words)
        hint = f"是否想写“{near}”？" if near else ""
        raise self._misfit(
            node, "wrong-word", f"“{node.text[:40]}”不是允许的词", f"{hint}应为{'、'.join(shown)}之一"
        )

    def _many(self, node: Node, shape: Many, path: Path) -> list[Any]:
        if not isinstance(node, Sequence):
            raise self._misfit(node, "wrong-shape", "这里应当是列表", "每一项另起一行，以“- ”开头")
        if not shape.least <= len(node.items) <= shape.most:
            problem = f"列表有 {len(node.items)} 项"
            self.findings.append(
                error(node.place, "wrong-length", problem, f"应有 {shape.least} 到 {shape.most} 项")
            )
        found = []
        for number, item in enumerate(node.items[: shape.most]):
            try:
                found.append(self.read(item, shape.of, (*path, number)))
            except Misfit:
                found.append(None)
        return found

    def _record(self, node: Node, shape: Record, path: Path) -> Part:
        if shape.short and isinstance(node, Scalar):
            key = next(key for key in shape.keys if key.name == shape.short)
            return Part(shape.makes, {key.name: self.read(node, key.shape, path)})
        if not isinstance(node, Mapping):
            wide = isinstance(node, Scalar) and "：" in node.text
            fix = "键后面用半角冒号加空格“: ”，不要用全角“：”" if wide else "写成若干行“键: 值”"
            raise self._misfit(node, "wrong-shape", "这里应当是若干“键: 值”", fix)
        values = self._values(node, shape, path)
        self._missing(node, shape, {key.text for key, _ in node.pairs})
        return Part(shape.makes, values)

    def _values(self, node: Mapping, shape: Record, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        seen: dict[str, Place] = {}
        for written, below in node.pairs:
            key = self._key(written, shape.keys)
            if key is None:
                self._unknown(written, below, shape.keys)
            elif key.name in seen:
                first = seen[key.name].line
                problem = f"“{written.text}”写了两次（第 {first} 行已有）"
                self.findings.append(error(written.place, "duplicate-key", problem, "只保留一处"))
            else:
                seen[key.name] = written.place
                self._keep(values, key, below, path)
        return values

    def _keep(self, values: dict[str, Any], key: Key, node: Node, path: Path) -> None:
        try:
            values[key.name] = self.read(node, key.shape, (*path, key.name))
        except Misfit:
            return

    def _key(self, written: Scalar, keys: Iterable[Key]) -> Key | None:
        return next((key for key in keys if written.text in (key.chinese, key.name)), None)

    def _unknown(self, written: Scalar, below: Node, keys: Iterable[Key]) -> None:
        near = nearest(written.text, [name for key in keys for name in (key.chinese, key.name)])
        if near is None and isinstance(below, Scalar) and not below.text:
            fix = "若它是上一个值的一部分：半角逗号会断开 {…}，给整个值加引号，或改用全角逗号“，”"
            self.findings.append(error(written.place, "unknown-key", f"“{written.text[:40]}”后面没有值", fix))
            return
        fix = f"是否想写“{near}”？" if near else "可用的键：" + "、".join(key.chinese for key in keys)
        self.findings.append(error(written.place, "unknown-key", f"不认识的键“{written.text[:40]}”", fix))

    def _missing(self, node: Mapping, shape: Record, present: set[str]) -> None:
        for key in shape.keys:
            if key.required and not present & {key.name, key.chinese}:
                fix = f"加上“{key.chinese}: …”({key.meaning})"
                self.findings.append(error(node.place, "missing-key", f"缺少“{key.chinese}”", fix))

    def _misfit(self, node: Node, rule: str, problem: str, fix: str) -> Misfit:
        self.findings.append(error(node.place, rule, problem, fix))
        return Misfit()
