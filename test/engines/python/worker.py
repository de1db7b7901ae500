"""Answers requests on standard input with a line of JSON each: what the engines' workers share.

Values reach the tests exactly: integers beyond 2^53 and decimals as text, times as ISO 8601 in UTC, binary as base64.
"""

import base64
import contextlib
import datetime
import decimal
import io
import json
import math
import os
import sys
import traceback

# Answers have their own pipe. Output that an engine prints, such as that of Spark's VACUUM, goes to standard error.
_answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def exact(value):
    if isinstance(value, dict):
        return {key: exact(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [exact(inner) for inner in value]
    if isinstance(value, datetime.datetime):
        # Spark returns times without a zone. They are in the zone of this process.
        return value.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return str(value)
    return value


def serve(calls):
    for line in sys.stdin:
        request = json.loads(line)
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                answer = {"result": exact(calls[request["call"]](**request["with"]))}
        except SystemExit as stop:
            answer = {"error": str(stop.code)}
        except BaseException as fault:
            answer = {"error": f"{type(fault).__name__}: {fault}", "trace": traceback.format_exc()}
        _answers.write(json.dumps({**answer, "printed": printed.getvalue()}) + "\n")
        _answers.flush()
