"""Words and pinyin of Chinese text, by dictionaries in a process of their own."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from banshi.errors import Unavailable

READER = Path(__file__).parent / "_reader.py"

Said = tuple[str, Sequence[str]]  # a name, and the texts beside it
Heard = tuple[tuple[str, ...], tuple[str, ...]]  # the syllables of the name, the words of the texts


async def read(batch: Sequence[Said]) -> list[Heard]:
    """Return, for each of the batch, the pinyin of its name and the words of its texts, each word once.

    The dictionaries take 90 MiB and a second to start, so they are asked by workers, many names at a time.
    Raises: Unavailable when their process fails; the queue tries again.
    """
    reader = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(READER), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await reader.communicate(msgspec.json.encode(batch))
    if reader.returncode:
        raise Unavailable(system="the dictionaries")
    return msgspec.json.decode(answer, type=list[Heard])
