"""问候: greets whoever opens it."""

import msgspec

from banshi import Citizen, MiniApp, events

app = MiniApp.from_manifest("miniapp.yaml")


class Ask(msgspec.Struct):
    name: str


@app.api("hello", scope="profile:read")
async def hello(citizen: Citizen, ask: Ask) -> str:
    return f"{ask.name}，您好！您在 {citizen.region}。"


@app.on(events.ConsentWithdrawn)
async def forget(event: events.ConsentWithdrawn) -> None:
    """Delete what is kept by the consent; this mini-app keeps nothing."""
