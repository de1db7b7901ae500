-- Lets Snowflake read the tables of changes in the lake, without a copy. Read-only.
--
-- 1. Replace <account>, <container>, <directory>, <tables directory> and <tenant id>. Run the statements as
--    ACCOUNTADMIN.
-- 2. The two DESC print AZURE_CONSENT_URL and AZURE_MULTI_TENANT_APP_NAME. Open the addresses and accept. Then give
--    those applications the role "Storage Blob Data Reader" on the container.
-- 3. In a database of yours, create the table and its views:
--    npm run views -- --engine snowflake --collection shop.orders

CREATE EXTERNAL VOLUME IF NOT EXISTS lake_tables
  STORAGE_LOCATIONS = (
    (
      NAME = 'azure'
      STORAGE_PROVIDER = 'AZURE'
      STORAGE_BASE_URL = 'azure://<account>.blob.core.windows.net/<container>/<tables directory>/'
      AZURE_TENANT_ID = '<tenant id>'
    )
  )
  ALLOW_WRITES = FALSE;

DESC EXTERNAL VOLUME lake_tables;

CREATE CATALOG INTEGRATION IF NOT EXISTS delta_lake
  CATALOG_SOURCE = OBJECT_STORE
  TABLE_FORMAT = DELTA
  ENABLED = TRUE;

-- The _fresh views read the event files of the last two hours through it.
CREATE STORAGE INTEGRATION IF NOT EXISTS lake_integration
  TYPE = EXTERNAL_STAGE
  STORAGE_PROVIDER = 'AZURE'
  ENABLED = TRUE
  AZURE_TENANT_ID = '<tenant id>'
  STORAGE_ALLOWED_LOCATIONS = ('azure://<account>.blob.core.windows.net/<container>/<directory>/');

DESC STORAGE INTEGRATION lake_integration;
