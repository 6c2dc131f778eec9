"""Errors of modelling and simulation a user can act on; see `mining.errors`."""

from __future__ import annotations

from mining.errors import OnewindowError


class ModelError(OnewindowError):
    """A service model that cannot be read or run; names the field."""


class RedesignError(OnewindowError):
    """A redesign that does not fit the model; names the step, pool or material."""


class ExperimentError(OnewindowError):
    """An experiment asked for in a way that gives no answer, e.g. one replication with an interval."""
