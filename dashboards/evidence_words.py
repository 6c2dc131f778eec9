"""The evidence of a finding in words: each number under its name, intervals beside their values."""

from __future__ import annotations

from pydantic import JsonValue

from dashboards.words import Words

# keys whose values are words of ours where we have words for them
WORDED = ("trigger", "quality", "period_is", "shock_of", "correlation_is_of")
SHARES = ("share", "rate", "bound", "similarity", "chance")


def evidence_facts(evidence: dict[str, JsonValue], w: Words) -> list[tuple[str, str]]:
    """Evidence as (name, value) in plain text; what is empty is left out."""
    facts = []
    for key, value in evidence.items():
        base, is_low, is_high = key.removesuffix("_low"), key.endswith("_low"), key.endswith("_high")
        if is_high or (is_low and base in evidence) or value is None or value == []:
            continue
        low, high = evidence.get(f"{base}_low"), evidence.get(f"{base}_high")
        text = _shown(value, key, w)
        if low is not None and high is not None:
            bounds = {"low": _shown(low, base, w), "high": _shown(high, base, w)}
            text = (
                w("evidence_interval", **bounds)
                if is_low
                else w("evidence_value_interval", value=text, **bounds)
            )
        facts.append((_name(base, w), text))
    return facts


def lever_name(lever: str, w: Words) -> str:
    """The words for a lever; one without words (not simulated yet), as it is."""
    return w(f"lever_{lever}") if w.has(f"lever_{lever}") else lever.replace("_", " ")


def effect_name(name: str, w: Words) -> str:
    """The words for the figure a finding rests on."""
    return _name(name, w)


def effect_value(value: float, name: str, w: Words) -> str:
    """Its value as evidence shows it: shares as percentages."""
    return _shown(float(value), name, w)


def _name(key: str, w: Words) -> str:
    """The words for a key of evidence; a key without words, and a name from the log, as it is."""
    return w(f"evidence_{key}") if w.has(f"evidence_{key}") else key.replace("_", " ")


def _shown(value: JsonValue, key: str, w: Words) -> str:
    if value is None:
        return w("unknown_short")
    if isinstance(value, bool):
        return w("yes") if value else w("no")
    if isinstance(value, int):
        return w.count(value)
    if isinstance(value, float):
        return w.percent(value) if key.endswith(SHARES) else w.number(value, 1 if abs(value) >= 10 else 2)
    if isinstance(value, list):
        return w("list_separator").join(_shown(item, key, w) for item in value)
    if isinstance(value, dict):
        parts = (
            w("named_value", name=_name(inner, w), value=_shown(item, inner, w))
            for inner, item in value.items()
        )
        return w("list_separator").join(parts)
    return w(f"evidence_{value}") if key in WORDED and w.has(f"evidence_{value}") else value
