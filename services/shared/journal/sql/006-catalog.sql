-- Lists are read newest change first, of one workspace: by this index, however many documents there are.
ALTER TABLE projected ADD COLUMN workspace text;
UPDATE projected p SET workspace = d.workspace FROM documents d WHERE d.id = p.document;
ALTER TABLE projected ALTER COLUMN workspace SET NOT NULL;
CREATE INDEX projected_by_time ON projected (workspace, changed_at DESC, document DESC);

-- The words of a record that somebody may look for. What is neither letter nor digit comes out first: Postgres would keep
-- addresses and words with hyphens as one, and in a database with the C locale take every sign beyond ASCII for a letter.
-- The first 100,000 characters alone, because a tsvector has at most 1 MB.
CREATE FUNCTION record_words(data jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('simple'::regconfig, regexp_replace(
    left(concat_ws(' ', data->>'title', data->>'text', data->>'note'), 100000),
    '[\u0001-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00A9\u00AB-\u00B1\u00B4\u00B6-\u00B8\u00BB\u00BF\u00D7\u00F7'
    '\u2000-\u206F\u20A0-\u20CF\u2100-\u214F\u2190-\u2BFF\u3000-\u3004\u3008-\u3030\uFE30-\uFE4F\uFF01-\uFF0F'
    '\U0001F000-\U0001FAFF]+', ' ', 'g'))
$$;
CREATE INDEX records_by_words ON records USING gin (record_words(data)) WHERE NOT deleted;
CREATE INDEX records_by_status ON records ((data->>'status')) WHERE entity = 'document' AND NOT deleted;
