-- The service works as parcel_app; migrations run as parcel_owner, which owns the tables.
CREATE ROLE parcel_app LOGIN;
GRANT USAGE ON SCHEMA public TO parcel_app;
GRANT SELECT, INSERT, UPDATE ON users TO parcel_app;
GRANT SELECT, INSERT, DELETE ON refresh_tokens TO parcel_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON parcels TO parcel_app;
GRANT SELECT, INSERT ON events TO parcel_app;
