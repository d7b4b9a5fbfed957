-- Keys of programs that ask much or write: named, for some things, for a time. Reading open data needs none.

CREATE TABLE restricted.api_key (
    key_name    text PRIMARY KEY CHECK (key_name ~ '^[a-z0-9]{4,16}$'), -- names it in lists; opens nothing
    secret_hash text NOT NULL UNIQUE,     -- SHA-256 of a random 256-bit secret: looked up by it
    scopes      text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'export', 'register']),
    purpose     text NOT NULL DEFAULT '', -- what for; no names of people
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at  timestamptz
);

-- The one question that the API asks of it: a login without rights in the schema restricted may ask it too, and who asks
-- has to have the secret.
CREATE FUNCTION find_api_key(asked_hash text, asked_at timestamptz)
    RETURNS TABLE (key_name text, scopes text[], expires_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT k.key_name, k.scopes, k.expires_at FROM restricted.api_key k
    WHERE k.secret_hash = asked_hash AND k.revoked_at IS NULL AND k.expires_at > asked_at
$$;
