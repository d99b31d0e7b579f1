SELECT pg_logical_emit_message(false, 'outside', 'now');
BEGIN;
SELECT pg_logical_emit_message(true, 'inside', 'grün');
SELECT pg_logical_emit_message(true, 'bytes', '\x00ff00'::bytea);
SELECT pg_logical_emit_message(true, '', '');
COMMIT;
