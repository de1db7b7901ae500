"""The effect of changes on the documents of a collection: versions begin, and versions end.

- An insert and a replace begin a version, with or without a document. So does any other change that carries a document.
- An update without a document changes nothing here.
- A delete ends the version of its key. A drop or a rename of the collection ends the versions of all keys.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

# A document key is the text of a JSON object, so no document has this key.
EVERY_KEY = ""


def versions_in(changes: DataFrame) -> DataFrame:
    """Returns the versions that begin: _key, _sequence, _clusterTime, _data. The data of a version can be null."""
    begins = "operationType IN ('insert', 'replace') OR (operationType <> 'delete' AND data IS NOT NULL)"
    return changes.where(f"documentKey IS NOT NULL AND ({begins})").select(
        f.col("documentKey").alias("_key"),
        f.col("sequence").alias("_sequence"),
        f.col("clusterTime").alias("_clusterTime"),
        f.col("data").alias("_data"),
    )


def ends_in(changes: DataFrame) -> DataFrame:
    """Returns what ends versions: _key, _sequence, _clusterTime."""
    of_one = "operationType = 'delete' AND documentKey IS NOT NULL"
    of_all = "operationType IN ('drop', 'rename')"
    return changes.where(f"({of_one}) OR ({of_all})").select(
        f.when(f.col("operationType") == "delete", f.col("documentKey")).otherwise(f.lit(EVERY_KEY)).alias("_key"),
        f.col("sequence").alias("_sequence"),
        f.col("clusterTime").alias("_clusterTime"),
    )
