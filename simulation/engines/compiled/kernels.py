"""The machine code of the compiled engine: made once, kept in the cache folder, loaded by every process.

It is kept in a folder named after everything it depends on: the text of every module the kernel is made of,
the versions of Python and numba, the processor. So code made from other rules can never be loaded.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock

from platformdirs import user_cache_path

from mining import working_time
from simulation.errors import ExperimentError

OnProgress = Callable[[float], None]

FUNCTIONS_TO_COMPILE = 233  # about: progress is told as the share of them done
KEPT_DAYS = 30  # folders of other versions are removed when nobody has used them for so long
_MARK = "complete"
_lock = Lock()
_loaded = False


def is_ready() -> bool:
    """Whether a run can begin without compiling first; False where the engine cannot run at all."""
    return _loaded or (_why_not() is None and (_folder() / _MARK).exists())


def prepare(on_progress: OnProgress = lambda share: None) -> None:
    """Load the machine code, or make and keep it; `on_progress` is called with the share done, 0 to 1.

    May be called from several threads: the others wait for the first. Making it takes about 35 seconds of
    one processor. Where nothing can be kept it is made for this process alone. Raises `ExperimentError`
    where numba cannot be loaded or is switched off.
    """
    global _loaded
    if _loaded:
        return
    if (why := _why_not()) is not None:
        raise ExperimentError(
            zh=f"此处无法使用编译引擎（{why}）；请改用 SimPy 引擎（--engine simpy），结果相同。",
            en=f"The compiled engine cannot run here ({why}); SimPy's gives the same: --engine simpy.",
        )
    with _lock:
        if not _loaded:
            folder = usable(_folder())
            with _told(on_progress):
                _compile_into(folder)
            (folder / _MARK).touch()
            remove_old(folder)
            _loaded = True


@cache
def _why_not() -> str | None:
    """Why the engine cannot run on this machine; None if it can."""
    try:
        from numba import config
    except (ImportError, OSError) as error:  # a library of it may be missing: OSError
        return " ".join(str(error).split())
    return "NUMBA_DISABLE_JIT" if config.DISABLE_JIT else None


def sources() -> list[Path]:
    """Every module the kernel is made of; the tables of a log are made from its records later."""
    engines = Path(__file__).parents[1]
    modules = [path for path in sorted(engines.rglob("*.py")) if path.parent.name != "log"]
    return [*modules, Path(working_time.__file__)]


@cache
def _folder() -> Path:
    return folder_of(sources())


def folder_of(modules: list[Path]) -> Path:
    """Where the machine code made from these modules on this machine is kept."""
    import llvmlite.binding

    digest = hashlib.sha256()
    for path in modules:
        digest.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    made_with = (version("numba"), version("llvmlite"), version("numpy"), platform.python_version())
    machine = (platform.system(), platform.machine(), llvmlite.binding.get_host_cpu_name())
    digest.update("\0".join((*made_with, *machine)).encode())
    asked = os.environ.get("ONEWINDOW_CACHE")
    base = Path(asked) if asked else user_cache_path("onewindow", appauthor=False)
    return base / "kernels" / digest.hexdigest()[:24]


def usable(folder: Path) -> Path:
    """The folder, or a private one for this process where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="onewindow-"))


def _compile_into(folder: Path) -> None:
    from numba import config

    from simulation.engines.compiled.kernel import run
    from simulation.engines.compiled.people_coming import moments_of_days, told_apart

    before, config.CACHE_DIR = config.CACHE_DIR, str(folder)
    try:
        for function in (run, moments_of_days, told_apart):
            function.enable_caching()
    finally:
        config.CACHE_DIR = before
    run.compile("int64(int64)")
    moments_of_days.compile(
        "void(int64[::1], int64[::1], int64, uint64[::1], int64, int64[::1], int64[::1], float64[::1])"
    )
    told_apart.compile("void(int64[::1], int64, int64[::1], int64[::1], int64[::1], int64[::1])")


@contextmanager
def _told(on_progress: OnProgress) -> Iterator[None]:
    """Tell how many functions are compiled."""
    from numba.core import event

    class Listener(event.Listener):
        done = 0

        def on_start(self, event: object) -> None:
            pass

        def on_end(self, event: object) -> None:
            self.done += 1
            on_progress(min(self.done / FUNCTIONS_TO_COMPILE, 0.99))

    on_progress(0.0)
    with event.install_listener("numba:compile", Listener()):
        yield
    on_progress(1.0)


def remove_old(folder: Path) -> None:
    """Remove what other versions left and nobody has used for a long time."""
    os.utime(folder)
    for other in folder.parent.iterdir():
        if other != folder and other.stat().st_mtime < time.time() - KEPT_DAYS * 86_400:
            shutil.rmtree(other, ignore_errors=True)
