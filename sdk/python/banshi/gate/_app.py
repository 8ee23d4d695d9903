"""What the gate looks at: the files of a package, pages read into elements, scripts and styles as text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

from banshi.manifest import Manifest

SCRIPTS, STYLES = ("js", "mjs"), ("css",)
HIDDEN = ("script", "style")  # their text is no text of the page


@dataclass(frozen=True)
class Element:
    """One start tag, with the line that it begins on; attributes without a value have "" as one."""

    tag: str
    attributes: Mapping[str, str]
    line: int
    text: list[str] = field(default_factory=list)  # what stands right inside it


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.getpos()[0])
        self.elements.append(element)
        self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].text.append(data)


def read_page(text: str) -> tuple[list[Element], bool]:
    """Return the elements of a page, in their order, and whether it could be read to its end."""
    reader = _Reader()
    try:
        reader.feed(text)
        reader.close()
    except AssertionError:  # html.parser meets a declaration that it does not know
        return reader.elements, False
    return reader.elements, True


@dataclass(frozen=True)
class Code:
    """A piece of script or style, and where it begins."""

    file: str
    text: str
    first_line: int = 1

    def line_at(self, offset: int) -> int:
        """Return the line of the file on which the character at `offset` stands."""
        return self.first_line + self.text.count("\n", 0, offset)


@dataclass(frozen=True)
class App:
    """One version of a mini-app: its manifest and its files."""

    manifest: Manifest
    files: Mapping[str, bytes]

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The files that are text, by name; bytes that are not UTF-8 are replaced."""
        kinds = ("html", "svg", "json", "txt", "map", "webmanifest", *SCRIPTS, *STYLES)
        return {
            name: content.decode(errors="replace")
            for name, content in self.files.items()
            if name.rpartition(".")[2] in kinds
        }

    @cached_property
    def pages(self) -> Mapping[str, list[Element]]:
        """The elements of each page."""
        return {name: elements for name, (elements, _) in self._read(".html")}

    @cached_property
    def drawings(self) -> Mapping[str, list[Element]]:
        """The elements of each SVG."""
        return {name: elements for name, (elements, _) in self._read(".svg")}

    @cached_property
    def broken(self) -> frozenset[str]:
        """The pages and drawings that cannot be read to their end."""
        read = (*self._read(".html"), *self._read(".svg"))
        return frozenset(name for name, (_, is_whole) in read if not is_whole)

    @cached_property
    def scripts(self) -> list[Code]:
        """The scripts: files, and what stands in pages."""
        return [*self._of_kind(SCRIPTS), *self._inside("script")]

    @cached_property
    def styles(self) -> list[Code]:
        """The styles: files, and what stands in pages."""
        return [*self._of_kind(STYLES), *self._inside("style")]

    @property
    def home(self) -> str:
        """The name of the file that the entry is."""
        return self.manifest.home

    @property
    def is_compatible(self) -> bool:
        """Whether it is to run in the old host app too, whose rules differ (profile zheliban)."""
        return self.manifest.profile == "zheliban"

    def _read(self, end: str) -> Iterator[tuple[str, tuple[list[Element], bool]]]:
        return ((name, read_page(text)) for name, text in self.texts.items() if name.endswith(end))

    def _of_kind(self, kinds: tuple[str, ...]) -> list[Code]:
        return [Code(name, text) for name, text in self.texts.items() if name.rpartition(".")[2] in kinds]

    def _inside(self, tag: str) -> Iterator[Code]:
        for name, elements in self.pages.items():
            for element in elements:
                if element.tag == tag and element.text:
                    yield Code(name, "".join(element.text), element.line)
