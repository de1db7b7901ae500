"""Creates the target of a job, and gives it the columns that its documents need."""

from __future__ import annotations

from columns import Column, columns_of, types_in, with_fields, with_values
from delta.tables import DeltaTable
from follow import Batch
from pyspark.sql import DataFrame
from pyspark.sql.types import StructType, _parse_datatype_string
from tables import create_table, is_table


def typed_target(batch: Batch, versions: DataFrame, system: str) -> list[Column]:
    """Creates the target or adds what its documents need: new columns, and wider types for the columns it has."""
    spark, path = batch.spark, batch.options.target
    is_there = is_table(spark, path)
    known = columns_of(DeltaTable.forPath(spark, path).toDF().schema) if is_there else []
    wanted = with_fields(batch.fixed, known, types_in(versions))
    if not is_there:
        create_table(spark, path, _schema_of(system, wanted), {}, partition=[])
    elif set(known) <= set(wanted) and set(batch.fixed) <= set(known):
        _add_columns(batch, [column for column in wanted if column not in known])
    else:
        _write_again(batch, known, wanted)
    return wanted


def _schema_of(system: str, columns: list[Column]) -> StructType:
    schema = StructType(list(_parse_datatype_string(system).fields))
    for column in columns:
        schema.add(column.name, _parse_datatype_string(column.spark_type), metadata={"comment": column.comment})
    return schema


def _add_columns(batch: Batch, new: list[Column]) -> None:
    """Adds columns for fields that no document of the target has."""
    if new:
        lines = [f"`{column.name}` {column.spark_type} COMMENT {_quoted(column.comment)}" for column in new]
        batch.spark.sql(f"ALTER TABLE delta.`{batch.options.target}` ADD COLUMNS ({', '.join(lines)})")


def _write_again(batch: Batch, known: list[Column], wanted: list[Column]) -> None:
    """Writes the target again, from its documents. To change a type in place, Delta needs a newer protocol."""
    names = ", ".join(f"{column.name} {column.kind}" for column in wanted if column not in known)
    print(f"Writes {batch.options.target} again, with these columns: {names or 'those of the columns file'}")
    table = DeltaTable.forPath(batch.spark, batch.options.target).toDF()
    typed = with_values(table.drop(*(column.name for column in known)), wanted)
    for column in wanted:
        typed = typed.withMetadata(column.name, {"comment": column.comment})
    overwrite = typed.write.format("delta").mode("overwrite").option("overwriteSchema", "true")
    overwrite.save(batch.options.target)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
