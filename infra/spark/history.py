"""Keeps a typed Delta table of every version of a collection's documents, by following its table of changes.

    spark-submit --packages io.delta:delta-spark_2.12:3.2.1 --py-files "$(ls *.py | paste -sd,)" \\
      history.py --changes <TABLES_URL>/shop/orders --target <…>/orders_history --checkpoint <…>/checkpoints/orders_history

The state at a moment t: WHERE _valid_from <= t AND (t < _valid_to OR _valid_to IS NULL).
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

SYSTEM = (
    "_key STRING, _sequence STRING, _clusterTime TIMESTAMP, _data STRING, "
    "_valid_from TIMESTAMP, _valid_to TIMESTAMP, _is_current BOOLEAN"
)


def main(arguments: list[str] | None = None) -> int:
    options = parse_options(arguments, "history.py", "Keeps a typed Delta table of every version of a collection's documents.")
    follow(options, _apply, "atlas-lake-sync history")
    return 0


def _apply(batch: Batch) -> None:
    versions = versions_in(batch.changes).dropDuplicates(["_key", "_sequence"])
    columns = typed_target(batch, versions, SYSTEM)
    new_ends = ends_in(batch.changes).dropDuplicates(["_key", "_sequence"])
    remember_ends(batch, new_ends, "known._key = end._key AND known._sequence = end._sequence")

    known = DeltaTable.forPath(batch.spark, batch.options.target).toDF().select("_key", "_sequence", "_clusterTime", "_valid_to")
    if new_ends.where(f.col("_key") == EVERY_KEY).isEmpty():
        touched = versions.select("_key").union(new_ends.select("_key")).distinct()
        known = known.join(touched, "_key", "left_semi")
    ends = batch.spark.read.format("delta").load(batch.ends_path)
    source = _with_validity(versions, known, ends)
    _merge(batch, with_values(source, columns), [column.name for column in columns])


def _with_validity(versions: DataFrame, known: DataFrame, ends: DataFrame) -> DataFrame:
    """Returns each version of the keys, known or new, with the time of the next change to its key."""
    no_time, no_data = f.lit(None).cast("timestamp"), f.lit(None).cast("string")
    rows = known.withColumn("_data", no_data).unionByName(
        versions.join(known, ["_key", "_sequence"], "left_anti").withColumn("_valid_to", no_time)
    )
    keys = rows.select("_key").distinct()
    own = ends.where(f.col("_key") != EVERY_KEY).join(keys, "_key", "left_semi")
    of_all = keys.crossJoin(ends.where(f.col("_key") == EVERY_KEY).drop("_key"))
    stops = own.unionByName(of_all).withColumn("_is_end", f.lit(True))
    steps = rows.withColumn("_is_end", f.lit(False)).unionByName(stops, allowMissingColumns=True)
    following = f.lead("_clusterTime").over(Window.partitionBy("_key").orderBy("_sequence"))
    # The job forgets old ends. The version itself still has its end.
    until = f.least("_valid_to", following)
    placed = steps.withColumn("_until", until).where("NOT _is_end")
    return placed.select(
        "_key", "_sequence", "_clusterTime", "_data",
        f.col("_clusterTime").alias("_valid_from"),
        f.col("_until").alias("_valid_to"),
        f.col("_until").isNull().alias("_is_current"),
    )  # fmt: skip


def _merge(batch: Batch, source: DataFrame, fields: list[str]) -> None:
    values = {f"`{name}`": f"new.`{name}`" for name in source.columns}
    validity = {name: f"new.{name}" for name in ("_valid_to", "_is_current")}

    def merge() -> None:
        table = DeltaTable.forPath(batch.spark, batch.options.target).alias("known")
        merge = table.merge(source.alias("new"), "known._key = new._key AND known._sequence = new._sequence")
        merge = merge.whenMatchedUpdate("NOT known._valid_to <=> new._valid_to", validity).whenNotMatchedInsert(values=values)
        with exactly_once(batch):
            merge.execute()

    repeat_on_conflict(merge)


if __name__ == "__main__":
    sys.exit(main())
