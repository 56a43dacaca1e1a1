#!/bin/sh
# Run by PostgreSQL's image after roles.sql, once, in an empty database.
set -eu
: "${WINDFALL_PASSWORD:?}" "${WINDFALL_WEB_PASSWORD:?}"
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
    --set owner="$WINDFALL_PASSWORD" --set web="$WINDFALL_WEB_PASSWORD" \
    --username "${POSTGRES_USER:-postgres}" --dbname windfall <<'SQL'
ALTER ROLE windfall PASSWORD :'owner';
ALTER ROLE windfall_web PASSWORD :'web';
SQL
