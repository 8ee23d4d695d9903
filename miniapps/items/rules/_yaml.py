"""YAML read for its marks: nodes that know their line and column, and nothing is ever constructed.

What a value means is decided by the field it stands in, never by YAML's guessing: `code: 001` stays "001".
Anchors, aliases, tags and second documents are refused; size, depth and number of nodes are bounded.
"""

from collections.abc import Iterator

import msgspec
import yaml

LARGEST_BYTES = 256 * 1024
DEEPEST = 12
MOST_NODES = 20_000


class Place(msgspec.Struct, frozen=True, order=True):
    """Where something stands in the file, both counted from 1, in characters."""

    line: int
    column: int


class Scalar(msgspec.Struct, frozen=True):
    """A single value as written."""

    place: Place
    text: str
    style: str = ""  # "" plain, ' or " quoted, | or > block


class Sequence(msgspec.Struct, frozen=True):
    """A list."""

    place: Place
    items: list["Node"]


class Mapping(msgspec.Struct, frozen=True):
    """Keys and values in the order written; a key may stand twice, which the reader reports."""

    place: Place
    pairs: list[tuple[Scalar, "Node"]]


Node = Scalar | Sequence | Mapping


class Unreadable(Exception):
    """The file is not the YAML we take: `place` and `problem` say where and why, `fix` how to mend it."""

    def __init__(self, place: Place, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.place, self.problem, self.fix = place, problem, fix


def parse(text: str) -> Node:
    """Return the one node of the file.

    Raises: Unreadable at the first place where reading cannot go on.
    """
    if len(text.encode("utf-8", "replace")) > LARGEST_BYTES:
        raise Unreadable(Place(1, 1), f"文件超过 {LARGEST_BYTES // 1024} KiB", "把事项拆开，或删去长文本")
    if bad := yaml.reader.Reader.NON_PRINTABLE.search(text):
        problem = "文件里有不允许的控制字符或残缺字符"
        raise Unreadable(_place_of(text, bad.start()), problem, "删去该字符，用 UTF-8 保存")
    try:
        return _Builder(yaml.parse(text, Loader=yaml.CSafeLoader)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        raise Unreadable(place, f"YAML 语法错误：{error.problem}", _hint(text, place)) from error


class _Builder:
    """Builds nodes from parser events, so that limits hold before anything is nested."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.count = 0

    def document(self) -> Node:
        self._next()  # the stream begins
        if isinstance(self._next(), yaml.StreamEndEvent):
            raise Unreadable(Place(1, 1), "文件是空的", "以“格式: 1”开头写事项")
        root = self._node(self._next(), depth=1)
        self._next()  # the document ends
        if not isinstance(after := self._next(), yaml.StreamEndEvent):
            raise Unreadable(_place(after), "一个文件只写一个事项", "删去“---”及其后的内容，另存一个文件")
        return root

    def _next(self) -> yaml.Event:
        return next(self.events)

    def _node(self, event: yaml.Event, *, depth: int) -> Node:
        self._admit(event, depth)
        place = _place(event)
        if isinstance(event, yaml.ScalarEvent):
            style = event.style if event.style in ("'", '"', "|", ">") else ""
            return Scalar(place, event.value, style)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(place, list(self._items(depth)))
        return Mapping(place, list(self._pairs(depth)))

    def _admit(self, event: yaml.Event, depth: int) -> None:
        self.count += 1
        place = _place(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable(place, "不允许使用锚点（&）和引用（*）", "把内容直接写出来")
        if getattr(event, "tag", None):
            raise Unreadable(place, "不允许使用类型标记（!）", "删去以 ! 开头的标记")
        if depth > DEEPEST:
            raise Unreadable(place, f"嵌套超过 {DEEPEST} 层", "减少嵌套")
        if self.count > MOST_NODES:
            raise Unreadable(place, f"内容超过 {MOST_NODES} 项", "把事项拆开")

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            yield self._node(event, depth=depth + 1)

    def _pairs(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth=depth + 1)
            if not isinstance(key, Scalar):
                raise Unreadable(key.place, "键必须是一个词", "写成“键: 值”")
            yield key, self._node(self._next(), depth=depth + 1)


def _place(event: yaml.Event) -> Place:
    assert event.start_mark is not None, "libyaml marks every event"
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _place_of(text: str, position: int) -> Place:
    before = text[:position]
    return Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def _hint(text: str, place: Place) -> str:
    lines = text.splitlines()
    near = "".join(lines[max(0, place.line - 2) : place.line])
    if "\t" in near:
        return "缩进用空格，不要用制表符"
    if "：" in near:
        return "键后面用半角冒号加空格“: ”，不要用全角“：”"
    return "检查缩进和引号；含冒号或井号的文字要加引号"


def position(text: str, scalar: Scalar, line: int, column: int) -> Place:
    """Return where in the file the given line and column (from 1) of a scalar's value stand.

    Exact for values written on one line and for `|` blocks; else the place where the value begins.
    """
    lines = text.splitlines()
    if scalar.style == "|":
        return _in_block(lines, scalar, line, column)
    quoted = scalar.style in ("'", '"')
    begin = scalar.place.column - 1 + quoted
    if line == 1 and lines[scalar.place.line - 1][begin:].startswith(scalar.text):
        return Place(scalar.place.line, begin + column)
    return scalar.place


def _in_block(lines: list[str], scalar: Scalar, line: int, column: int) -> Place:
    row = scalar.place.line + line - 1
    wanted = scalar.text.splitlines()[line - 1 : line]
    if row < len(lines) and wanted and lines[row].endswith(wanted[0]):
        return Place(row + 1, len(lines[row]) - len(wanted[0]) + column)
    return scalar.place
