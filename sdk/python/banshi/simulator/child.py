"""Runs a developer's program for the simulator: `python -m banshi.simulator.child app.py PORT`.

It answers on the loopback address, and connects outward where MINIAPP_CREDENTIAL names a session.  It ends
when its standard input does: a simulator that is killed leaves nothing behind.
"""

import asyncio
import importlib.util
import logging
import os
import sys
from pathlib import Path

from banshi._parent import end_with
from banshi.serving import ConnectionRefused, Link, MiniApp
from banshi.simulator._http import server


def load(program: Path) -> MiniApp:
    """Return the mini-app that a program makes.

    Raises: SystemExit when there is not just one; whatever the program raises.
    """
    sys.path.insert(0, str(program.parent.resolve()))
    spec = importlib.util.spec_from_file_location(program.stem, program)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{program} is no Python program")
    module = importlib.util.module_from_spec(spec)
    sys.modules[program.stem] = module
    spec.loader.exec_module(module)
    found = {id(value): value for value in vars(module).values() if isinstance(value, MiniApp)}
    if len(found) != 1:
        raise SystemExit(f"{program} makes {len(found)} mini-apps; write: app = MiniApp.from_manifest(…)")
    return found.popitem()[1]


async def run(program: Path, port: int) -> None:
    """Serve until cancelled, or until the platform refuses the connection."""
    made = load(program).asgi()
    listening = server(made, port=port)
    tasks = [asyncio.create_task(listening.serve())]
    credential = os.environ.get("MINIAPP_CREDENTIAL")
    if credential:
        link = Link(made, platform=os.environ["MINIAPP_PLATFORM"], credential=credential)
        tasks.append(asyncio.create_task(link.run(1)))
        await asyncio.wait(
            [asyncio.create_task(link.connected.wait()), *tasks], return_when="FIRST_COMPLETED"
        )
    elif made.inbox is not None:
        tasks.append(asyncio.create_task(made.work(made.inbox)))
    while not listening.started and not tasks[0].done():
        await asyncio.sleep(0.01)
    print("ready", flush=True)
    done, _ = await asyncio.wait(tasks, return_when="FIRST_COMPLETED")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


if __name__ == "__main__":
    end_with(sys.stdin.fileno())
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for name in ("httpx", "uvicorn.error", "uvicorn", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)  # noqa: TID251 (not ours to name)
    try:
        asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2])))
    except ConnectionRefused as refused:
        sys.exit(str(refused))
