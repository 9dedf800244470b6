-- Who this database is to those that share a Redis or NATS with others, and which history its journal tells. `id` names
-- channels and subjects. `epoch` is another after a recovery that can be seen from inside; `server` is what it is seen by.
CREATE TABLE installation (
  the_only boolean PRIMARY KEY DEFAULT true CHECK (the_only),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  epoch uuid NOT NULL DEFAULT gen_random_uuid(),
  server text
);
INSERT INTO installation DEFAULT VALUES;

-- A number of chance for each commit: a database that went back may give a row's number a second time, and never with the
-- same nonce. `previous` is the nonce of the row before those of the last commit, so that each commit says what it follows.
ALTER TABLE journal ADD COLUMN nonce bigint NOT NULL DEFAULT 0;
ALTER TABLE snapshots ADD COLUMN nonce bigint NOT NULL DEFAULT 0;
ALTER TABLE heads ADD COLUMN nonce bigint NOT NULL DEFAULT 0, ADD COLUMN previous bigint NOT NULL DEFAULT 0;

-- Documents of which rows were missing that a pod had known of, and what became of them.
CREATE TABLE lost_history (
  -- With its names: what was lost may be all of the document.
  document uuid NOT NULL,
  workspace text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  known_seq bigint NOT NULL,
  known_nonce bigint NOT NULL,
  found_seq bigint NOT NULL,
  found_at timestamptz NOT NULL DEFAULT now(),
  -- Whether a pod held the document, and has appended what was missing.
  brought_back boolean NOT NULL,
  PRIMARY KEY (document, known_seq, known_nonce)
);
