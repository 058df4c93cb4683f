-- ClusterTrail's lake as a table and a view of Amazon Athena (engine version 3).
--
-- NOT RUN by this project's tests: Athena cannot be run here. `clustertrail query` and its tests use DuckDB; the columns
-- of audit_flat are the same in both.
--
-- Replace BUCKET/PREFIX. The partitions need no crawler: Athena computes them (partition projection). "injected" means
-- that every query must name account, region and cluster_name (WHERE account = '111122223333' AND ...); to query across
-- clusters, change their type to enum and list the values you have ('projection.account.values' = '1111...,2222...').
--
-- Bodies are strings of JSON: take them apart with json_extract(requestobject, '$.spec'). Athena writes names in lower
-- case. Times in the table are text (RFC 3339); the view has timestamps.
-- The Hive JSON SerDe is used because AWS warns that results of the OpenX one can vary; a line that does not fit the
-- types (a record with a list where the API has an object) fails the query: add 'ignore.malformed.json' = 'true' to
-- the SerDe properties to pass over such lines, and know that they are then missing.

CREATE EXTERNAL TABLE IF NOT EXISTS audit (
  `time` string,
  cloud struct<provider:string, account:struct<id:string>, region:string>,
  cluster struct<provider:string, name:string, id:string>,
  ingest struct<schema:int, source:string, id:string, delivered:string, eventid:string, inferred:array<string>,
    redactions:array<struct<path:string, rule:string, fp:string>>, truncated:struct<`by`:string, missing:array<string>>,
    split:struct<uid:string, index:int, total:int>>,
  kind string,
  apiversion string,
  level string,
  auditid string,
  stage string,
  requesturi string,
  verb string,
  `user` struct<username:string, uid:string, `groups`:array<string>, extra:map<string, array<string>>>,
  impersonateduser struct<username:string, uid:string, `groups`:array<string>, extra:map<string, array<string>>>,
  sourceips array<string>,
  useragent string,
  objectref struct<resource:string, namespace:string, name:string, uid:string, apigroup:string, apiversion:string,
    resourceversion:string, subresource:string>,
  responsestatus struct<status:string, message:string, reason:string, code:int>,
  requestreceivedtimestamp string,
  stagetimestamp string,
  annotations map<string, string>,
  requestobject string,
  responseobject string
)
PARTITIONED BY (provider string, account string, region string, cluster_name string, `date` string, hour string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS TEXTFILE
LOCATION 's3://BUCKET/PREFIX/events/v1/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.provider.type' = 'enum',
  'projection.provider.values' = 'eks,gke,aks,kubernetes',
  'projection.account.type' = 'injected',
  'projection.region.type' = 'injected',
  'projection.cluster_name.type' = 'injected',
  'projection.date.type' = 'date',
  'projection.date.format' = 'yyyy-MM-dd',
  'projection.date.range' = '2026-01-01,NOW',
  'projection.hour.type' = 'integer',
  'projection.hour.range' = '0,23',
  'projection.hour.digits' = '2',
  'storage.location.template' =
    's3://BUCKET/PREFIX/events/v1/provider=${provider}/account=${account}/region=${region}/cluster_name=${cluster_name}/date=${date}/hour=${hour}/'
);

-- One row an event: copies of an event, in whatever objects, count once.
CREATE OR REPLACE VIEW audit_flat AS
SELECT
  from_iso8601_timestamp(time) AS time,
  cluster.provider AS provider,
  cloud.account.id AS account_id,
  region,
  cluster.name AS cluster,
  auditid AS audit_id,
  stage,
  level,
  verb,
  "user".username AS username,
  "user".groups AS groups,
  impersonateduser.username AS impersonated,
  -- What the client claims: all but the last address can be set by it.
  element_at(sourceips, 1) AS source_ip,
  useragent AS user_agent,
  objectref.namespace AS namespace,
  objectref.resource AS resource,
  objectref.subresource AS subresource,
  objectref.name AS name,
  nullif(objectref.apigroup, '') AS api_group,
  responsestatus.code AS status_code,
  element_at(annotations, 'authorization.k8s.io/decision') AS decision,
  element_at(annotations, 'authorization.k8s.io/reason') AS reason,
  requesturi AS request_uri,
  ingest.eventid AS event_id,
  cluster.id AS cluster_id,
  account,
  cluster_name,
  "date",
  hour
FROM (
  SELECT *, row_number() OVER (PARTITION BY ingest.eventid ORDER BY "$path") AS copy FROM audit
)
WHERE copy = 1;
