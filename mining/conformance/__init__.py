"""Conformance: what cases did against what an official step list or a BPMN diagram says."""
