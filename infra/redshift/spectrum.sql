-- Redshift Spectrum reads a copy of a table of changes in Amazon S3. Redshift cannot read Azure, so the copy comes first:
--
-- 1. Copy the table, for instance by AzCopy or a transfer service:  <tables>/shop/orders/date=… -> s3://<bucket>/shop/orders/
-- 2. Write the manifests beside the table, and copy them too. They name the files of one version of the table:
--      maintain.py manifest --table <tables>/shop/orders --location s3://<bucket>/shop/orders
-- 3. Replace <bucket>, <account id> and <role>. Run the statements. Add a partition for each new day.
-- 4. Make the views on top: npm run views -- --engine redshift --collection shop.orders
--
-- A reader sees the version of the last manifest. Copy data files first and manifests last, so that no listed file is missing.

CREATE EXTERNAL SCHEMA IF NOT EXISTS atlas_lake
FROM DATA CATALOG
DATABASE 'atlas_lake'
IAM_ROLE 'arn:aws:iam::<account id>:role/<role>'
CREATE EXTERNAL DATABASE IF NOT EXISTS;

CREATE EXTERNAL TABLE atlas_lake.orders_table (
  operationtype VARCHAR(64),
  sequence VARCHAR(4096),
  db VARCHAR(255),
  coll VARCHAR(1020),
  documentkey VARCHAR(65535),
  data VARCHAR(65535),
  updatedescription VARCHAR(65535),
  rest VARCHAR(65535),
  clustertime TIMESTAMP,
  walltime TIMESTAMP
)
PARTITIONED BY (date DATE)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS
INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://<bucket>/shop/orders/_symlink_format_manifest/';

ALTER TABLE atlas_lake.orders_table ADD IF NOT EXISTS
PARTITION (date = '2026-11-20')
LOCATION 's3://<bucket>/shop/orders/_symlink_format_manifest/date=2026-11-20/';

-- A text longer than 65,535 bytes does not fit into a VARCHAR of Redshift: Spectrum then gives null or an error, by this setting.
ALTER TABLE atlas_lake.orders_table SET TABLE PROPERTIES ('surplus_char_handling' = 'SET_TO_NULL');

SELECT count(*) AS changes, max(clustertime) AS newest FROM atlas_lake.orders_table;
