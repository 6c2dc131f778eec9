"""Findings: waste in a log, one family a module. `find_all(log)` runs them all."""

from mining.diagnostics.registry import Diagnosis, diagnose, explain_missing, find_all

__all__ = ["Diagnosis", "diagnose", "explain_missing", "find_all"]
