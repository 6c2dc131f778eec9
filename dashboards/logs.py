"""Logs the dashboard opens: the sample, made once on this machine, and files people upload."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path

from mining.errors import LogError
from mining.event_log import MORE_TABLES, EventLog
from mining.reading import read_event_log
from mining.reading.salt import project_salt
from simulation.redesign import Scenario

DEFAULT_SAMPLE = "A"
SAMPLE_DAYS: int | None = None  # as many as the service needs
SAMPLE_SEED = 1
UPLOAD_TYPES = ("csv", "txt", "xlsx", "xes", "gz", "parquet")


@dataclass(frozen=True)
class OpenLog:
    """A log somebody looks at. `key` names its content: equal keys, equal log."""

    log: EventLog
    key: str
    origin: Literal["sample", "upload"]
    sample: str | None = None  # name of the sample service


@dataclass(frozen=True)
class Upload:
    """Files a person chose, and how to read them."""

    name: str
    content: bytes
    materials_name: str | None = None
    materials_content: bytes | None = None
    columns: bytes | None = None  # YAML: column -> header
    timezone: str | None = None
    day_first: bool | None = None

    @property
    def key(self) -> str:
        """A hash of everything that decides what is read."""
        digest = hashlib.sha256()
        for part in (self.content, self.materials_content, self.columns):
            digest.update(b"-" if part is None else hashlib.sha256(part).digest())
        digest.update(repr((self.name, self.timezone, self.day_first)).encode())
        return digest.hexdigest()[:32]


def cache_folder() -> Path:
    """Where samples are kept: `ONEWINDOW_CACHE`, else the user's cache folder of this system."""
    asked = os.environ.get("ONEWINDOW_CACHE")
    return Path(asked) if asked else user_cache_path("onewindow", appauthor=False)


@cache
def sample_key(name: str) -> str:
    """Changes with everything the sample depends on: the release, the service and the code that makes it."""
    digest = hashlib.sha256(f"{name} {SAMPLE_DAYS} {SAMPLE_SEED} {_version()}".encode())
    import sample_logs
    import simulation

    for package in (sample_logs, simulation):
        folder = Path(package.__file__ or "").parent
        for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.yaml")]):
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return f"{name}-{digest.hexdigest()[:16]}"


def _version() -> str:
    try:
        return metadata.version("onewindow")
    except metadata.PackageNotFoundError:  # run from a source tree that is not installed
        return "source"


def open_sample(name: str = DEFAULT_SAMPLE) -> OpenLog:
    """The sample log, read like any other; made first where this machine does not have it yet."""
    key = sample_key(name)
    folder = cache_folder() / "samples" / key
    if not folder.is_dir():
        _make_sample(name, folder)
    events, materials = folder / f"{name}_events.csv", folder / f"{name}_materials.csv"
    tables = {table: folder / f"{name}_{table}.csv" for table in ("cases", *MORE_TABLES)}
    written = {table: path for table, path in tables.items() if path.is_file()}
    log = read_event_log(events, materials=materials, tables=written)
    return OpenLog(log, key, "sample", name)


def sample_is_ready(name: str = DEFAULT_SAMPLE) -> bool:
    """Whether the sample was made before on this machine."""
    return (cache_folder() / "samples" / sample_key(name)).is_dir()


def _make_sample(name: str, folder: Path) -> None:
    from sample_logs import generate_sample

    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix="making-"))
    try:
        generate_sample(name, scratch, days=SAMPLE_DAYS, seed=SAMPLE_SEED)
        try:
            scratch.rename(folder)
        except OSError:
            # somebody else made the same sample in the meantime; theirs is as good
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def sample_scenarios(opened: OpenLog) -> dict[str, Scenario]:
    """Ready scenarios of a sample, the simplest first; none for an uploaded log."""
    if opened.sample is None:
        return {}
    from sample_logs import load_scenarios

    return dict(sorted(load_scenarios(opened.sample).items(), key=lambda item: len(item[1].redesigns)))


def open_upload(upload: Upload) -> OpenLog:
    """Read uploaded files; raises `LogError` in both languages where they cannot be read."""
    with tempfile.TemporaryDirectory(prefix="onewindow-") as folder:
        path = _save(Path(folder) / "log", upload.name, upload.content)
        materials = columns = None
        if upload.materials_content is not None:
            materials = _save(
                Path(folder) / "materials", upload.materials_name or "", upload.materials_content
            )
        if upload.columns is not None:
            columns = _save(Path(folder) / "columns", "columns.yaml", upload.columns)
        log = read_event_log(
            path,
            columns,
            materials=materials,
            timezone=upload.timezone,
            day_first=upload.day_first,
            salt=project_salt(),
        )
    return OpenLog(log, upload.key, "upload")


def _save(folder: Path, name: str, content: bytes) -> Path:
    # only the last part of a name: a browser may send a path
    safe = Path(name.replace("\\", "/")).name
    if not safe or safe in (".", ".."):
        raise LogError(zh=f"文件名“{name}”无法使用。", en=f"The file name {name!r} cannot be used.")
    folder.mkdir()
    path = folder / safe
    path.write_bytes(content)
    return path
