"""compact.py and three questions in one Spark session. Prints what each took, and the answers, as a line of JSON."""

import json
import os
import tempfile
import time

import compact
from session import DELTA

from pyspark.sql import SparkSession

given = json.loads(os.environ["GIVEN"])


def timed(work):
    begun = time.time()
    return work(), time.time() - begun


builder = SparkSession.builder.config("spark.sql.warehouse.dir", tempfile.mkdtemp())
for setting, value in DELTA.items():
    builder = builder.config(setting, value)
spark = builder.getOrCreate()
start = time.time() - float(os.environ["LAUNCHED"])
_, compacted = timed(lambda: compact.main(["--lake", given["lake"], "--tables", tempfile.mkdtemp()]))
for statement in given["views"]:
    if statement.strip():
        spark.sql(statement)
answers = []
for question in given["questions"]:
    rows, seconds = timed(lambda: [row.asDict() for row in spark.sql(question).collect()])
    answers.append({"seconds": seconds, "rows": json.loads(json.dumps(rows, default=str))})
print(json.dumps({"start": start, "compact": compacted, "answers": answers}))
