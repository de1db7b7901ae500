"""The typed columns of a table of documents. Each column has the field that it reads, and a type.

The comment of a column has both, so the table itself knows its columns: `{"field":["price"],"type":"double"}`.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from documents import Path, infer_types, read_values
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.types import StructField, StructType, _parse_datatype_string
from pyspark.sql.utils import AnalysisException
from value_types import is_type, widest

SYSTEM = ("_key", "_sequence", "_clusterTime", "_data", "_valid_from", "_valid_to", "_is_current")
_spark_types = {"int64": "bigint", "json": "string"}


class Column(NamedTuple):
    name: str
    path: Path
    kind: str

    @property
    def spark_type(self) -> str:
        return _spark_types.get(self.kind, self.kind)

    @property
    def comment(self) -> str:
        return json.dumps({"field": self.path, "type": self.kind}, ensure_ascii=False)


def columns_of(schema: StructType) -> list[Column]:
    """Returns the typed columns of a table that these jobs write."""
    return [column for column in map(_column_of, schema.fields) if column is not None]


def _column_of(field: StructField) -> Column | None:
    try:
        said = json.loads(field.metadata.get("comment", ""))
        return Column(field.name, tuple(said["field"]), said["type"])
    except (ValueError, KeyError, TypeError):
        return None


def read_columns(spark: SparkSession, file: str) -> list[Column]:
    """Reads the file that fixes names and types by hand, which `npm run views -- --infer` writes."""
    try:
        entries = json.loads(spark.read.text(file, wholetext=True).first()[0])["columns"]
        columns = [Column(entry["name"], tuple(entry["field"]), entry["type"]) for entry in entries]
    except (AnalysisException, ValueError, KeyError, TypeError) as fault:
        raise SystemExit(f"Cannot read columns: {file} must be a file of `npm run views -- --infer`: {fault}") from None
    problems = [column.name for column in columns if not column.path or not is_type(column.kind)]
    if problems:
        names = ", ".join(map(json.dumps, problems))
        raise SystemExit(f"Cannot read columns: {file} must have a field and a type for each column: missing or wrong for {names}")
    taken = {name.lower() for name in SYSTEM}
    return [column._replace(name=_free_name(column.name, taken)) for column in columns]


def with_fields(fixed: list[Column], known: list[Column], types: dict[str, str]) -> list[Column]:
    """Returns the columns that are fixed by hand, the known ones of other fields, wider where needed, and one per new field."""
    by_hand = {column.path[0] for column in fixed}
    own = [column for column in known if column.path[0] not in by_hand]
    columns = [*fixed, *(_widened(column, types) for column in own)]
    taken = {name.lower() for name in (*SYSTEM, *(column.name for column in columns))}
    fields = {column.path[0] for column in columns}
    new = [Column(_free_name(field, taken), (field,), kind) for field, kind in types.items() if field not in fields]
    return [*columns, *new]


def _widened(column: Column, types: dict[str, str]) -> Column:
    found = types.get(column.path[0]) if len(column.path) == 1 else None
    return column if found is None else column._replace(kind=widest(column.kind, found))


def _free_name(field: str, taken: set[str]) -> str:
    """Parquet and Spark refuse many characters in names. To them, names that differ only in case are equal."""
    plain = re.sub(r"\W", "_", field) or "_"
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain}_{number}"
    taken.add(name.lower())
    return name


def types_in(documents: DataFrame) -> dict[str, str]:
    """Infers the types of the fields of `_data`, in order of `_sequence`. Reads every document once."""

    def infer(rows):  # type: ignore[no-untyped-def]
        found: dict[str, tuple[tuple[str, int], str]] = {}
        for row in rows:
            for place, (field, kind) in enumerate(infer_types([row._data]).items()):
                _merge(found, field, (row._sequence, place), kind)
        return found.items()

    merged: dict[str, tuple[tuple[str, int], str]] = {}
    carried = documents.where("_data IS NOT NULL").select("_data", "_sequence").rdd
    for field, (first, kind) in carried.mapPartitions(infer).collect():
        _merge(merged, field, first, kind)
    ordered = sorted(merged.items(), key=lambda entry: entry[1][0])
    return {field: kind for field, (_, kind) in ordered}


def _merge(found: dict[str, tuple[tuple[str, int], str]], field: str, first: tuple[str, int], kind: str) -> None:
    earliest, known = found.get(field, (first, kind))
    found[field] = (min(first, earliest), widest(known, kind))


def with_values(documents: DataFrame, columns: list[Column]) -> DataFrame:
    """Adds the typed columns, read from `_data`."""
    if not columns:
        return documents
    wanted = [(column.path, column.kind) for column in columns]
    schema = StructType([StructField(f"c{at}", _parse_datatype_string(c.spark_type)) for at, c in enumerate(columns)])
    read = f.udf(lambda document: None if document is None else read_values(document, wanted), schema)
    typed = documents.withColumn("_typed", read("_data"))
    values = [f.col(f"_typed.c{at}").alias(column.name) for at, column in enumerate(columns)]
    return typed.select(*documents.columns, *values)
