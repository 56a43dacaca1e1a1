import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.supervisor import LONGEST_PAUSE_SECONDS, SETTLED_SECONDS, Child, GaveUp


@pytest.fixture
def said() -> list[str]:
    return []


def shell(script: str, patience_seconds: float = 10) -> Child:
    command = ["/bin/sh", "-c", script]
    return Child("thing", command, folder=Path("/"), patience_seconds=patience_seconds)


def ended(child: Child) -> "subprocess.Popen[bytes]":
    assert child.process is not None
    child.process.wait(10)
    return child.process


def test_a_child_that_died_is_started_again_after_a_pause(said):
    child = shell("exit 3")
    child.look_after(100, said.append)
    first = ended(child)

    child.look_after(100.5, said.append)
    assert said == ["The thing ended with status 3. It is started again in 1 s."]
    assert child.process is None

    child.look_after(101.5, said.append)
    assert ended(child).pid != first.pid


def test_a_child_that_dies_again_and_again_is_given_up(said):
    child = shell("kill -SEGV $$")
    now = 0.0
    with pytest.raises(GaveUp, match="The thing was ended by SIGSEGV, again and again"):
        for _ in range(20):
            child.look_after(now, said.append)
            if child.process is not None:
                ended(child)
            now += LONGEST_PAUSE_SECONDS

    assert [line.split()[-2] for line in said] == ["1", "2", "4", "8", "16"]


def test_a_death_after_a_long_life_is_an_accident(said):
    child = shell("exit 0")
    for now in range(0, 10 * (SETTLED_SECONDS + 10), SETTLED_SECONDS + 10):
        child.look_after(now, said.append)
        if child.process is None:
            child.look_after(now + 2, said.append)
        ended(child)

    assert {line.split()[-2] for line in said} == {"1"}


def test_a_child_that_does_not_stop_is_killed_with_its_descendants(said):
    # The descendant holds the pipe open: its end is the end of both.
    script = "trap '' TERM; (trap '' TERM; sleep 60) & echo ready; sleep 60; sleep 60"
    child = shell(script, patience_seconds=0.1)
    child.process = subprocess.Popen(child.command, stdout=subprocess.PIPE, start_new_session=True)
    with child.process as process:
        assert process.stdout is not None
        process.stdout.readline()
        child.ask_to_stop()
        child.see_off(said.append)

        assert process.stdout.read() == b""
        assert process.returncode == -signal.SIGKILL
    assert said == ["The thing did not finish in 0 s; it is killed."]


@pytest.mark.skipif(sys.platform != "linux", reason="needs prctl")
def test_a_child_does_not_outlive_a_killed_supervisor():
    script = """
import os, signal, sys, time
from pathlib import Path
from config.supervisor import Child
child = Child("thing", ["sleep", "60"], folder=Path("/"), patience_seconds=1)
child.start(0)
os.kill(os.getpid(), signal.SIGKILL)
"""
    # subprocess.run returns once nobody holds the pipe any more: the child does, while it lives.
    result = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, timeout=20, check=False
    )

    assert result.returncode == -signal.SIGKILL
