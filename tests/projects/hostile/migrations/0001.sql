-- CREATE EXTENSION pg_stat_statements;
CREATE TABLE users (id int PRIMARY KEY, email text, phone text, password text);
CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users (id));
-- CREATE INDEX ON orders (user_id);
GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA public TO PUBLIC;
