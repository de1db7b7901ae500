"""One Spark session for all tests: a start costs ten seconds."""

import importlib
import json
import os
import sys
import tempfile

from deaths import death
from worker import serve

from pyspark.sql import SparkSession

sys.path.insert(0, os.environ["JOBS"])
spark = SparkSession.builder.config("spark.sql.warehouse.dir", tempfile.mkdtemp()).getOrCreate()


def sql(text):
    return [row.asDict(recursive=True) for row in spark.sql(text).collect()]


def script(statements):
    for statement in statements:
        spark.sql(statement)


def types(path):
    return {field.name: field.dataType.simpleString() for field in spark.read.format("delta").load(path).schema}


def values(document, columns):
    return importlib.import_module("documents").read_values(document, [(tuple(path), kind) for path, kind in columns])


def job(name, arguments):
    return importlib.import_module(name).main(arguments)


def broken_job(name, arguments, merge, when):
    """Runs a job that dies at a point of it. Gives whether it did."""

    def die():
        raise RuntimeError("this job dies here")

    try:
        with death(merge, when, die):
            job(name, arguments)
    except Exception as fault:
        return "this job dies here" in str(fault)
    return False


def stream(path, checkpoint):
    """The rows that a stream reads of a table, batch by batch."""
    batches = []
    rows = spark.readStream.format("delta").option("skipChangeCommits", "true").load(path)
    writer = rows.writeStream.foreachBatch(lambda batch, number: batches.append([row.sequence for row in batch.collect()]))
    writer.option("checkpointLocation", checkpoint).trigger(availableNow=True).start().awaitTermination()
    return batches


def notebook(path, places):
    """Runs the code cells of a notebook in their order, with other places in the cell that is made for that."""
    names = {"spark": spark}
    with open(path, encoding="utf-8") as file:
        cells = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
    for cell in cells:
        exec(compile("".join(cell["source"]), path, "exec"), names)
        if "parameters" in cell["metadata"].get("tags", []):
            names.update(places)
    return len(cells)


calls = (sql, script, types, values, job, broken_job, stream, notebook)
serve({call.__name__: call for call in calls})
