"""Checks of a whole log: what no reader can see row by row, and what bends a finding if nobody looks."""

from mining.quality_checks.registry import CHECKS, CheckedRows, check_log, issue_table, quality_of

__all__ = ["CHECKS", "CheckedRows", "check_log", "issue_table", "quality_of"]
