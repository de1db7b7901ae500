-- Snowflake loads event files a minute after they are written. A task keeps the newest state of a collection.
-- Use it if TABLES is off. With TABLES=delta, delta-direct.sql is simpler and copies nothing.
--
-- 1. Replace <account>, <container>, <directory>, <queue> and <tenant id>. Run the statements as ACCOUNTADMIN.
-- 2. In Azure, create an Event Grid subscription on the account: event "Blob Created", to the storage queue <queue>,
--    with the filter "subject begins with /blobServices/default/containers/<container>/blobs/<directory>/shop/orders/".
-- 3. Give the two applications that DESC prints their roles: Storage Blob Data Reader on the container, and Storage
--    Queue Data Contributor on the queue.

CREATE DATABASE IF NOT EXISTS atlas_lake;

CREATE SCHEMA IF NOT EXISTS atlas_lake.shop;

CREATE STORAGE INTEGRATION IF NOT EXISTS lake_integration
  TYPE = EXTERNAL_STAGE
  STORAGE_PROVIDER = 'AZURE'
  ENABLED = TRUE
  AZURE_TENANT_ID = '<tenant id>'
  STORAGE_ALLOWED_LOCATIONS = ('azure://<account>.blob.core.windows.net/<container>/<directory>/');

DESC STORAGE INTEGRATION lake_integration;

CREATE NOTIFICATION INTEGRATION IF NOT EXISTS lake_arrivals
  ENABLED = TRUE
  TYPE = QUEUE
  NOTIFICATION_PROVIDER = AZURE_STORAGE_QUEUE
  AZURE_STORAGE_QUEUE_PRIMARY_URI = 'https://<account>.queue.core.windows.net/<queue>'
  AZURE_TENANT_ID = '<tenant id>';

DESC NOTIFICATION INTEGRATION lake_arrivals;

CREATE FILE FORMAT IF NOT EXISTS atlas_lake.shop.change_lines
  TYPE = JSON;

CREATE STAGE IF NOT EXISTS atlas_lake.shop.orders_files
  URL = 'azure://<account>.blob.core.windows.net/<container>/<directory>/shop/orders/'
  STORAGE_INTEGRATION = lake_integration
  FILE_FORMAT = (FORMAT_NAME = 'atlas_lake.shop.change_lines');

CREATE TABLE IF NOT EXISTS atlas_lake.shop.orders_lines (
  line VARIANT,
  file_name VARCHAR
);

CREATE PIPE IF NOT EXISTS atlas_lake.shop.orders_pipe
  AUTO_INGEST = TRUE
  INTEGRATION = 'LAKE_ARRIVALS'
AS
  COPY INTO atlas_lake.shop.orders_lines (line, file_name)
  FROM (SELECT $1, METADATA$FILENAME FROM @atlas_lake.shop.orders_files);

-- Loads the files that existed before the pipe.
ALTER PIPE atlas_lake.shop.orders_pipe REFRESH;

CREATE STREAM IF NOT EXISTS atlas_lake.shop.orders_new_lines
  ON TABLE atlas_lake.shop.orders_lines
  APPEND_ONLY = TRUE;

-- One row for each key, also of deleted documents. Such a row has no data, so that a late event does not bring the
-- document back. The row with the empty key has the last drop or rename of the collection.
CREATE TABLE IF NOT EXISTS atlas_lake.shop.orders_states (
  document_key VARCHAR,
  sequence VARCHAR,
  cluster_time VARCHAR,
  operation_type VARCHAR,
  data VARIANT
);

-- The sequence decides, not the order of arrival. So repeated and late events never replace a newer state. An update
-- without a document is not a version, so the version before it stays. An insert or a replace without a
-- document is one.
CREATE TASK IF NOT EXISTS atlas_lake.shop.orders_follow
  SCHEDULE = '1 MINUTE'
  USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL'
WHEN
  SYSTEM$STREAM_HAS_DATA('atlas_lake.shop.orders_new_lines')
AS
MERGE INTO atlas_lake.shop.orders_states AS known
USING (
  SELECT change.*
  FROM (
    SELECT
      CASE
        WHEN line:operationType::VARCHAR IN ('drop', 'rename') THEN ''
        ELSE to_json(line:documentKey)
      END AS document_key,
      line:sequence::VARCHAR AS sequence,
      line:clusterTime::VARCHAR AS cluster_time,
      line:operationType::VARCHAR AS operation_type,
      CASE
        WHEN line:operationType::VARCHAR IN ('delete', 'drop', 'rename') OR is_null_value(line:data) THEN NULL
        ELSE line:data
      END AS data
    FROM atlas_lake.shop.orders_new_lines
    WHERE
      line:operationType::VARCHAR IN ('drop', 'rename')
      OR (
        line:documentKey IS NOT NULL
        AND (line:operationType::VARCHAR IN ('insert', 'replace', 'delete') OR NOT is_null_value(line:data))
      )
  ) AS change
  QUALIFY row_number() OVER (PARTITION BY change.document_key ORDER BY change.sequence DESC) = 1
) AS new
ON known.document_key = new.document_key
WHEN MATCHED AND new.sequence > known.sequence THEN
  UPDATE SET
    sequence = new.sequence,
    cluster_time = new.cluster_time,
    operation_type = new.operation_type,
    data = new.data
WHEN NOT MATCHED THEN
  INSERT (document_key, sequence, cluster_time, operation_type, data)
  VALUES (new.document_key, new.sequence, new.cluster_time, new.operation_type, new.data);

ALTER TASK atlas_lake.shop.orders_follow RESUME;

CREATE OR REPLACE VIEW atlas_lake.shop.orders_now AS
SELECT
  document_key AS "_key",
  sequence AS "_sequence",
  cluster_time AS "_clusterTime",
  data AS "_data"
FROM atlas_lake.shop.orders_states
WHERE
  operation_type NOT IN ('delete', 'drop', 'rename')
  AND sequence > (SELECT coalesce(max(sequence), '') FROM atlas_lake.shop.orders_states WHERE document_key = '');
