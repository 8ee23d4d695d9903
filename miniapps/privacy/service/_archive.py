"""Building a copy: one ZIP, sealed while it is written, so that nothing of it lies in clear anywhere."""

import asyncio
import hashlib
import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any, BinaryIO
from uuid import UUID

from identity import people
from miniapps.materials import service as materials
from miniapps.materials.tables import VaultObject
from miniapps.privacy import queries
from miniapps.privacy.rules import PARTS
from miniapps.privacy.service import _opening
from storage.clock import SHANGHAI
from storage.seal import FileSealer

Progress = Callable[[int], Awaitable[None]]  # called with how many parts are done

PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>我的个人信息</title></head><body>
<h1>我的个人信息</h1>
<p>本压缩包于 {at} 由办事平台应您的要求生成，包含平台保存的关于您的全部个人信息。</p>
<p>请妥善保管，不要交给他人。</p>
<p>每个文件的校验值（SHA-256）在 manifest.json 里。密钥、校验用的摘要等不含您的信息的内容没有列入。</p>
<table border="1" cellpadding="4"><tr><th>内容</th><th>条数</th><th>文件</th></tr>
{rows}
</table></body></html>
"""


@dataclass
class _Entry:
    path: str
    title: str
    count: int
    size: int
    sha256: str


@dataclass
class Sink:
    """A file to write a ZIP into: it goes sealed into a temporary file, counted and hashed on its way."""

    sealer: FileSealer
    file: BinaryIO
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def write(self, data: bytes) -> int:
        """Take clear bytes."""
        self.size += len(data)
        self.digest.update(data)
        for sealed in self.sealer.feed(bytes(data)):
            self.file.write(sealed)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the last chunk is sealed by `close`."""

    def close(self) -> None:
        """Seal the last chunk."""
        for sealed in self.sealer.end():
            self.file.write(sealed)
        self.file.seek(0)


class Builder:
    """Puts everything of one person into a ZIP."""

    def __init__(self, person_id: UUID, sink: Sink, progress: Progress, *, now: datetime) -> None:
        self.person_id = person_id
        self.zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)
        self.entries: list[_Entry] = []
        self.progress = progress
        self.now = now

    async def build(self) -> None:
        """Write profile, tables, files, manifest and index."""
        await self._profile()
        for done, table in enumerate(PARTS, start=1):
            await self._table(table)
            await self.progress(done)
        await self._files(len(PARTS))
        self._index()
        self.zip.close()

    async def _profile(self) -> None:
        own = await people.own(self.person_id)
        facts = {"name": own.name, "number": own.number, "phone": own.phone}
        self._put("account/profile.json", "姓名、证件号码和手机号码", 1, _json([facts]))

    async def _table(self, table: str) -> None:
        part = PARTS[table]
        rows = [await _opening.opened(table, row) async for row in queries.rows_of(table, self.person_id)]
        self._put(f"{part.folder}/{table}.json", part.title, len(rows), _json(rows))

    async def _files(self, done: int) -> None:
        stored = VaultObject.objects().where(VaultObject.party_id == self.person_id)
        for row in await stored.order_by(VaultObject.id):
            reading = await materials.read_object(row)
            if reading is not None:
                await self._file(f"files/{reading.name}", reading.chunks)
            done += 1
            await self.progress(done)

    async def _file(self, path: str, chunks: AsyncIterator[bytes]) -> None:
        size, digest = 0, hashlib.sha256()
        with self.zip.open(path, "w", force_zip64=True) as entry:
            async for chunk in chunks:
                size += len(chunk)
                digest.update(chunk)
                entry.write(chunk)
                await asyncio.sleep(0)
        self.entries.append(_Entry(path, "材料文件", 1, size, digest.hexdigest()))

    def _put(self, path: str, title: str, count: int, data: bytes) -> None:
        self.zip.writestr(path, data)
        digest = hashlib.sha256(data).hexdigest()
        self.entries.append(_Entry(path, title, count, len(data), digest))

    def _index(self) -> None:
        rows = "\n".join(
            f"<tr><td>{escape(each.title)}</td><td>{each.count}</td>"
            f'<td><a href="{each.path}">{each.path}</a></td></tr>'
            for each in self.entries
        )
        at = self.now.astimezone(SHANGHAI).strftime("%Y年%m月%d日 %H:%M")
        self._put("index.html", "目录", 1, PAGE.format(at=at, rows=rows).encode())
        manifest = [vars(each) for each in self.entries]
        self.zip.writestr("manifest.json", _json({"made_at": self.now, "files": manifest}))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode()
