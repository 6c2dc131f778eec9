"""Small YAML files people edit: the ones that come with the project, and a planner's own."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from mining.errors import LogError
from mining.text import Text


def project_file(name: str) -> Any:
    """The content of `mining/data/NAME`."""
    return yaml.safe_load(resources.files("mining").joinpath("data", name).read_text(encoding="utf-8"))


def own_file(path: Path, what: Text) -> Any:
    """The content of a planner's YAML file; raises `LogError` where it cannot be read."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        detail = " ".join(str(error).split())
        raise LogError(
            zh=f"{path.name}：无法读取{what.zh}（{detail}）。",
            en=f"{path.name}: {what.en} cannot be read ({detail}).",
        ) from error
