-- Every document, as it is named. `id` is derived from the other three (protocol/document-id.ts).
CREATE TABLE documents (
  id uuid PRIMARY KEY,
  workspace text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace, kind, name)
);

-- The last row's number. A table of its own, because it is locked at every append and must stay small and hot.
CREATE TABLE heads (
  document uuid PRIMARY KEY REFERENCES documents (id),
  seq bigint NOT NULL
) WITH (fillfactor = 50);

-- The rows. No foreign key: `heads` has it, and a check per row would cost as much as the row.
CREATE TABLE journal (
  document uuid NOT NULL,
  seq bigint NOT NULL,
  update bytea NOT NULL,
  actor text NOT NULL,
  committed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (document, seq)
);

-- Commands that have taken effect: the primary key is what makes that happen once.
CREATE TABLE commands (
  document uuid NOT NULL,
  id text NOT NULL,
  hash text NOT NULL,
  result jsonb NOT NULL,
  seq bigint NOT NULL,
  committed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (document, id)
);

-- What lists and search read; follows the journal.
CREATE TABLE records (
  document uuid NOT NULL REFERENCES documents (id),
  entity text NOT NULL,
  id text NOT NULL,
  data jsonb NOT NULL,
  deleted boolean NOT NULL DEFAULT false,
  seq bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (document, entity, id)
);
