"""Reads the values of Extended JSON, in each of the lake's three formats. Needs no Spark. Parsed numbers are text here."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta, timezone
from uuid import UUID

from json_members import Member

Value = object

_first_long, _last_long = -(2**63), 2**63 - 1
_iso = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z")
# Times have a zone here: Spark takes a datetime without one for the local time of the machine.
_epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)


def wrapped(value: Value) -> tuple[str | None, Value]:
    """Returns the name and content of a typed value such as `{"$oid": "…"}`."""
    if isinstance(value, dict) and len(value) == 1:
        [(name, inner)] = value.items()
        if name in ("$numberInt", "$numberLong", "$numberDouble", "$numberDecimal", "$oid", "$symbol"):
            return (name, inner) if isinstance(inner, str) else (None, None)
        if name in ("$date", "$binary", "$undefined"):
            return name, inner
    return None, None


def base64_of(inner: Value) -> Value:
    return inner.get("base64") if isinstance(inner, dict) else None


def number_text(member: Member) -> str | None:
    if member.text[0] in "-0123456789":
        return member.text
    name, inner = wrapped(member.value)
    return inner if name is not None and name.startswith("$number") and isinstance(inner, str) else None


def long_of(text: str | None) -> int | None:
    if text is None or len(text) > 20 or re.fullmatch(r"-?\d+", text) is None:
        return None
    value = int(text)
    return value if _first_long <= value <= _last_long and text != "-0" else None


def uuid_of(inner: Value) -> str | None:
    if not isinstance(inner, dict) or inner.get("subType") != "04" or not isinstance(inner.get("base64"), str):
        return None
    try:
        return str(UUID(bytes=base64.b64decode(inner["base64"], validate=True)))
    except ValueError:
        return None


def iso_time(value: object) -> datetime | None:
    """Reads `2026-11-20T10:15:30.250Z`."""
    if not isinstance(value, str) or _iso.fullmatch(value) is None:
        return None
    try:
        return datetime.fromisoformat(f"{value[:-1]}+00:00")
    except ValueError:
        return None


def date_time(value: object) -> datetime | None:
    """Reads a date in each of the three formats."""
    if not isinstance(value, dict):
        return iso_time(value)
    date = value.get("$date") if len(value) == 1 else None
    if isinstance(date, dict):
        return _from_milliseconds(date.get("$numberLong") if len(date) == 1 else None)
    return iso_time(date)


def _from_milliseconds(digits: object) -> datetime | None:
    try:
        return _epoch + timedelta(milliseconds=int(digits)) if isinstance(digits, str) else None
    except (ValueError, OverflowError):
        return None
