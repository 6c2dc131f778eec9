"""Service models as YAML files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from simulation.complaints import complaint
from simulation.errors import ModelError
from simulation.model.service import ServiceModel


def read_service_model(path: Path) -> ServiceModel:
    """Read a model from YAML; raises `ModelError` naming file and field."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(
            zh=f"{path.name}：无法打开文件。",
            en=f"{path.name}: cannot be opened ({error.strerror}).",
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        detail = " ".join(str(error).split())
        raise ModelError(
            zh=f"{path.name}：不是有效的 YAML（{detail}）。",
            en=f"{path.name}: not valid YAML ({detail}).",
        ) from error
    return service_model_from(document, path.name)


def service_model_from(document: object, source: str = "model") -> ServiceModel:
    """Check a document (parsed YAML or JSON) and make the model; raises `ModelError` naming the field."""
    try:
        return ServiceModel.model_validate(document)
    except ValidationError as error:
        text = complaint(error, source, "model")
        raise ModelError(zh=text.zh, en=text.en) from error


def write_service_model(model: ServiceModel, path: Path) -> None:
    """Write a model as YAML that `read_service_model` reads back to an equal model; raises `ModelError`."""
    try:
        path.write_text(dump_service_model(model), encoding="utf-8", newline="\n")
    except OSError as error:
        raise ModelError(
            zh=f"{path}：无法写入（{error.strerror}）。", en=f"{path}: cannot be written ({error.strerror})."
        ) from error


def dump_service_model(model: ServiceModel) -> str:
    """The model as YAML text; defaults are left out."""
    document = model.model_dump(mode="json", exclude_defaults=True)
    return yaml.dump(document, Dumper=_ReadableDumper, allow_unicode=True, sort_keys=False, width=110)


class _ReadableDumper(yaml.SafeDumper):
    """Lists of plain values on one line: a distribution of fifty quantiles is one line, not fifty."""

    def represent_list(self, data: Iterable[Any]) -> yaml.SequenceNode:
        flat = not any(isinstance(item, list | dict) for item in data)
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flat)


_ReadableDumper.add_representer(list, _ReadableDumper.represent_list)
