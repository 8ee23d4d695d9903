"""What the mini-app answers, tried without a network."""

import asyncio

from app import app

from banshi.testing import fake


async def greeting() -> str:
    async with app.test_client(citizen=fake.adult(level=2, region="330106")) as client:
        answer = await client.call("hello", {"name": "小王"})
    return str(answer)


def test_it_greets() -> None:
    assert asyncio.run(greeting()) == "小王，您好！您在 330106。"
