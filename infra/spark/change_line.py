"""Cuts a line of the lake into the columns of the table of changes. Needs no Spark.

The table holds the bytes of the lake, so its columns are slices of the line.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import NamedTuple

from extended_json import date_time, iso_time
from json_members import Member, members_of

# Times have a zone here: Spark takes a datetime without one for the local time of the machine.
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


def change_columns(line: str) -> ChangeColumns:
    """Returns the row of a line. Raises ValueError where the line is not an object with a sequence."""
    members = {member.key: member for member in members_of(line)}
    columns: dict[str, str | datetime | None] = dict.fromkeys(ChangeColumns._fields)
    rest = [member.whole for member in members.values() if not _hold(member, columns)]
    columns["rest"] = "{" + ",".join(rest) + "}" if rest else None
    if not columns["sequence"]:
        raise ValueError("Cannot read line: it must have a sequence")
    return ChangeColumns(**columns)


def _hold(member: Member, columns: dict[str, str | datetime | None]) -> bool:
    """Puts a member into its columns. Returns False if a part does not fit. The member then belongs to `rest`."""
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
    """Engines read times before 1970 in different ways. So such times are in `rest`, not in a column."""
    return time if time is not None and time >= _epoch else None


def _whole_text(member: Member) -> str | None:
    """Returns a text that UTF-8 can hold, else None. JSON can escape half a surrogate pair, and UTF-8 cannot hold that."""
    if not isinstance(member.value, str) or member.text[0] != '"':
        return None
    try:
        member.value.encode()
    except UnicodeEncodeError:
        return None
    return member.value
