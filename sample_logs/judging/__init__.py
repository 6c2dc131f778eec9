"""Whether what mining finds in a sample log is true of it."""

from sample_logs.judging.kinds import KINDS, Kind, Places
from sample_logs.judging.score import Judgement, Row, add_up, clean_logs, judge, over_services

__all__ = ["KINDS", "Judgement", "Kind", "Places", "Row", "add_up", "clean_logs", "judge", "over_services"]
