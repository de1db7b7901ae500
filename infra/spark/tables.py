"""The table of changes, as docs/tables.md describes it, and functions for folders and tables that the jobs share."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from typing import Callable, Iterator, TypeVar
from uuid import uuid4

from delta.exceptions import DeltaConcurrentModificationException
from delta.tables import DeltaTable
from pyspark.sql import SparkSession
from pyspark.sql.types import DateType, StringType, StructField, StructType, TimestampType

CHANGES = StructType(
    [
        StructField("operationType", StringType()),
        StructField("sequence", StringType()),
        StructField("db", StringType()),
        StructField("coll", StringType()),
        StructField("documentKey", StringType()),
        StructField("data", StringType()),
        StructField("updateDescription", StringType()),
        StructField("rest", StringType()),
        StructField("clusterTime", TimestampType()),
        StructField("wallTime", TimestampType()),
    ]
)

Result = TypeVar("Result")


def create_changes(spark: SparkSession, path: str) -> None:
    """Creates the table that the function `compact` creates: protocol 1 / 2, append-only, one partition per UTC day."""
    schema = StructType([*CHANGES.fields, StructField("date", DateType())])
    properties = {"delta.appendOnly": "true", "delta.dataSkippingStatsColumns": "sequence,clusterTime,wallTime"}
    create_table(spark, path, schema, properties, partition=["date"])


def create_table(
    spark: SparkSession, path: str, schema: StructType, properties: dict[str, str], partition: list[str]
) -> None:
    """Creates a missing table by writing no rows. CREATE TABLE would fail if a killed run left an empty log."""

    def create() -> None:
        if not is_table(spark, path):
            empty = spark.createDataFrame([], schema).write.format("delta").mode("append").options(**properties)
            empty.partitionBy(*partition).save(path)

    repeat_on_conflict(create)


def is_table(spark: SparkSession, path: str) -> bool:
    return DeltaTable.isDeltaTable(spark, path)


def folders_of(spark: SparkSession, path: str) -> list[str]:
    """Returns the sorted names of the folders in a folder. A missing folder has none."""
    hadoop = spark._jvm.org.apache.hadoop.fs
    folder = hadoop.Path(path)
    store = folder.getFileSystem(spark._jsc.hadoopConfiguration())
    if not store.exists(folder):
        return []
    return sorted(entry.getPath().getName() for entry in store.listStatus(folder) if entry.isDirectory())


def write_text(spark: SparkSession, path: str, text: str) -> None:
    """Writes a file, and replaces an older one."""
    file = spark._jvm.org.apache.hadoop.fs.Path(path)
    stream = file.getFileSystem(spark._jsc.hadoopConfiguration()).create(file, True)
    try:
        stream.write(bytearray(text.encode()))
    finally:
        stream.close()


def remove(spark: SparkSession, path: str) -> None:
    """Removes a file or a folder with all that is in it."""
    folder = spark._jvm.org.apache.hadoop.fs.Path(path)
    folder.getFileSystem(spark._jsc.hadoopConfiguration()).delete(folder, True)


@contextmanager
def named_commit(spark: SparkSession) -> Iterator[str]:
    """Writes a unique name into each commit inside this block."""
    setting = "spark.databricks.delta.commitInfo.userMetadata"
    name = f"atlas-lake-sync {uuid4()}"
    spark.conf.set(setting, name)
    try:
        yield name
    finally:
        spark.conf.unset(setting)


def rows_added(table: DeltaTable, name: str) -> int:
    """Returns how many rows the commit with that name added. A MERGE without rows makes no commit: then it is 0."""
    commits = table.history(100).where(f"userMetadata = '{name}'").collect()
    return sum(int(commit["operationMetrics"].get("numTargetRowsInserted", 0)) for commit in commits)


def repeat_on_conflict(commit: Callable[[], Result], tries: int = 10) -> Result:
    """Repeats a commit if another writer was faster. The next try sees the rows of that writer."""
    for left in range(tries - 1, -1, -1):
        try:
            return commit()
        except DeltaConcurrentModificationException:
            if left == 0:
                raise
            time.sleep(random.uniform(0.1, 1))
    raise AssertionError("unreachable")
