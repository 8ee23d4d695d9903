"""A child of the supervisor: what the two say to each other."""

import os
import sys

import pytest

from api.supervisor.child import Child
from api.supervisor.ready import await_go, report_ready
from storage.embedded.trouble import DidNotStart


def test_a_child_tells_when_it_is_ready(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "api.supervisor.child.FRUGAL", {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    )
    (tmp_path / "slow_child.py").write_text(
        "import time\nfrom api.supervisor.ready import report_ready\nreport_ready()\ntime.sleep(60)\n"
    )
    child = Child("slow", "slow_child", folder=tmp_path, env={})
    with pytest.raises(DidNotStart, match="was not started"):
        child.ended()

    child.start()
    child.wait()

    assert child.ready()
    assert child.ended() is None
    child.ask_to_stop()
    child.stop()
    assert not (tmp_path / "slow.pid").exists()


def test_a_child_that_dies_while_starting_is_told(tmp_path):
    child = Child("broken", "no_such_module_here", folder=tmp_path, env={})
    child.start()

    with pytest.raises(DidNotStart, match="No module named no_such_module_here"):
        child.wait()


def test_without_a_supervisor_there_is_nobody_to_wait_for_or_to_tell(monkeypatch):
    monkeypatch.delenv("BANSHI_READY_FD", raising=False)
    monkeypatch.delenv("BANSHI_GO_FD", raising=False)

    await_go()
    report_ready()


def test_a_child_waits_for_its_environment_and_tells_when_it_is_ready(monkeypatch):
    theirs, go = os.pipe()
    ready, told = os.pipe()
    monkeypatch.setenv("BANSHI_GO_FD", str(theirs))
    monkeypatch.setenv("BANSHI_READY_FD", str(told))
    monkeypatch.setenv("BANSHI_PORT", "8000")
    os.write(go, b'{"BANSHI_PORT": "8123"}')
    os.close(go)

    await_go()
    report_ready()

    assert os.environ["BANSHI_PORT"] == "8123"
    assert "BANSHI_GO_FD" not in os.environ
    assert os.read(ready, 100) == b"ready\n"
    os.close(ready)


def test_what_a_child_printed_is_known_when_it_has_finished(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    (tmp_path / "short_child.py").write_text(
        "import os, sys\nfrom api.supervisor.ready import await_go\nawait_go()\n"
        "print(os.environ['WORD'])\nsys.exit(os.environ.get('FAULT'))\n"
    )
    child = Child("short", "short_child", folder=tmp_path, env={})

    child.start()
    child.go({"WORD": "done"})
    first = child.finish()
    child.start()  # it was told to go before, so it goes at once
    again = child.finish()
    other = Child("other", "short_child", folder=tmp_path, env={"FAULT": "no luck"})
    other.start()
    other.go({"WORD": "begun"})

    assert first == again == ["done"]
    with pytest.raises(DidNotStart, match=r"^no luck$"):
        other.finish()
