"""Models of other simulators as service models."""
