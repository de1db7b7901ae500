"""Reads a value as the type of its column. Needs no Spark. A value that does not fit the type is None."""

from __future__ import annotations

import base64
import re
from datetime import date, datetime, time, timezone
from decimal import Decimal, InvalidOperation
from typing import Callable

from extended_json import Value, base64_of, date_time, long_of, number_text, uuid_of, wrapped
from json_members import Member
from value_types import decimal_size

_day = re.compile(r"\d{4}-\d\d-\d\d")


def value_of(member: Member, kind: str) -> Value:
    reader = _readers.get(kind)
    if reader is not None:
        return reader(member)
    size = decimal_size(kind)
    return None if size is None else _read_decimal(member, *size)


def _read_boolean(member: Member) -> Value:
    return member.value if isinstance(member.value, bool) else None


def _read_long(member: Member) -> Value:
    return long_of(number_text(member))


def _read_double(member: Member) -> Value:
    """Rounds nothing. Beyond 2^53, a double cannot distinguish two integers. A Decimal128 is never a double."""
    if member.value in ("NaN", "Infinity", "-Infinity"):
        return float(str(member.value))
    text = None if wrapped(member.value)[0] == "$numberDecimal" else number_text(member)
    try:
        value = None if text is None else float(text)
    except ValueError:
        return None
    whole = long_of(text)
    return value if whole is None or abs(whole) <= 2**53 else None


def _read_decimal(member: Member, precision: int, scale: int) -> Value:
    # The format `simple` writes a Decimal128 as text.
    text = member.value if member.text[0] == '"' else number_text(member)
    try:
        value = Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None
    if value is None or not value.is_finite():
        return None
    _, digits, exponent = value.as_tuple()
    while digits[-1:] == (0,) and int(exponent) < 0:
        digits, exponent = digits[:-1], int(exponent) + 1
    fits = -int(exponent) <= scale and len(digits) + int(exponent) <= precision - scale
    return value if fits or value == 0 else None


def _read_timestamp(member: Member) -> datetime | None:
    return date_time(member.value)


def _read_date(member: Member) -> Value:
    """A date of MongoDB has a time of day. Only midnight fits a column of days."""
    if isinstance(member.value, str) and _day.fullmatch(member.value):
        try:
            return date.fromisoformat(member.value)
        except ValueError:
            return None
    moment = _read_timestamp(member)
    return moment.date() if moment is not None and moment.timetz() == time(tzinfo=timezone.utc) else None


def _read_binary(member: Member) -> Value:
    name, inner = wrapped(member.value)
    encoded = member.value if member.text[0] == '"' else base64_of(inner) if name == "$binary" else None
    try:
        return base64.b64decode(encoded, validate=True) if isinstance(encoded, str) else None
    except ValueError:
        return None


def _read_json(member: Member) -> Value:
    return None if member.value is None else member.text


def _read_string(member: Member) -> Value:
    """Reads a value as text; None for an array or an object, which are json."""
    if member.text[0] not in "{[":
        return member.value if member.text[0] == '"' else _read_json(member)
    name, inner = wrapped(member.value)
    if name == "$date":
        moment = _read_timestamp(member)
        return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if name == "$binary":
        return uuid_of(inner) or base64_of(inner)
    return inner if name is not None and isinstance(inner, str) else None


_readers: dict[str, Callable[[Member], Value]] = {
    "boolean": _read_boolean,
    "int64": _read_long,
    "double": _read_double,
    "timestamp": _read_timestamp,
    "date": _read_date,
    "string": _read_string,
    "binary": _read_binary,
    "json": _read_json,
}
