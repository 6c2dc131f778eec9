"""ServiceModel: a service hall as data a person can read and edit, one YAML file.

Frozen pydantic models, checked when made, so that no invalid model exists downstream. The flow is a
block-structured tree, sound by construction. This is the one door to the parts in `simulation.model`.
"""

from __future__ import annotations

from simulation.model.distributions import (
    NO_TIME,
    Constant,
    Distribution,
    Exponential,
    Lognormal,
    Quantiles,
    Uniform,
)
from simulation.model.files import (
    dump_service_model,
    read_service_model,
    service_model_from,
    write_service_model,
)
from simulation.model.flow import (
    BLOCK_KEYS,
    START,
    Block,
    Choice,
    ContextRow,
    ContextTable,
    Loop,
    Parallel,
    Rework,
    Sequence,
    StepBlock,
    Wait,
    children,
    leaves,
)
from simulation.model.hall import (
    AskedMaterial,
    Batch,
    Evidence,
    Failure,
    Limits,
    Material,
    Member,
    PolicyChange,
    Pool,
    Step,
    Stuck,
)
from simulation.model.parts import (
    Clock,
    Part,
    Place,
    Share,
)
from simulation.model.people import (
    Appointments,
    Arrivals,
    Patience,
    Visits,
)
from simulation.model.service import (
    ServiceModel,
)

__all__ = [
    "BLOCK_KEYS",
    "NO_TIME",
    "START",
    "Appointments",
    "Arrivals",
    "AskedMaterial",
    "Batch",
    "Block",
    "Choice",
    "Clock",
    "Constant",
    "ContextRow",
    "ContextTable",
    "Distribution",
    "Evidence",
    "Exponential",
    "Failure",
    "Limits",
    "Lognormal",
    "Loop",
    "Material",
    "Member",
    "Parallel",
    "Part",
    "Patience",
    "Place",
    "PolicyChange",
    "Pool",
    "Quantiles",
    "Rework",
    "Sequence",
    "ServiceModel",
    "Share",
    "Step",
    "StepBlock",
    "Stuck",
    "Uniform",
    "Visits",
    "Wait",
    "children",
    "dump_service_model",
    "leaves",
    "read_service_model",
    "service_model_from",
    "write_service_model",
]
