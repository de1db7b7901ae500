"""Opens the Spark session that the jobs share."""

from pyspark.sql import SparkSession

# Synapse, Fabric and Databricks bring Delta themselves. Elsewhere `spark-submit --packages` brings it.
DELTA = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
}


def open_session(name: str) -> SparkSession:
    """Returns the session of the notebook, or else a new session that reads and writes Delta."""
    builder = SparkSession.builder.appName(name)
    for setting, value in DELTA.items():
        builder = builder.config(setting, value)
    spark = builder.getOrCreate()
    # A time in a table is an instant. The zone of a machine must not move it.
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    # Spark's default is INT96: an outdated type without statistics, which other readers refuse.
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    return spark
