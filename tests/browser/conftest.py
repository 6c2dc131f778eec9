"""Makes `served_app` importable; docs/screens/make.py uses it, too."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
