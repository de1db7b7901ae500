"""The types of columns, and the narrowest type of a value. Needs no Spark.

A column has one of these types: boolean, int64, double, decimal(p,s), timestamp, date, string, binary, json. Only a columns
file asks for a date.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from extended_json import Value, date_time, long_of, uuid_of, wrapped
from json_members import Member

_decimal = re.compile(r"decimal\((\d+),(\d+)\)")
_most_digits = 38
_plain_kinds = ("boolean", "int64", "double", "timestamp", "date", "string", "binary", "json")


def is_type(name: str) -> bool:
    size = decimal_size(name)
    return name in _plain_kinds or (size is not None and 1 <= size[0] <= _most_digits and size[1] <= size[0])


def decimal_size(kind: str) -> tuple[int, int] | None:
    """Returns precision and scale; None for a type that is not a decimal."""
    found = _decimal.fullmatch(kind)
    return None if found is None else (int(found[1]), int(found[2]))


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
        return "int64" if long_of(member.text) is not None else "double"
    name, inner = wrapped(member.value)
    if name in ("$numberInt", "$numberLong"):
        return "int64"
    if name == "$numberDouble":
        return "double"
    if name == "$numberDecimal":
        return _decimal_type(inner)
    if name == "$date":
        return "timestamp" if date_time(member.value) is not None else "json"
    if name == "$binary":
        return "string" if uuid_of(inner) is not None else "binary"
    if name in ("$oid", "$symbol"):
        return "string"
    return None if name == "$undefined" else "json"


def _decimal_type(inner: Value) -> str:
    """Returns a type with all the digits that engines have. So a larger number later needs no new column."""
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
    size = decimal_size(kind)
    return size[1] if size is not None else 0 if kind == "int64" else None
