"""Types the fields of documents, and reads their values. Needs no Spark.

A column has one of these types: boolean, int64, double, decimal(p,s), timestamp, date, string, binary, json. A value that
does not fit its column is None there: the whole document is in `_data`. Only a columns file asks for a date.
"""

from __future__ import annotations

import base64
import re
from datetime import date, datetime, time, timezone
from decimal import Decimal, InvalidOperation
from typing import Callable, Iterable
from uuid import UUID

from change_line import Member, date_time, members_of

_first_long, _last_long = -(2**63), 2**63 - 1
_decimal = re.compile(r"decimal\((\d+),(\d+)\)")
_most_digits = 38
_plain_kinds = ("boolean", "int64", "double", "timestamp", "date", "string", "binary", "json")
_day = re.compile(r"\d{4}-\d\d-\d\d")
Value = object
Path = tuple[str, ...]


def infer_types(documents: Iterable[str]) -> dict[str, str]:
    """Returns the narrowest type of each field that holds all its values, in order of first appearance."""
    types: dict[str, str] = {}
    for document in documents:
        for member in _members(document).values():
            found = type_of(member)
            if found is not None:
                types[member.key] = widest(types.get(member.key, found), found)
    return types


def read_values(document: str, columns: Iterable[tuple[Path, str]]) -> list[Value]:
    """Returns the value of each column, by path and type."""
    objects: dict[Path, dict[str, Member]] = {(): _members(document)}

    def members_at(path: Path) -> dict[str, Member]:
        if path not in objects:
            parent = members_at(path[:-1]).get(path[-1])
            objects[path] = {} if parent is None else _members(parent.text)
        return objects[path]

    found = ((members_at(path[:-1]).get(path[-1]), kind) for path, kind in columns)
    return [None if member is None else value_of(member, kind) for member, kind in found]


def _members(text: str) -> dict[str, Member]:
    """Returns the members of an object by key; none for a value that is no object."""
    return {member.key: member for member in members_of(text)} if text.startswith("{") else {}


def is_type(name: str) -> bool:
    size = _decimal.fullmatch(name)
    return name in _plain_kinds or (size is not None and 1 <= int(size[1]) <= _most_digits and int(size[2]) <= int(size[1]))


def widest(one: str, other: str) -> str:
    """Returns the narrowest type that holds the values of both."""
    if one == other:
        return one
    kinds = {one, other}
    if "json" in kinds:
        return "json"
    if kinds == {"int64", "double"}:
        return "double"
    scales = [scale for scale in map(_scale, (one, other)) if scale is not None]
    return f"decimal({_most_digits},{max(scales)})" if len(scales) == 2 else "string"


def type_of(member: Member) -> str | None:
    """Returns the type of a value; None for null, which fits every type."""
    first = member.text[0]
    if first in "tf":
        return "boolean"
    if first == '"':
        return "string"
    if first == "n":
        return None
    if first not in "{[":
        return "int64" if _long(member.text) is not None else "double"
    name, inner = _wrapped(member.value)
    if name in ("$numberInt", "$numberLong"):
        return "int64"
    if name == "$numberDouble":
        return "double"
    if name == "$numberDecimal":
        return _decimal_type(inner)
    if name == "$date":
        return "timestamp" if date_time(member.value) is not None else "json"
    if name == "$binary":
        return "string" if _uuid(inner) is not None else "binary"
    if name in ("$oid", "$symbol"):
        return "string"
    return None if name == "$undefined" else "json"


def value_of(member: Member, kind: str) -> Value:
    reader = _readers.get(kind)
    if reader is not None:
        return reader(member)
    size = _decimal.fullmatch(kind)
    return None if size is None else _read_decimal(member, int(size[1]), int(size[2]))


def _read_boolean(member: Member) -> Value:
    return member.value if isinstance(member.value, bool) else None


def _read_long(member: Member) -> Value:
    return _long(_number_text(member))


def _read_double(member: Member) -> Value:
    """Rounds nothing: beyond 2^53 a double cannot tell two integers apart, and no double is a Decimal128."""
    if member.value in ("NaN", "Infinity", "-Infinity"):
        return float(str(member.value))
    text = None if _wrapped(member.value)[0] == "$numberDecimal" else _number_text(member)
    try:
        value = None if text is None else float(text)
    except ValueError:
        return None
    whole = _long(text)
    return value if whole is None or abs(whole) <= 2**53 else None


def _read_decimal(member: Member, precision: int, scale: int) -> Value:
    # The format `simple` writes a Decimal128 as text.
    text = member.value if member.text[0] == '"' else _number_text(member)
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
    """A date of MongoDB has a time: only midnight is a day."""
    if isinstance(member.value, str) and _day.fullmatch(member.value):
        try:
            return date.fromisoformat(member.value)
        except ValueError:
            return None
    moment = _read_timestamp(member)
    return moment.date() if moment is not None and moment.timetz() == time(tzinfo=timezone.utc) else None


def _read_binary(member: Member) -> Value:
    name, inner = _wrapped(member.value)
    encoded = member.value if member.text[0] == '"' else _base64(inner) if name == "$binary" else None
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
    name, inner = _wrapped(member.value)
    if name == "$date":
        moment = _read_timestamp(member)
        return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if name == "$binary":
        return _uuid(inner) or _base64(inner)
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


def _wrapped(value: Value) -> tuple[str | None, Value]:
    """Returns the name and content of a typed value such as `{"$oid": "…"}`."""
    if isinstance(value, dict) and len(value) == 1:
        [(name, inner)] = value.items()
        if name in ("$numberInt", "$numberLong", "$numberDouble", "$numberDecimal", "$oid", "$symbol"):
            return (name, inner) if isinstance(inner, str) else (None, None)
        if name in ("$date", "$binary", "$undefined"):
            return name, inner
    return None, None


def _base64(inner: Value) -> Value:
    return inner.get("base64") if isinstance(inner, dict) else None


def _number_text(member: Member) -> str | None:
    if member.text[0] in "-0123456789":
        return member.text
    name, inner = _wrapped(member.value)
    return inner if name is not None and name.startswith("$number") and isinstance(inner, str) else None


def _long(text: str | None) -> int | None:
    if text is None or len(text) > 20 or re.fullmatch(r"-?\d+", text) is None:
        return None
    value = int(text)
    return value if _first_long <= value <= _last_long and text != "-0" else None


def _decimal_type(inner: Value) -> str:
    """Always with all the digits that engines have: a column need not be written again for a larger number."""
    try:
        value = Decimal(str(inner))
    except InvalidOperation:
        return "string"
    if not value.is_finite():
        return f"decimal({_most_digits},0)"
    _, digits, exponent = value.as_tuple()
    scale = max(0, -int(exponent))
    whole = max(len(digits) + int(exponent), 1)
    return f"decimal({_most_digits},{scale})" if whole + scale <= _most_digits else "string"


def _scale(kind: str) -> int | None:
    """Returns how many digits a type has behind the point; None for a type that is not exact."""
    found = _decimal.fullmatch(kind)
    return int(found[2]) if found is not None else 0 if kind == "int64" else None


def _uuid(inner: Value) -> str | None:
    if not isinstance(inner, dict) or inner.get("subType") != "04" or not isinstance(inner.get("base64"), str):
        return None
    try:
        return str(UUID(bytes=base64.b64decode(inner["base64"], validate=True)))
    except ValueError:
        return None
