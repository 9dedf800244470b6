-- A committed row is never changed (J2), by whatever mistake; it may only go, once a snapshot covers it.
CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of the journal are never changed';
END $$;

CREATE TRIGGER journal_is_append_only BEFORE UPDATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
