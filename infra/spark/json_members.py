"""Reads the members of a JSON object, and keeps the text of each. Needs no Spark.

Spark's own JSON functions write text again: `1.50` becomes `1.5`. The lake's bytes must stay as they are.
"""

from __future__ import annotations

import re
from json import JSONDecoder
from json.decoder import scanstring
from json.scanner import make_scanner
from typing import Iterator, NamedTuple

# Numbers stay text: reading them costs time, and Python refuses integers of more than 4,300 digits.
_scan_value = make_scanner(JSONDecoder(parse_int=str, parse_float=str, parse_constant=str))
_space = re.compile(r"[ \t\r\n]*")


class Member(NamedTuple):
    key: str
    value: object
    text: str
    """The value as the line has it."""
    whole: str
    """Key and value as the line has them."""


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
