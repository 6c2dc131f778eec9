"""A command interrupted by Ctrl-C ends at once, whatever is under way."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboards.workers import INTERRUPTED, worker_pool

SLEEPER = """
import sys, time
from dashboards.workers import worker_pool
with worker_pool(1, "compiled", "en") as executor:
    under_way = executor.submit(time.sleep, 60)
    queued = executor.submit(time.sleep, 60)
    print("running", flush=True)
    under_way.result()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send Ctrl-C to one process alone")
def test_an_interrupted_command_does_not_wait_for_what_is_under_way():
    command = subprocess.Popen(
        [sys.executable, "-c", SLEEPER],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert command.stdout is not None
    assert command.stdout.readline() == "running\n"
    begin = time.monotonic()
    command.send_signal(signal.SIGINT)
    _, complaint = command.communicate(timeout=50)
    assert command.returncode == INTERRUPTED
    assert complaint == "Interrupted; there is no result.\n"
    assert time.monotonic() - begin < 30


def test_other_errors_come_through_and_the_pool_is_over():
    with pytest.raises(ZeroDivisionError):
        _fails_at_work()


def _fails_at_work():
    with worker_pool(1, "compiled", "zh") as executor:
        executor.submit(divmod, 1, 0).result()


def test_one_simpy_worker_is_this_process():
    with worker_pool(1, "simpy", "zh") as executor:
        assert executor is None
