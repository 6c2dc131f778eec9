"""The compiled engine in the background: made once on a machine; SimPy serves meanwhile."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from functools import lru_cache
from typing import Literal

from simulation.engines.compiled import is_ready, prepare

State = Literal["preparing", "ready", "failed"]
log = logging.getLogger(__name__)
MAKE = "from simulation.engines.compiled import prepare; prepare(lambda share: print(share, flush=True))"


class FastEngine:
    """Making or loading the machine code; read `state`, and `share` (0 to 1) while it is made."""

    def __init__(self) -> None:
        self.state: State = "preparing"
        self.share = 0.0
        self._thread = threading.Thread(target=self._run, name="onewindow-fast-engine", daemon=True)

    def start(self) -> FastEngine:
        """Begin; returns itself."""
        self._thread.start()
        return self

    def join(self, timeout_seconds: float | None = None) -> None:
        """Wait for the end."""
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        try:
            if not is_ready():
                self._make()
            if is_ready():
                prepare()  # loads it
            else:
                prepare(self._told)  # makes it here: no folder could keep it
            self.state = "ready"
        finally:
            if self.state != "ready":  # an error of ours: the thread prints it, SimPy serves on
                self.state = "failed"

    def _make(self) -> None:
        """Make it in a process of its own, so that pages are served meanwhile."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, "-c", MAKE]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                self._told(float(line))
        if process.returncode:
            log.error("the process that makes the machine code ended with exit code %s", process.returncode)

    def _told(self, share: float) -> None:
        self.share = share


@lru_cache(maxsize=1)
def fast_engine() -> FastEngine:
    """That of this process, begun when first asked for."""
    return FastEngine().start()
