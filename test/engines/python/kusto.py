"""Kusto's queries and Azure Monitor's alert rules over tables of log lines, by duckdb-kql."""

import re
from bisect import bisect_left
from datetime import datetime, timedelta
from functools import cache

import duckdb_kql

TABLES = {
    "AppTraces": "TimeGenerated TIMESTAMP, Message VARCHAR",
    "AppRequests": "TimeGenerated TIMESTAMP, ResultCode VARCHAR, Success BOOLEAN",
}


def log_tables(tables, prefix=""):
    """A database with the tables of a workspace."""
    connection = duckdb_kql.connect()
    connection.execute("SET threads = 1")
    for name, columns in TABLES.items():
        connection.execute(f"CREATE TABLE {prefix}{name} ({columns})")
        rows = tables.get(name, [])
        if rows:
            # Inserts by columns: one statement per row takes a second for a few hundred rows.
            lists = ", ".join("unnest(?)" for _ in rows[0])
            connection.execute(f"INSERT INTO {prefix}{name} SELECT {lists}", [list(column) for column in zip(*rows)])
    return connection


def named_rows(found):
    names = [column[0] for column in found.description]
    return [dict(zip(names, row)) for row in found.fetchall()]


def kql(query, tables):
    return named_rows(duckdb_kql.kql(log_tables(tables), query))


def fired(rules, tables, begin, end):
    """When each rule of Azure Monitor fires, looking as often as it does, each time at the rows of its window or range."""
    connection = log_tables(tables, "every_")
    for name in TABLES:
        of_range = "TimeGenerated >= getvariable('begin') AND TimeGenerated < getvariable('moment')"
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM every_{name} WHERE {of_range}")
    logged = sorted((datetime.fromisoformat(row[0]), row[1:]) for rows in tables.values() for row in rows)
    return {rule["name"]: fired_times(connection, rule, logged, *map(datetime.fromisoformat, (begin, end))) for rule in rules}


@cache
def sql_of(query):
    # now() in the query is the moment at which the rule looks.
    return duckdb_kql.to_sql(query).replace("(now() AT TIME ZONE 'UTC')", "getvariable('moment')")


# A result depends only on the rows that a look sees, and on their ages. So equal looks are asked once.
looks = {}


def fired_times(connection, rule, logged, moment, end):
    seen = looks.setdefault(rule["query"], {})
    # Each query of AppTraces begins with this filter, so other lines do not matter.
    asked = re.search(r"startswith_cs '([^']+)'", rule["query"])
    if asked is not None:
        logged = [row for row in logged if str(row[1][0]).startswith(asked[1])]
    window, every = timedelta(minutes=rule["window"]), timedelta(minutes=rule["every"])
    times = []
    while moment <= end:
        begin = moment - timedelta(minutes=rule["range"])
        first, last = (bisect_left(logged, (time,)) for time in (begin, moment))
        rows = tuple((moment - time, *values) for time, values in logged[first:last])
        if rows not in seen:
            connection.execute(f"SET VARIABLE begin = TIMESTAMP '{begin}'; SET VARIABLE moment = TIMESTAMP '{moment}'")
            seen[rows] = is_past(rule, named_rows(connection.execute(sql_of(rule["query"]))), moment - window, moment)
        if seen[rows]:
            times.append(moment)
        moment += every
    return times


def is_past(rule, rows, begin, end):
    """Whether the measure of a window is greater than the threshold. A row without a time belongs to every window."""
    values = [row[rule["column"]] for row in rows if begin <= row.get("TimeGenerated", begin) < end]
    measures = [value for value in values if value is not None]
    return bool(measures) and {"Maximum": max, "Total": sum}[rule["aggregation"]](measures) > rule["threshold"]
