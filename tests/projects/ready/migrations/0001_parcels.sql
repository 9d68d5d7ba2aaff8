CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

CREATE TYPE role AS ENUM ('sender', 'carrier', 'support');

CREATE TABLE users (
    id            uuid PRIMARY KEY,
    role          role NOT NULL,
    -- Encrypted by the service (src/crypto.rs); the digest is what it is found by.
    email_sealed  bytea NOT NULL,
    email_digest  bytea NOT NULL UNIQUE,
    password_hash text NOT NULL,
    totp_secret   bytea NOT NULL
);

CREATE TABLE refresh_tokens (
    token_digest bytea PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX refresh_tokens_user_id ON refresh_tokens (user_id);

CREATE TABLE parcels (
    id              uuid PRIMARY KEY,
    sender          uuid NOT NULL REFERENCES users (id),
    grams           integer NOT NULL CHECK (grams > 0),
    recipient       bytea NOT NULL,
    recipient_email bytea NOT NULL,
    label           text,
    status          text NOT NULL DEFAULT 'booked',
    booked_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX parcels_sender_booked_at ON parcels (sender, booked_at DESC);

CREATE TABLE events (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parcel uuid NOT NULL REFERENCES parcels (id) ON DELETE CASCADE,
    status text NOT NULL,
    at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_parcel_at ON events (parcel, at);
