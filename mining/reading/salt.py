"""The salt of a project: hashes of one project can be compared, those of two cannot."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from platformdirs import user_data_path

from mining.errors import LogError
from mining.reading.privacy import new_salt

DEFAULT_PROJECT = "default"
_NAME = re.compile(r"[\w-]{1,64}")
_TRIES = 20
_SALT = re.compile(r"[0-9a-f]{32}")


def project_folder() -> Path:
    """Where projects keep their salts: `ONEWINDOW_DATA`, else the user's data folder of this system."""
    asked = os.environ.get("ONEWINDOW_DATA")
    return Path(asked) if asked else user_data_path("onewindow", appauthor=False)


def project_salt(project: str = DEFAULT_PROJECT) -> str:
    """The salt of a project, made the first time it is asked for and kept for its owner alone.

    Whoever has the salt can try identity numbers against the hashes: keep it where the log is kept, and do
    not pass it on with a report. Raises `LogError` for a name that cannot be a file's or a salt that is none.
    """
    if not _NAME.fullmatch(project):
        raise LogError(
            zh=f"项目名“{project}”无效：只能用文字、数字、“_”和“-”，至多 64 个字符。",
            en=f"The project name {project!r} is not valid: letters, digits, '_' and '-', 64 at most.",
        )
    path = project_folder() / f"{project}.salt"
    try:
        return _read(path) if path.exists() else _make(path)
    except OSError as problem:
        raise LogError(
            zh=f"{path.name}：项目盐值无法读写（{problem.strerror}）。",
            en=f"{path.name}: the salt of the project cannot be read or written ({problem.strerror}).",
        ) from None


def _make(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    salt = new_salt()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # somebody else was first
        return _read(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(salt)
    return salt


def _read(path: Path) -> str:
    salt = path.read_text(encoding="ascii", errors="replace").strip()
    for _ in range(_TRIES):
        if salt:
            break
        time.sleep(0.05)  # another process has just made the file and not yet written it
        salt = path.read_text(encoding="ascii", errors="replace").strip()
    if not _SALT.fullmatch(salt):
        raise LogError(
            zh=f"{path.name}：不是有效的盐值（应为 32 位十六进制数）；删除后会重新生成，但旧哈希将无法对应。",
            en=f"{path.name}: is no salt (32 hexadecimal digits); delete it to get a new one, older hashes "
            "will then match nothing.",
        )
    return salt
