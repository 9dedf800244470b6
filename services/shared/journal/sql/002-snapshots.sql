-- A document's state up to and with row `covers_seq`, made of the journal's rows and nothing else.
CREATE TABLE snapshots (
  document uuid PRIMARY KEY,
  covers_seq bigint NOT NULL,
  state bytea NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now()
);

-- Rows that cannot be applied, as they were: kept for whoever may read them one day.
CREATE TABLE quarantine (
  document uuid NOT NULL,
  seq bigint NOT NULL,
  update bytea NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  found_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (document, seq)
);

-- Work that one process does at a time. Rows with an expiry, because PGlite's advisory locks re-enter.
CREATE TABLE leases (
  name text PRIMARY KEY,
  owner text NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE INDEX commands_by_age ON commands (committed_at);
