-- Snowflake reads the tables of changes where they are: no copy, no load. Read-only.
--
-- 1. Replace <account>, <container>, <tables directory> and <tenant id>. Run the statements as ACCOUNTADMIN.
-- 2. DESC EXTERNAL VOLUME prints AZURE_CONSENT_URL and AZURE_MULTI_TENANT_APP_NAME. Open the address and accept. Then
--    give that application the role "Storage Blob Data Reader" on the container.
-- 3. Make the views on top: npm run views -- --engine snowflake --collection shop.orders

CREATE DATABASE IF NOT EXISTS atlas_lake;

CREATE SCHEMA IF NOT EXISTS atlas_lake.shop;

CREATE EXTERNAL VOLUME IF NOT EXISTS atlas_lake_tables
  STORAGE_LOCATIONS = (
    (
      NAME = 'azure'
      STORAGE_PROVIDER = 'AZURE'
      STORAGE_BASE_URL = 'azure://<account>.blob.core.windows.net/<container>/<tables directory>/'
      AZURE_TENANT_ID = '<tenant id>'
    )
  )
  ALLOW_WRITES = FALSE;

DESC EXTERNAL VOLUME atlas_lake_tables;

CREATE CATALOG INTEGRATION IF NOT EXISTS atlas_lake_delta
  CATALOG_SOURCE = OBJECT_STORE
  TABLE_FORMAT = DELTA
  ENABLED = TRUE;

-- AUTO_REFRESH follows new commits of the table by itself.
CREATE ICEBERG TABLE IF NOT EXISTS atlas_lake.shop.orders_table
  EXTERNAL_VOLUME = 'atlas_lake_tables'
  CATALOG = 'atlas_lake_delta'
  BASE_LOCATION = 'shop/orders'
  AUTO_REFRESH = TRUE;

SELECT count(*) AS changes, max("clusterTime") AS newest FROM atlas_lake.shop.orders_table;
