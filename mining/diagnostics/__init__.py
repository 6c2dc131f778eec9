"""Findings: waste in a log, one family a module. `find_all(log)` runs them all."""

from mining.diagnostics.registry import Diagnosis, definitions, diagnose, explain_missing, find_all

__all__ = ["Diagnosis", "definitions", "diagnose", "explain_missing", "find_all"]
