-- Roles and database, made once by a superuser:
--   OWNER_PASSWORD=… APP_PASSWORD=… PLAN_PASSWORD=… AUDIT_PASSWORD=… psql -v ON_ERROR_STOP=1 -f docs/roles.sql
-- owner migrates, app serves, plan only reads (compiled reads), audit only adds. None is a superuser.
\set owner_password `printf %s "$OWNER_PASSWORD"`
\set app_password `printf %s "$APP_PASSWORD"`
\set plan_password `printf %s "$PLAN_PASSWORD"`
\set audit_password `printf %s "$AUDIT_PASSWORD"`

CREATE ROLE owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
CREATE ROLE plan LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'plan_password';
CREATE ROLE audit LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'audit_password';

-- C.UTF-8: with plain C the text search and pg_trgm ignore Chinese
CREATE DATABASE banshi OWNER owner ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE CONNECT, TEMPORARY ON DATABASE banshi FROM PUBLIC;
GRANT CONNECT ON DATABASE banshi TO app, plan, audit;
