"""Keeps a typed Delta table of the newest state of a collection, by following its table of changes.

    spark-submit --packages io.delta:delta-spark_2.12:3.2.1 --py-files "$(ls *.py | paste -sd,)" \\
      latest.py --changes <TABLES_URL>/shop/orders --target <…>/orders_latest --checkpoint <…>/checkpoints/orders_latest

Each run applies the new changes, and ends. Late and repeated events are safe. After a crash, run it again.
"""

from __future__ import annotations

import sys

from changes import EVERY_KEY, ends_in, versions_in
from columns import with_values
from delta.tables import DeltaTable
from follow import Batch, exactly_once, follow, parse_options, remember_ends
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as f
from tables import repeat_on_conflict
from targets import typed_target

SYSTEM = "_key STRING, _sequence STRING, _clusterTime TIMESTAMP, _data STRING"


def main(arguments: list[str] | None = None) -> int:
    options = parse_options(arguments, "latest.py", "Keeps a typed Delta table of the newest state of a collection.")
    follow(options, _apply, "atlas-lake-sync latest")
    return 0


def _apply(batch: Batch) -> None:
    versions = versions_in(batch.changes)
    columns = typed_target(batch, versions, SYSTEM)
    remember_ends(batch, _newest(ends_in(batch.changes)), "known._key = end._key")
    # Reads the table, because it also has the ends of earlier batches.
    ends = batch.spark.read.format("delta").load(batch.ends_path).select("_key", f.col("_sequence").alias("_end"))
    every = ends.where(f.col("_key") == EVERY_KEY).first()
    end_of_all = "" if every is None else every["_end"]

    newest = _newest(versions).join(ends, "_key", "left")
    newest = newest.where((f.col("_end").isNull() | (f.col("_sequence") > f.col("_end"))) & (f.col("_sequence") > end_of_all))
    alive = with_values(newest.drop("_end"), columns)
    ended = ends.where(f.col("_key") != EVERY_KEY).join(ends_in(batch.changes).select("_key").distinct(), "_key")
    source = alive.join(ended, "_key", "full_outer")
    _merge(batch, source, alive.columns, end_of_all)


def _newest(rows: DataFrame) -> DataFrame:
    """Returns the row of each key with the highest sequence."""
    place = f.row_number().over(Window.partitionBy("_key").orderBy(f.desc("_sequence")))
    return rows.withColumn("_place", place).where("_place = 1").drop("_place")


def _merge(batch: Batch, source: DataFrame, columns: list[str], end_of_all: str) -> None:
    values = {f"`{name}`": f"new.`{name}`" for name in columns}
    # A version stays if it is newer than each end. The sequence decides, not the order of arrival.
    is_ended = f"known._sequence < greatest(coalesce(new._end, ''), '{end_of_all}')"

    def merge() -> None:
        table = DeltaTable.forPath(batch.spark, batch.options.target).alias("known")
        merge = table.merge(source.alias("new"), "known._key = new._key")
        merge = merge.whenMatchedUpdate("new._sequence > known._sequence", values).whenMatchedDelete(is_ended)
        merge = merge.whenNotMatchedInsert("new._sequence IS NOT NULL", values)
        if end_of_all != "" and not ends_in(batch.changes).where(f.col("_key") == EVERY_KEY).isEmpty():
            merge = merge.whenNotMatchedBySourceDelete(f"known._sequence < '{end_of_all}'")
        with exactly_once(batch):
            merge.execute()

    repeat_on_conflict(merge)


if __name__ == "__main__":
    sys.exit(main())
