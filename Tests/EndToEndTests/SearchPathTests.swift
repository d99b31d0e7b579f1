import Foundation
import TestSupport
import Testing

/// Functions, operators, types and relations that others put in a schema are never taken for the built-in ones, whoever
/// runs a command (CVE-2018-1058).
@Suite(.serialized) struct SearchPathTests {
    /// Everything in our SQL that stands before a parenthesis or behind FROM, JOIN and `::`, found in the sources, so that
    /// what is added tomorrow is covered too.
    private static func namesInSources() throws -> Set<String> {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources")
        var names: Set<String> = []
        for module in ["Postgres", "pqcdc-kafka"] {
            let files = FileManager.default.enumerator(
                at: root.appendingPathComponent(module), includingPropertiesForKeys: nil)
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift" else { continue }
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /[a-z_][a-z0-9_]{2,}/) { names.insert(String(match.output)) }
            }
        }
        return names
    }

    /// Puts traps for all that `names` and the operators mean in the catalog into the schema `trap`, and has it searched first.
    private static func plant(_ names: Set<String>, in scene: Scene) throws {
        let list = names.sorted().map { "'\($0)'" }.joined(separator: ",")
        try scene.sql.execute(
            """
            CREATE SCHEMA trap; GRANT USAGE ON SCHEMA trap TO PUBLIC;
            DO $do$
            DECLARE f record; count int := 0;
                body text := 'BEGIN RAISE LOG ''TRAPPED % by %'', TG, session_user; RETURN NULL; END';
            BEGIN
                FOR f IN SELECT DISTINCT p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid) AS args,
                        pg_catalog.pg_get_function_result(p.oid) AS result
                    FROM pg_proc p
                    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname IN (\(list)) AND p.prokind IN ('f', 'a')
                        AND p.prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
                        AND NOT 'internal'::regtype = ANY (p.proargtypes::oid[])
                        AND p.prosrc NOT LIKE '%handler%'
                LOOP
                    BEGIN
                        EXECUTE format('CREATE FUNCTION trap.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', f.proname, f.args,
                            f.result, replace(body, 'TG', quote_literal(f.proname)));
                        count := count + 1;
                    EXCEPTION WHEN OTHERS THEN
                        -- Pseudo-types that PL/pgSQL has none of.
                        NULL;
                    END;
                END LOOP;
                IF count < 20 THEN RAISE EXCEPTION 'only % traps', count; END IF;
                FOR f IN SELECT o.oprname, format_type(o.oprleft, NULL) AS l, format_type(o.oprright, NULL) AS r,
                        format_type(o.oprresult, NULL) AS result, o.oid
                    FROM pg_operator o
                    WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprkind = 'b'
                        AND o.oprname IN ('=', '<>', '<', '>', '<=', '>=', '+', '-', '/', '*', '||', '~~', '~')
                LOOP
                    BEGIN
                        EXECUTE format('CREATE FUNCTION trap.op%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS %L', f.oid, f.l, f.r,
                            f.result, replace(body, 'TG', quote_literal(f.oprname)));
                        EXECUTE format('CREATE OPERATOR trap.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = trap.op%s)', f.oprname,
                            f.l, f.r, f.oid);
                    EXCEPTION WHEN OTHERS THEN
                        NULL;
                    END;
                END LOOP;
                -- Not in the catalog, and so preferred to what is.
                FOR f IN SELECT l, r, row_number() OVER () AS n
                    FROM unnest('{oid,regproc,regclass,regtype,name,text,int2,int4,int8}'::text[]) l,
                        unnest('{oid,regproc,regclass,regtype,name,text,int2,int4,int8}'::text[]) r
                LOOP
                    BEGIN
                        EXECUTE format('CREATE FUNCTION trap.eq%s(%s, %s) RETURNS bool LANGUAGE plpgsql AS %L', f.n, f.l, f.r,
                            replace(body, 'TG', quote_literal('= of ' || f.l)));
                        EXECUTE format('CREATE OPERATOR trap.= (LEFTARG = %s, RIGHTARG = %s, FUNCTION = trap.eq%s)', f.l, f.r, f.n);
                    EXCEPTION WHEN OTHERS THEN
                        NULL;
                    END;
                END LOOP;
                CREATE FUNCTION trap.unnest(int2vector) RETURNS SETOF int2 LANGUAGE plpgsql
                    AS 'BEGIN RAISE LOG ''TRAPPED unnest''; RETURN; END';
                CREATE FUNCTION trap.pg_relation_size(oid) RETURNS int8 LANGUAGE plpgsql
                    AS 'BEGIN RAISE LOG ''TRAPPED pg_relation_size''; RETURN 0; END';
                CREATE FUNCTION trap.seen() RETURNS bool LANGUAGE plpgsql
                    AS 'BEGIN RAISE LOG ''TRAPPED a relation''; RETURN true; END';
                FOR f IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'pg_catalog'::regnamespace
                        AND c.relkind IN ('r', 'v') AND c.relname IN (\(list)) AND c.relname <> 'pg_attribute'
                LOOP
                    EXECUTE format('CREATE VIEW trap.%I AS SELECT * FROM pg_catalog.%I WHERE trap.seen()', f.relname, f.relname);
                    EXECUTE format('GRANT SELECT ON trap.%I TO PUBLIC', f.relname);
                END LOOP;
            END $do$;
            """)
        for target in ["ROLE \(scene.role)", "DATABASE \(scene.database)"] {
            try scene.sql.execute("ALTER \(target) SET search_path = trap, public, pg_catalog")
        }
    }

    private static func isTrap(_ line: String) -> Bool { line.contains("TRAPPED") }

    @Test func noTrapIsSprungByAnyCommand() throws {
        let server = try PostgresServer()
        try server.start()
        let scene = try Scene(
            """
            CREATE TABLE users (id int PRIMARY KEY, name text);
            CREATE TABLE parts (id int, at date, body text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
            CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2030-01-01');
            INSERT INTO users VALUES (1, 'a'); INSERT INTO parts VALUES (1, '2025-01-01', repeat('x', 10))
            """,
            rules: ["users": "{key: [id], unchangedToast: reselect}", "parts": "{}"], publishing: nil, server: server)
        try scene.sql.execute("GRANT SELECT ON users, parts, parts_a TO \(scene.role)")
        try Self.plant(try Self.namesInSources(), in: scene)
        // They work: this is what happens to a session that looks for names as the database has it.
        let victim = try scene.session()
        for (statement, trap) in [
            ("SELECT current_setting('work_mem')", "current_setting"), ("SELECT FROM pg_class", "a relation"),
            ("SELECT 1 WHERE 'a'::name = 'b'::name", "="),
        ] {
            let before = server.log.count
            _ = try? victim.query(statement)
            try eventually(within: .seconds(10), "the trap \(trap)") {
                server.log[before...].contains { $0.contains("TRAPPED \(trap)") }
            }
        }
        let start = server.log.count

        let file = scene.configuration(
            cdc: ["snapshot: {mode: initial}", "heartbeat: {interval: 1s}"],
            kafka: ["stateTopic: \(UniqueName.next("state"))"],
            mapping: ["primaryKeyAsKey: true"].filter { _ in false })
        for arguments in [["setup", "--dry-run"], ["setup"]] {
            let result = try scene.command(arguments, file, environment: scene.asSuperuser)
            #expect(result.status == .exited(0), "\(arguments): \(result.errors)")
        }
        _ = try scene.command(["validate", "--online", "--explain"], file)
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO public.users VALUES (2, 'b')")
        _ = try scene.command(["snapshot", "--table", "public.users"], file)
        _ = try scene.command(["status"], file)
        try scene.waitUntilConfirmed(scene.session().value("SELECT pg_catalog.pg_current_wal_insert_lsn()") ?? "")
        _ = try scene.command(["validate", "--online"], file)
        try daemon.stop()
        let drop = try scene.command(["setup", "--drop", "--yes"], file, environment: scene.asSuperuser)
        #expect(drop.status == .exited(0), "\(drop.errors)")
        let sprung = server.log[start...].filter(Self.isTrap)
        // The test's own sessions look where the database has them look.
        #expect(sprung.isEmpty, "\(sprung.prefix(5))")
    }
}
