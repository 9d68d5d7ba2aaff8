CREATE TABLE audit_log (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL DEFAULT now(),
    actor  uuid NOT NULL,
    action text NOT NULL,
    detail text NOT NULL
);
CREATE INDEX audit_log_actor_at ON audit_log (actor, at);

-- Entries can be added and read, and never changed.
GRANT SELECT, INSERT ON audit_log TO parcel_app;
