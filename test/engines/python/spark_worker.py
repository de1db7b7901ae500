"""One Spark session for all tests: a start costs ten seconds."""

import importlib
import json
import os
import sys
import tempfile

from pyspark.sql import SparkSession
from worker import serve

sys.path.insert(0, os.environ["JOBS"])
spark = SparkSession.builder.config("spark.sql.warehouse.dir", tempfile.mkdtemp()).getOrCreate()


def sql(text):
    return [row.asDict(recursive=True) for row in spark.sql(text).collect()]


def types(path):
    return {field.name: field.dataType.simpleString() for field in spark.read.format("delta").load(path).schema}


def job(name, arguments):
    return importlib.import_module(name).main(arguments)


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


serve({"sql": sql, "types": types, "job": job, "stream": stream, "notebook": notebook})
