-- Lets Synapse serverless SQL read the lake and its tables, as the identity of the workspace. Run it once.
--
-- 1. Give the workspace's managed identity the role "Storage Blob Data Reader" on the container.
-- 2. Replace <account>, <container> and <directory> by those of LAKE_URL. The tables are beside the lake, or at
--    TABLES_URL. Replace <strong password>. It protects the key of the database, and nobody needs it later.
-- 3. Run it in Synapse Studio with "Built-in", or:
--      sqlcmd -S <workspace>-ondemand.sql.azuresynapse.net -G -i infra/synapse/serverless.sql
-- 4. Make the views of a collection: npm run views -- --engine synapse --collection shop.orders
--
-- The collation reads UTF-8 and compares byte by byte. Only with it `sequence` sorts in stream order.

CREATE DATABASE lake COLLATE Latin1_General_100_BIN2_UTF8;
GO

USE lake;
GO

CREATE MASTER KEY ENCRYPTION BY PASSWORD = '<strong password>';
GO

CREATE DATABASE SCOPED CREDENTIAL lake_reader WITH IDENTITY = 'Managed Identity';
GO

CREATE EXTERNAL DATA SOURCE lake WITH (
  LOCATION = 'https://<account>.dfs.core.windows.net/<container>/<directory>',
  CREDENTIAL = lake_reader
);
GO

CREATE EXTERNAL DATA SOURCE lake_tables WITH (
  LOCATION = 'https://<account>.dfs.core.windows.net/<container>/<directory>-tables',
  CREDENTIAL = lake_reader
);
GO

-- For a person or a tool that only reads. First run in master: CREATE LOGIN [name@company.com] FROM EXTERNAL PROVIDER.
-- CREATE USER [name@company.com] FOR LOGIN [name@company.com];
-- GRANT SELECT ON SCHEMA::shop TO [name@company.com];
-- GRANT REFERENCES ON DATABASE SCOPED CREDENTIAL::lake_reader TO [name@company.com];
-- GRANT ADMINISTER DATABASE BULK OPERATIONS TO [name@company.com];
