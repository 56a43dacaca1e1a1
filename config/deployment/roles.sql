-- The two roles and the database of a deployment: run with psql as a superuser.
--
-- `windfall` owns the tables: migrations, and the partitions of coming years that background work
-- creates, need their owner. `windfall_web`, for the web server, reads and writes rows and nothing
-- else: it cannot drop a table, nor switch off the triggers that keep corrections append-only.
\set ON_ERROR_STOP on

-- A server on which a backup is restored may have them.
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY['windfall', 'windfall_web']) AS name
WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec
CREATE DATABASE windfall OWNER windfall TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE windfall FROM PUBLIC;
-- Corrections are laid over a day by way of a temporary table.
GRANT CONNECT, TEMPORARY ON DATABASE windfall TO windfall_web;

\connect windfall
GRANT USAGE ON SCHEMA public TO windfall_web;
-- Of every table and sequence that windfall will create here, by migrations too.
ALTER DEFAULT PRIVILEGES FOR ROLE windfall IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO windfall_web;
ALTER DEFAULT PRIVILEGES FOR ROLE windfall IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO windfall_web;
