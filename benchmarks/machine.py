"""What a benchmark says about the machine and about itself."""

from __future__ import annotations

import math
import os
import platform
import sys
from importlib import metadata
from pathlib import Path


def processor() -> str:
    """The name of the processor and the number of its cores."""
    name = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        name = lines[0].partition(":")[2].strip() if lines else name
    return f"{name}, {os.cpu_count()} cores"


def peak_mb() -> float:
    """Peak memory of this process so far."""
    try:
        import resource
    except ImportError:  # Windows
        return math.nan
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def versions(*libraries: str) -> dict[str, str]:
    """The machine, Python and the installed libraries."""
    found = {}
    for name in libraries:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return {
        "machine": f"{platform.machine()} {platform.system()}, {processor()}",
        "python": platform.python_version(),
        **found,
    }
