"""What all parts of a service model share: frozen, checked, and the words for places and clocks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Place = Literal["counter", "kiosk", "online", "back_office", "applicant"]
Clock = Literal["working", "elapsed"]
Share = Annotated[float, Field(ge=0, le=1)]
Priority = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]  # lower is served first; the bounds: of 32 bits
Speed = Annotated[float, Field(ge=0.001, le=1000)]


class Part(BaseModel):
    """Base of all parts: frozen, unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
