"""delta-rs and DuckDB's Delta extension, each reading a table in its own way."""

import os

import duckdb
import duckdb_extension_delta
from deltalake import DeltaTable
from worker import serve


def delta_rs(path):
    table = DeltaTable(path)
    return {
        "rows": table.to_pyarrow_table().sort_by("sequence").to_pylist(),
        "types": {field.name: str(field.type.type) for field in table.schema().fields},
        "protocol": [table.protocol().min_reader_version, table.protocol().min_writer_version],
        "partitions": table.metadata().partition_columns,
        "version": table.version(),
    }


def open_duckdb():
    connection = duckdb.connect(config={"allow_unsigned_extensions": "false"})
    folder = os.path.dirname(duckdb_extension_delta.__file__)
    found = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name.endswith(".duckdb_extension")]
    connection.execute(f"LOAD '{found[0]}'")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def duckdb_rows(text, setup):
    with open_duckdb() as connection:
        if setup:
            connection.execute(setup)
        result = connection.execute(text)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]


serve({"delta_rs": delta_rs, "duckdb": duckdb_rows})
