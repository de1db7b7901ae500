"""Cuts a line of the lake into the columns of the table of changes. Needs no Spark.

Spark's own JSON functions write text again: `1.50` becomes `1.5`. The table holds the bytes of the lake, so its columns
are slices of the line.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from json import JSONDecoder
from json.decoder import scanstring
from json.scanner import make_scanner
from typing import Iterator, NamedTuple

# Numbers stay text: reading them costs time, and Python refuses integers of more than 4,300 digits.
_scan_value = make_scanner(JSONDecoder(parse_int=str, parse_float=str, parse_constant=str))
_space = re.compile(r"[ \t\r\n]*")
_iso = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z")
# Aware of their zone: Spark takes other datetimes of Python for the machine's local time.
_epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
_json_columns = ("documentKey", "data", "updateDescription")


class ChangeColumns(NamedTuple):
    """One row of the table of changes, without its date."""

    operationType: str | None
    sequence: str | None
    db: str | None
    coll: str | None
    documentKey: str | None
    data: str | None
    updateDescription: str | None
    rest: str | None
    clusterTime: datetime | None
    wallTime: datetime | None


class Member(NamedTuple):
    key: str
    value: object
    text: str
    """The value as the line has it."""
    whole: str
    """Key and value as the line has them."""


def change_columns(line: str) -> ChangeColumns:
    """Returns the row of a line. Raises ValueError where the line is not an object with a sequence."""
    members = {member.key: member for member in members_of(line)}
    columns: dict[str, str | datetime | None] = dict.fromkeys(ChangeColumns._fields)
    rest = [member.whole for member in members.values() if not _hold(member, columns)]
    columns["rest"] = "{" + ",".join(rest) + "}" if rest else None
    if not columns["sequence"]:
        raise ValueError("Cannot read line: it must have a sequence")
    return ChangeColumns(**columns)


def members_of(text: str) -> Iterator[Member]:
    """Yields the members of a JSON object in their order."""
    at = _skip_space(text, 0)
    if text[at : at + 1] != "{":
        raise ValueError("Cannot read line: it must be a JSON object")
    at = _skip_space(text, at + 1)
    while text[at : at + 1] == '"':
        start = at
        key, at = scanstring(text, at + 1)
        at = _skip_space(text, _skip_space(text, at) + 1)
        try:
            value, end = _scan_value(text, at)
        except StopIteration:
            raise ValueError("Cannot read line: it must be valid JSON") from None
        yield Member(key, value, text[at:end], text[start:end])
        at = _skip_space(text, end)
        if text[at : at + 1] == ",":
            at = _skip_space(text, at + 1)
    if text[at : at + 1] != "}" or text[at + 1 :].strip():
        raise ValueError("Cannot read line: it must be one whole JSON object")


def _skip_space(text: str, at: int) -> int:
    found = _space.match(text, at)
    return at if found is None else found.end()


def _hold(member: Member, columns: dict[str, str | datetime | None]) -> bool:
    """Puts a member into its columns. Returns False if a part of it does not fit: the member then belongs to `rest`."""
    key, value, text, _ = member
    if key in _json_columns:
        columns[key] = None if value is None else text
        return True
    if key in ("operationType", "sequence"):
        columns[key] = _whole_text(member)
    elif key == "clusterTime":
        columns[key] = _from_1970(iso_time(value))
    elif key == "wallTime":
        columns[key] = _from_1970(date_time(value))
    elif key == "ns":
        return _hold_namespace(member, columns)
    else:
        return False
    return value is None or columns[key] is not None


def _hold_namespace(member: Member, columns: dict[str, str | datetime | None]) -> bool:
    if not isinstance(member.value, dict):
        return member.value is None
    names = {name.key: name for name in members_of(member.text)}
    for name in ("db", "coll"):
        columns[name] = _whole_text(names[name]) if name in names else None
    return all(
        name in ("db", "coll") and (columns[name] is not None or part.value is None) for name, part in names.items()
    )


def _from_1970(time: datetime | None) -> datetime | None:
    """Engines read times before 1970 in different ways. So the table does not have them: they belong to `rest`."""
    return time if time is not None and time >= _epoch else None


def _whole_text(member: Member) -> str | None:
    """Returns a text that UTF-8 can hold. JSON can escape half a surrogate pair, which UTF-8 cannot hold: then it is None."""
    if not isinstance(member.value, str) or member.text[0] != '"':
        return None
    try:
        member.value.encode()
    except UnicodeEncodeError:
        return None
    return member.value


def iso_time(value: object) -> datetime | None:
    """Reads `2026-11-20T10:15:30.250Z`."""
    if not isinstance(value, str) or _iso.fullmatch(value) is None:
        return None
    try:
        return datetime.fromisoformat(f"{value[:-1]}+00:00")
    except ValueError:
        return None


def date_time(value: object) -> datetime | None:
    """Reads a date in each of the lake's three formats. Parsed numbers are text here."""
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
