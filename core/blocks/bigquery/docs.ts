export const docs = `A dataset in Google BigQuery. \`database.load\` puts tables, files and objects of Cloud Storage into it by load jobs, which cost nothing;
\`database.query\` takes rows out, \`database.execute\` runs statements there.

**What it needs.** A project with BigQuery’s API switched on, and credentials that may run jobs in it
(*BigQuery Job User*) and change tables in the dataset (*BigQuery Data Editor*):

    gcloud projects add-iam-policy-binding PROJECT --member=serviceAccount:ACCOUNT --role=roles/bigquery.jobUser
    gcloud projects add-iam-policy-binding PROJECT --member=serviceAccount:ACCOUNT --role=roles/bigquery.dataEditor

**Exactly once.** A job’s id follows from the task run, and BigQuery takes an id once: a retry, or a resume after a crash, finds the job and waits for it.
The log links to each job.

**What costs.** Queries are billed by the bytes they read. *Maximum bytes billed* refuses larger ones before they run. In the app a task shows
what it would read before it runs.

**Types.** Moments with a time zone become TIMESTAMP, those without DATETIME. Decimals become NUMERIC, or BIGNUMERIC where that is too small. JSON and nested values become STRING
(PARSE_JSON reads them). What comes out is exact: INT64, NUMERIC, and BIGNUMERIC up to 38 digits, beyond that as text; GEOGRAPHY is text (WKT); nested values are structs and lists.

**SQL.** It is GoogleSQL, and \`{{ name }}\` is written as its rules want. To keep the rows of a query in the dataset, give
\`database.query\` a table to keep them in (\`into\`), or run \`CREATE OR REPLACE TABLE … AS SELECT …\` by \`database.execute\`. Several statements that change rows are one transaction;
BigQuery has none for statements that make or drop tables.`
