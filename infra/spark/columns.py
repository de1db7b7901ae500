"""The typed columns of a table of documents: which field of the documents a column holds, and as what.

A column's comment says both, so that the table itself knows its columns: `{"field":"price","type":"double"}`.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from documents import infer_types, read_values, widest
from pyspark.sql import DataFrame
from pyspark.sql import functions as f
from pyspark.sql.types import StructField, StructType, _parse_datatype_string

SYSTEM = ("_key", "_sequence", "_clusterTime", "_data", "_valid_from", "_valid_to", "_is_current")
_spark_types = {"int64": "bigint", "json": "string"}


class Column(NamedTuple):
    name: str
    field: str
    kind: str

    @property
    def spark_type(self) -> str:
        return _spark_types.get(self.kind, self.kind)

    @property
    def comment(self) -> str:
        return json.dumps({"field": self.field, "type": self.kind}, ensure_ascii=False)


def columns_of(schema: StructType) -> list[Column]:
    """Returns the typed columns of a table that these jobs write."""
    return [column for column in map(_column_of, schema.fields) if column is not None]


def _column_of(field: StructField) -> Column | None:
    try:
        said = json.loads(field.metadata.get("comment", ""))
        return Column(field.name, said["field"], said["type"])
    except (ValueError, KeyError, TypeError):
        return None


def read_columns(path: str) -> list[Column]:
    """Reads the file that fixes names and types by hand, which `npm run views -- --infer` writes."""
    raise NotImplementedError


def with_fields(columns: list[Column], types: dict[str, str]) -> list[Column]:
    """Returns the columns, widened where their fields need it, and new columns for the fields that have none."""
    known = {column.field for column in columns}
    widened = [
        column._replace(kind=widest(column.kind, types[column.field])) if column.field in types else column
        for column in columns
    ]
    taken = {name.lower() for name in (*SYSTEM, *(column.name for column in columns))}
    for field, kind in types.items():
        if field not in known:
            widened.append(Column(_free_name(field, taken), field, kind))
    return widened


def _free_name(field: str, taken: set[str]) -> str:
    """Parquet and Spark refuse many characters in names, and take names that differ in case alone for the same."""
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
    for field, (first, kind) in documents.select("_data", "_sequence").rdd.mapPartitions(infer).collect():
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
    kinds = {column.field: column.kind for column in columns}
    schema = StructType([StructField(f"c{at}", _parse_datatype_string(c.spark_type)) for at, c in enumerate(columns)])
    read = f.udf(lambda document: None if document is None else read_values(document, kinds), schema)
    typed = documents.withColumn("_typed", read("_data"))
    values = [f.col(f"_typed.c{at}").alias(column.name) for at, column in enumerate(columns)]
    return typed.select(*documents.columns, *values)
