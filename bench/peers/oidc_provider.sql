-- What oidc-provider keeps, after the example of its documentation, and whom it knows.
CREATE TABLE IF NOT EXISTS oidc_payload (
  id text, model text, payload jsonb NOT NULL, grant_id text, uid text, expires_at timestamptz, consumed_at timestamptz,
  PRIMARY KEY (id, model)
);
CREATE INDEX IF NOT EXISTS oidc_payload_grant ON oidc_payload (grant_id);
CREATE INDEX IF NOT EXISTS oidc_payload_uid ON oidc_payload (uid);
CREATE TABLE IF NOT EXISTS oidc_account (id text PRIMARY KEY, number text UNIQUE, name text NOT NULL);
