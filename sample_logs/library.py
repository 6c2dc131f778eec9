"""The services that come with the project: their models, what was planted in them, scenarios to try."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable

import yaml

from sample_logs.plan import Planted
from simulation.errors import ModelError
from simulation.redesign.scenario import Scenario, scenario_from
from simulation.service_model import ServiceModel, service_model_from


def sample_names() -> list[str]:
    """Names of the sample services, sorted: "A" is 企业开办."""
    return sorted(entry.name.removesuffix(".yaml") for entry in _files("services", ""))


def load_service(name: str) -> ServiceModel:
    """The service `name` as it is today; raises `ModelError` listing the names there are."""
    return service_model_from(_read(name, "services"), f"{name}.yaml")


def load_planted(name: str) -> Planted:
    """What was planted in the service `name`; raises `ModelError` listing the names there are."""
    return Planted.model_validate(_read(name, "planted"))


def load_scenarios(name: str) -> dict[str, Scenario]:
    """Redesigns of the service `name` to try, by file name without suffix, e.g. "A_one_window".

    Raises `ModelError` listing the names there are.
    """
    _require(name)
    return {
        entry.name.removesuffix(".yaml"): scenario_from(_parsed(entry), entry.name)
        for entry in sorted(_files("scenarios", f"{name}_"), key=lambda entry: entry.name)
    }


def _require(name: str) -> None:
    known = sample_names()
    if name not in known:
        raise ModelError(
            zh=f"没有示例服务“{name}”；可用：{'、'.join(known)}。",
            en=f"There is no sample service {name!r}; available: {', '.join(known)}.",
        )


def _read(name: str, folder: str) -> object:
    _require(name)
    return _parsed(resources.files("sample_logs").joinpath(folder, f"{name}.yaml"))


def _parsed(entry: Traversable) -> object:
    return yaml.safe_load(entry.read_text(encoding="utf-8"))


def _files(folder: str, prefix: str) -> list[Traversable]:
    entries = resources.files("sample_logs").joinpath(folder).iterdir()
    return [entry for entry in entries if entry.name.startswith(prefix) and entry.name.endswith(".yaml")]
