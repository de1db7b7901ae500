"""Types the fields of documents, and reads their values. Needs no Spark.

A value that does not fit its column is None there: the whole document is in `_data`.
"""

from __future__ import annotations

from typing import Iterable

from extended_json import Value
from json_members import Member, members_of
from value_readers import value_of
from value_types import type_of, widest

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
