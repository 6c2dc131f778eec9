"""How long things take: distributions in minutes, each with its mean."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from mining.errors import FieldError
from simulation.model.parts import Part


class DistributionPart(Part):
    """Base of the distributions: `kind` is always written, even where defaults are left out."""

    @model_serializer(mode="wrap")
    def _with_kind(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"kind": self.kind, **write(self)}  # type: ignore[attr-defined]


class Constant(DistributionPart):
    """Always the same."""

    kind: Literal["constant"] = "constant"
    minutes: float = Field(ge=0)

    @property
    def mean_minutes(self) -> float:
        """Mean in minutes."""
        return self.minutes


class Lognormal(DistributionPart):
    """Lognormal with this mean and coefficient of variation (sd / mean)."""

    kind: Literal["lognormal"] = "lognormal"
    mean_minutes: float = Field(ge=0)
    cv: float = Field(ge=0)


class Exponential(DistributionPart):
    """Exponential with this mean."""

    kind: Literal["exponential"] = "exponential"
    mean_minutes: float = Field(ge=0)


class Uniform(DistributionPart):
    """Uniform between two bounds."""

    kind: Literal["uniform"] = "uniform"
    low_minutes: float = Field(ge=0)
    high_minutes: float = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.high_minutes < self.low_minutes:
            raise FieldError(zh="high_minutes 小于 low_minutes", en="high_minutes is below low_minutes")
        return self

    @property
    def mean_minutes(self) -> float:
        """Mean in minutes."""
        return (self.low_minutes + self.high_minutes) / 2


class Quantiles(DistributionPart):
    """Empirical: values at evenly spaced probabilities 0, 1/(k-1), ..., 1, linear between them."""

    kind: Literal["quantiles"] = "quantiles"
    values_minutes: tuple[float, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> Quantiles:
        if min(self.values_minutes) < 0 or list(self.values_minutes) != sorted(self.values_minutes):
            raise FieldError(
                zh="values_minutes 须非负且从小到大排列",
                en="values_minutes must be non-negative and in ascending order",
            )
        return self

    @property
    def mean_minutes(self) -> float:
        """Mean in minutes of the piecewise linear distribution."""
        values = np.array(self.values_minutes)
        return float(values[0]) if values.size == 1 else float(((values[1:] + values[:-1]) / 2).mean())


Distribution = Annotated[
    Constant | Lognormal | Exponential | Uniform | Quantiles, Field(discriminator="kind")
]

NO_TIME = Constant(minutes=0)
