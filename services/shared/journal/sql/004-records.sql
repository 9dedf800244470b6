-- How far the records of a document have come. `base` is what the last change of them was made on: stored only because
-- ON CONFLICT can compare with what would have been inserted, and with nothing else cheaply. Documents without a row here
-- have no records yet, or those of an earlier version: they are made at the next start.
CREATE TABLE projected (
  document uuid PRIMARY KEY REFERENCES documents (id),
  seq bigint NOT NULL,
  base bigint NOT NULL,
  -- When the row `seq` was committed.
  changed_at timestamptz NOT NULL
) WITH (fillfactor = 50);
