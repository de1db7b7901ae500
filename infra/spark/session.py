"""Opens the Spark session that the jobs share."""

from pyspark.sql import SparkSession

# Synapse, Fabric and Databricks bring Delta themselves. Elsewhere `spark-submit --packages` brings it.
DELTA = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
}


def open_session(name: str) -> SparkSession:
    """Returns the notebook's session where there is one, else a new session that reads and writes Delta."""
    builder = SparkSession.builder.appName(name)
    for setting, value in DELTA.items():
        builder = builder.config(setting, value)
    spark = builder.getOrCreate()
    # Times in a table are instants: no machine's own zone may move one.
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    # Spark's default is INT96, an outdated type that other readers refuse and that has no statistics.
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    return spark
