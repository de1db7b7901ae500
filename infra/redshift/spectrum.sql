-- Lets Redshift Spectrum read a copy of a table of changes in Amazon S3. Redshift cannot read Azure, so you copy first:
--
-- 1. Write the manifests. They name the files of one version of the table, at the place of the copy:
--      maintain.py manifest --table <tables>/shop/orders --location s3://<bucket>/shop/orders
-- 2. Copy the table, for example with AzCopy or a transfer service: data files first, the folder
--    _symlink_format_manifest last. Then no reader sees a manifest that names a missing file.
-- 3. Replace <account id> and <role>, and run the statement.
-- 4. Create the table and its views: npm run views -- --engine redshift --collection shop.orders
-- 5. Add a partition for each day that has changes. A reader sees no other day:
--      ALTER TABLE lake.shop_orders_table ADD IF NOT EXISTS PARTITION (date = '2026-11-20')
--      LOCATION 's3://<bucket>/shop/orders/_symlink_format_manifest/date=2026-11-20/';

CREATE EXTERNAL SCHEMA IF NOT EXISTS lake
FROM DATA CATALOG
DATABASE 'atlas_lake'
IAM_ROLE 'arn:aws:iam::<account id>:role/<role>'
CREATE EXTERNAL DATABASE IF NOT EXISTS;
