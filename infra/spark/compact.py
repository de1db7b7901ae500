"""Builds the table of changes of each collection from the lake's event files, as the function `compact` does.

    spark-submit --packages io.delta:delta-spark_2.12:3.2.1 --py-files "$(ls *.py | paste -sd,)" \\
      compact.py --lake abfss://lake@account.dfs.core.windows.net/raw --tables abfss://lake@account.dfs.core.windows.net/raw-tables

Use it where the function is not enough: beyond about a million event files, or ten million batched events, an hour.
Run it as often as you like, also beside the function: a table holds each event once.
"""

from __future__ import annotations

import argparse
import sys
from typing import NamedTuple

from change_line import change_columns
from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as f
from session import open_session
from tables import CHANGES, create_changes, folders_of, is_table, named_commit, repeat_on_conflict, rows_added


class Collection(NamedTuple):
    """The folders of a collection: its name in the lake and in the tables."""

    db: str
    coll: str


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    spark = open_session("atlas-lake-sync compact")
    unread = 0
    for collection in _collections(spark, options):
        unread += _compact(spark, collection, options)
    return 1 if unread > 0 else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="compact.py", description="Appends the lake's events to their tables of changes.")
    parser.add_argument("--lake", required=True, help="folder of the lake: the directory of LAKE_URL")
    parser.add_argument("--tables", required=True, help="folder of the tables: TABLES_URL")
    parser.add_argument("--collection", help="one collection, as its folders are named: shop/orders (default: all)")
    parser.add_argument("--from", dest="first", metavar="DATE", help="first day, in UTC: 2026-11-20 (default: all)")
    parser.add_argument("--to", dest="end", metavar="DATE", help="first day that is not included, in UTC (default: all)")
    return parser


def _collections(spark: SparkSession, options: argparse.Namespace) -> list[Collection]:
    if options.collection is not None:
        return [Collection(*options.collection.split("/", 1))]
    # `~refused` has no events.
    databases = [name for name in folders_of(spark, options.lake) if name != "~refused"]
    return [Collection(db, coll) for db in databases for coll in folders_of(spark, f"{options.lake}/{db}")]


def _compact(spark: SparkSession, collection: Collection, options: argparse.Namespace) -> int:
    """Appends the events that the table lacks. Returns how many lines are not events."""
    events = _events(spark, f"{options.lake}/{collection.db}/{collection.coll}", options)
    if events is None:
        return 0
    events = events.persist()
    try:
        unread = events.where("sequence IS NULL").count()
        path = f"{options.tables}/{collection.db}/{collection.coll}"
        rows = _append(spark, path, _each_once(events.where("sequence IS NOT NULL")))
    finally:
        events.unpersist()
    print(f"{collection.db}/{collection.coll}: {rows} rows added" + (f", {unread} lines are not events" if unread else ""))
    return unread


def _events(spark: SparkSession, folder: str, options: argparse.Namespace) -> DataFrame | None:
    """Reads one row per line; None where the folder has no hours."""
    if not any(name.startswith("year=") for name in folders_of(spark, folder)):
        return None
    # By default Spark counts each file as 4 MB, so a task reads only 32 event files. Its start costs more than that.
    spark.conf.set("spark.sql.files.openCostInBytes", 65_536)
    # Only a newline ends a line. By default Spark takes a carriage return for an end too.
    lines = spark.read.option("lineSep", "\n").option("pathGlobFilter", "*.json*").text(folder)
    lines = lines.withColumn("date", f.make_date("year", "month", "day"))
    if options.first is not None:
        lines = lines.where(f.col("date") >= options.first)
    if options.end is not None:
        lines = lines.where(f.col("date") < options.end)
    cut = f.udf(_row, CHANGES)
    return lines.where("value <> ''").select(
        cut("value").alias("row"), "date", f.col("_metadata.file_path").alias("file")
    ).select("row.*", "date", "file")


def _row(line: str) -> tuple:
    try:
        return change_columns(line)
    except ValueError:
        return (None,) * len(CHANGES)


def _each_once(events: DataFrame) -> DataFrame:
    """Keeps the line whose file name sorts first, as every reader of the lake does."""
    first = Window.partitionBy("date", "sequence").orderBy("file")
    return events.withColumn("place", f.row_number().over(first)).where("place = 1").drop("place", "file")


def _append(spark: SparkSession, path: str, events: DataFrame) -> int:
    if not is_table(spark, path):
        if events.isEmpty():
            return 0
        create_changes(spark, path)
    dates = ", ".join(f"DATE '{row.date}'" for row in events.select("date").distinct().collect())
    if dates == "":
        return 0

    def merge() -> int:
        # A MERGE checks what others committed meanwhile, and an append does not. So two runs at once add an event once.
        table = DeltaTable.forPath(spark, path)
        same = f"table.date IN ({dates}) AND table.date = event.date AND table.sequence = event.sequence"
        merge = table.alias("table").merge(events.alias("event"), same).whenNotMatchedInsertAll()
        with named_commit(spark) as name:
            merge.execute()
        return rows_added(table, name)

    return repeat_on_conflict(merge)


if __name__ == "__main__":
    sys.exit(main())
