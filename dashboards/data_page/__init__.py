"""Choosing the log: samples, uploads, and what reading found."""
