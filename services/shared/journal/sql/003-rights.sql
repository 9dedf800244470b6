-- API keys; of the key itself only an HMAC is kept.
CREATE TABLE api_keys (
  id text PRIMARY KEY,
  workspace text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  documents jsonb,
  hash text NOT NULL UNIQUE,
  last_four text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX api_keys_by_workspace ON api_keys (workspace, created_at);

-- Links that open one document to whoever has them.
CREATE TABLE share_links (
  id text PRIMARY KEY,
  workspace text NOT NULL,
  document text NOT NULL,
  role text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX share_links_by_document ON share_links (workspace, document, created_at);

-- Roles of people whom the host application names; the document '' is all of the workspace.
CREATE TABLE rights (
  workspace text NOT NULL,
  subject text NOT NULL,
  document text NOT NULL,
  role text NOT NULL,
  set_at timestamptz NOT NULL DEFAULT now(),
  set_by text NOT NULL,
  PRIMARY KEY (workspace, subject, document)
);

-- Counts what is taken away or changed, in the statement that does it: whoever remembers rights asks here whether it may.
CREATE TABLE rights_revision (
  the_only boolean PRIMARY KEY DEFAULT true CHECK (the_only),
  revision bigint NOT NULL
);
INSERT INTO rights_revision (revision) VALUES (1);
