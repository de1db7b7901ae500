"""Follows a table of changes as a stream, and updates a target table. latest.py and history.py share it."""

from __future__ import annotations

import argparse
import json
from contextlib import contextmanager
from typing import Callable, Iterator, NamedTuple

from changes import EVERY_KEY
from columns import Column, read_columns
from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from session import open_session
from tables import create_table, is_table, repeat_on_conflict


class Batch(NamedTuple):
    """One micro-batch of the stream, and where it goes."""

    spark: SparkSession
    changes: DataFrame
    query: str
    number: int
    options: argparse.Namespace
    fixed: list[Column]
    """The columns of --columns."""

    @property
    def ends_path(self) -> str:
        """The table of deletes, drops and renames. A late event before one of them must not bring its document back."""
        return f"{self.options.checkpoint}/ends"


def parse_options(arguments: list[str] | None, name: str, description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=name, description=description)
    parser.add_argument("--changes", required=True, help="table of changes to follow: <TABLES_URL>/<db>/<collection>")
    parser.add_argument("--target", required=True, help="table to keep; the job creates it")
    parser.add_argument("--checkpoint", required=True, help="folder that remembers the progress of this target: one per target")
    parser.add_argument("--columns", help="file of `npm run views -- --infer` that fixes names and types; other fields get columns too")
    parser.add_argument("--keep-ends", type=int, default=30, metavar="DAYS", help="days to remember deletes (default: 30)")
    parser.add_argument("--max-files", type=int, default=1000, help="most files of changes in one batch (default: 1000)")
    return parser.parse_args(arguments)


def follow(options: argparse.Namespace, apply: Callable[[Batch], None], name: str) -> None:
    """Applies everything that is new in the table of changes, then stops."""
    spark = open_session(name)
    if not is_table(spark, options.changes):
        raise SystemExit(f"Cannot follow changes: --changes must name a Delta table: it is {options.changes}")
    stream = f"{options.checkpoint}/stream"
    fixed = [] if options.columns is None else read_columns(spark, options.columns)

    def apply_batch(changes: DataFrame, number: int) -> None:
        changes = changes.persist()
        try:
            session = changes.sparkSession
            apply(Batch(session, changes, _query_id(session, stream), number, options, fixed))
        finally:
            changes.unpersist()

    # Events are only appended. The stream does not follow rows that maintain.py rewrites or erases.
    rows = spark.readStream.format("delta").option("skipChangeCommits", "true").option("maxFilesPerTrigger", options.max_files)
    writer = rows.load(options.changes).writeStream.foreachBatch(apply_batch)
    query = writer.option("checkpointLocation", stream).trigger(availableNow=True).start()
    query.awaitTermination()
    _forget_ends(spark, options)


def _query_id(spark: SparkSession, stream: str) -> str:
    """Returns the identity of the checkpoint. A new checkpoint counts its batches from 0 again."""
    return str(json.loads(spark.read.text(f"{stream}/metadata").first()[0])["id"])


@contextmanager
def exactly_once(batch: Batch) -> Iterator[None]:
    """Names commits by the batch. Delta then ignores the repeat of a commit, such as after a crash."""
    conf = batch.spark.conf
    conf.set("spark.databricks.delta.write.txnAppId", f"atlas-lake-sync-{batch.query}")
    conf.set("spark.databricks.delta.write.txnVersion", str(batch.number))
    try:
        yield
    finally:
        conf.unset("spark.databricks.delta.write.txnAppId")
        conf.unset("spark.databricks.delta.write.txnVersion")


def remember_ends(batch: Batch, ends: DataFrame, same: str) -> None:
    """Adds deletes, drops and renames to the table of ends. `same` says which ends of a key are one row."""
    path = batch.ends_path
    create_table(batch.spark, path, ends.schema, {}, partition=[])
    newer = "end._sequence > known._sequence"
    later = {name: f"end.{name}" for name in ("_sequence", "_clusterTime")}

    def merge() -> None:
        table = DeltaTable.forPath(batch.spark, path).alias("known")
        merge = table.merge(ends.alias("end"), same).whenMatchedUpdate(newer, later).whenNotMatchedInsertAll()
        with exactly_once(batch):
            merge.execute()

    repeat_on_conflict(merge)


def _forget_ends(spark: SparkSession, options: argparse.Namespace) -> None:
    """Forgets old deletes: only late events need them. Drops and renames are few, so they remain."""
    path = f"{options.checkpoint}/ends"
    if is_table(spark, path):
        old = f"_key <> '{EVERY_KEY}' AND _clusterTime < current_timestamp() - INTERVAL {options.keep_ends} DAYS"
        if not spark.read.format("delta").load(path).where(old).isEmpty():
            DeltaTable.forPath(spark, path).delete(old)
