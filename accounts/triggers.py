"""The access trail is append-only: on PostgreSQL, triggers refuse to change or delete its rows."""

CREATE = """
CREATE FUNCTION access_trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access trail is append-only';
END $$;
CREATE TRIGGER access_trail_is_append_only BEFORE UPDATE OR DELETE ON accounts_accessevent
    FOR EACH ROW EXECUTE FUNCTION access_trail_is_append_only();
CREATE TRIGGER access_trail_is_never_emptied BEFORE TRUNCATE ON accounts_accessevent
    FOR EACH STATEMENT EXECUTE FUNCTION access_trail_is_append_only();
"""
DROP = """
DROP TRIGGER access_trail_is_never_emptied ON accounts_accessevent;
DROP TRIGGER access_trail_is_append_only ON accounts_accessevent;
DROP FUNCTION access_trail_is_append_only();
"""


def create(apps, schema_editor):
    """For RunPython: make the triggers, if the database is PostgreSQL."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop(apps, schema_editor):
    """For RunPython: remove the triggers."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)
