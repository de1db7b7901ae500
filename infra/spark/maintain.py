"""Maintains a Delta table: joins small files, removes old files, erases a document, lists the files for Redshift.

    spark-submit --packages io.delta:delta-spark_2.12:3.2.1 --py-files "$(ls *.py | paste -sd,)" \\
      maintain.py optimize --table <TABLES_URL>/shop/orders
"""

from __future__ import annotations

import argparse
import sys
from contextlib import contextmanager
from typing import Iterator
from urllib.parse import quote, unquote

from delta.tables import DeltaTable
from pyspark.sql import SparkSession
from pyspark.sql import functions as f
from session import open_session
from tables import folders_of, is_table, remove, repeat_on_conflict, write_text

MANIFESTS = "_symlink_format_manifest"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    spark = open_session("atlas-lake-sync maintain")
    if not is_table(spark, options.table):
        raise SystemExit(f"Cannot maintain table: --table must name a Delta table: it is {options.table}")
    options.run(spark, options)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="maintain.py", description="Maintains a Delta table.")
    commands = parser.add_subparsers(required=True, metavar="command")

    optimize = _command(commands, "optimize", _optimize, "joins small files; changes no row")
    optimize.add_argument("--from", dest="first", metavar="DATE", help="first day, of a table of changes: 2026-11-20")

    vacuum = _command(commands, "vacuum", _vacuum, "removes files that no version of the last days needs")
    vacuum.add_argument("--keep-hours", type=int, default=168, help="keeps files that a reader needed in these hours (default: 168, a week)")

    erase = _command(commands, "erase", _erase, "erases every row of a document's key, from its table of changes or another")
    erase.add_argument("--key", required=True, help='the document key as the table has it: {"_id":{"$oid":"…"}}')

    manifest = _command(commands, "manifest", _manifest, "writes manifests for Redshift Spectrum, beside a copy in S3")
    manifest.add_argument("--location", required=True, help="place of the copy: s3://bucket/shop/orders")
    return parser


def _command(commands, name: str, run, text: str) -> argparse.ArgumentParser:  # type: ignore[no-untyped-def]
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--table", required=True, help="folder of the Delta table")
    parser.set_defaults(run=run)
    return parser


def _optimize(spark: SparkSession, options: argparse.Namespace) -> None:
    def optimize() -> None:
        files = DeltaTable.forPath(spark, options.table).optimize()
        if options.first is not None:
            files = files.where(f"date >= DATE '{options.first}'")
        metrics = files.executeCompaction().first()["metrics"]
        print(f"{metrics['numFilesRemoved']} files became {metrics['numFilesAdded']}")

    repeat_on_conflict(optimize)


def _vacuum(spark: SparkSession, options: argparse.Namespace) -> None:
    check = "spark.databricks.delta.retentionDurationCheck.enabled"
    # The caller sets the time. Delta's own check allows nothing below its default of a week.
    spark.conf.set(check, "false")
    try:
        DeltaTable.forPath(spark, options.table).vacuum(options.keep_hours)
    finally:
        spark.conf.unset(check)


def _erase(spark: SparkSession, options: argparse.Namespace) -> None:
    names = DeltaTable.forPath(spark, options.table).toDF().columns
    column = next((name for name in ("documentKey", "_key") if name in names), None)
    if column is None:
        raise SystemExit("Cannot erase: the table must have a column documentKey or _key: both are missing")
    is_of_key = f.col(column) == f.lit(options.key)

    def erase() -> None:
        with _deletes_allowed(spark, options.table):
            DeltaTable.forPath(spark, options.table).delete(is_of_key)

    rows = spark.read.format("delta").load(options.table).where(is_of_key).count()
    repeat_on_conflict(erase)
    print(f"{rows} rows erased")
    print(_what_remains(options.table))


def _what_remains(table: str) -> str:
    return f"""What else can have the document:
- Event files of the lake. A compaction adds the rows again from them, so remove them first, and erase again if one ran.
  The name of an event file has the document's id, if this is an ObjectId or a UUID. A batch file holds other events too:
  `npm run tables -- prune` removes it once all its events are in a table.
- Tables of latest.py and history.py, and the folder `ends` of their checkpoints: erase with --table on each.
- Old files of this table: maintain.py vacuum --table {table} --keep-hours 0. End its readers and jobs before."""


@contextmanager
def _deletes_allowed(spark: SparkSession, table: str) -> Iterator[None]:
    """Removes the append-only property for a moment. If a run is killed here, the next run sets the property again."""
    is_of_changes = "operationType" in DeltaTable.forPath(spark, table).toDF().columns
    if not is_of_changes:
        yield
        return
    spark.sql(f"ALTER TABLE delta.`{table}` SET TBLPROPERTIES ('delta.appendOnly' = 'false')")
    try:
        yield
    finally:
        spark.sql(f"ALTER TABLE delta.`{table}` SET TBLPROPERTIES ('delta.appendOnly' = 'true')")


def _manifest(spark: SparkSession, options: argparse.Namespace) -> None:
    """Writes one manifest per partition. Delta's own GENERATE would name the files of this table, not those of the copy."""
    table = options.table.rstrip("/")
    root = spark._jvm.org.apache.hadoop.fs.Path(table)
    root = root.getFileSystem(spark._jsc.hadoopConfiguration()).makeQualified(root).toUri().getPath()
    by_partition: dict[str, list[str]] = {}
    for file in spark.read.format("delta").load(table).inputFiles():
        inside = unquote(file).split(f"{root}/", 1)[1]
        partition = inside.rpartition("/")[0]
        by_partition.setdefault(partition, []).append(f"{options.location.rstrip('/')}/{quote(inside, safe='/=')}")
    for partition, files in sorted(by_partition.items()):
        folder = "/".join(part for part in (table, MANIFESTS, partition) if part)
        write_text(spark, f"{folder}/manifest", "".join(f"{file}\n" for file in sorted(files)))
    # An old manifest names removed files, and Redshift would fail on them.
    for emptied in set(folders_of(spark, f"{table}/{MANIFESTS}")) - set(by_partition):
        remove(spark, f"{table}/{MANIFESTS}/{emptied}")
    print(f"{sum(map(len, by_partition.values()))} files in {len(by_partition)} manifests: {table}/{MANIFESTS}")


if __name__ == "__main__":
    sys.exit(main())
