extension KeyTable {
    static let cdc: [KeySpecification] = [
        .init(
            "cdc.host", .text, .required,
            "Host name or address of PostgreSQL, or the directory of its Unix socket."),
        .init("cdc.port", .integer(1...65535), .value("5432"), "Port of PostgreSQL."),
        .init("cdc.username", .text, .required, "Role to log in as; it needs the REPLICATION attribute."),
        .init(
            "cdc.password", .text, .absent("libpq's own sources: PGPASSWORD, .pgpass, certificates"),
            "Password of the role; better ${CDC_PASSWORD} or passwordFile than the text itself.", isSecret: true),
        .init(
            "cdc.passwordFile", .text, .absent("no file is read"),
            "File with the password; a relative path is looked up in $CREDENTIALS_DIRECTORY, then beside this file."),
        .init("cdc.database", .text, .required, "Database whose changes are streamed."),
        .init(
            "cdc.pipeline", .text, .absent("database and slot tell the pipelines of one server apart"),
            "Name of the pipeline in the key of its position, for servers that share a state topic."),
        .init(
            "cdc.debugMode", .boolean, .value("false"), "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: there is no pprof endpoint here; use cdc.logger.level: debug", except: "false"),
        .init(
            "cdc.sslMode",
            .choice(ChoiceSet(["disable", "allow", "prefer", "require", "verify-ca", "verify-full"])),
            .absent("libpq's default, prefer"), "TLS towards PostgreSQL, as libpq's sslmode."),
        .init(
            "cdc.sslRootCert", .text, .absent("libpq's default, ~/.postgresql/root.crt"),
            "File with the certificate authority that signs the server, as libpq's sslrootcert."),
        .init(
            "cdc.sslCert", .text, .absent("libpq's default, ~/.postgresql/postgresql.crt"),
            "File with the client certificate, as libpq's sslcert."),
        .init(
            "cdc.sslKey", .text, .absent("libpq's default, ~/.postgresql/postgresql.key"),
            "File with the client's private key, as libpq's sslkey."),
        .init("cdc.slot.name", .text, .requiredToStream, "Name of the logical replication slot."),
        .init(
            "cdc.slot.createIfNotExists", .boolean, .value("false"),
            "Whether run creates the slot when it is missing."),
        .init(
            "cdc.slot.slotActivityCheckerInterval",
            .duration(.milliseconds(100) ... .seconds(3600), bareUnit: "ms"), .value("1000ms"),
            "How often a passive instance looks whether the slot is free; a bare number is milliseconds."),
        .init(
            "cdc.slot.onGap", .choice(ChoiceSet(SlotSettings.GapAction.allCases.map(\.rawValue))), .value("stop"),
            "When slot and server do not fit the position in Kafka: stop, or accept and go on where the slot stands."),
        .init(
            "cdc.slot.protoVersion", .integer(1...4), .value("1"), "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: the version of pgoutput's protocol is chosen to suit the server; remove it",
            except: "1"),
        .init(
            "cdc.metric.port", .integer(0...65535), .value("8080"),
            "Port of /metrics, /healthz, /readyz and /status; 0 switches them off."),
        .init(
            "cdc.logger.level", .choice(logLevels), .value("info"), "How much is logged: debug, info, warn or error."),
        .init("cdc.logger.logLevel", .choice(logLevels), .absent("cdc.logger.level holds"), "Another name of level."),
        .init(
            "cdc.logger.format", .choice(ChoiceSet(LoggerSettings.Format.allCases.map(\.rawValue))),
            .value("logfmt"), "The form of the log on stderr: logfmt or json."),
        .init(
            "cdc.logger.logger", .anything, .absent("logs go to stderr"), "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: logs go to stderr; use cdc.logger.format"),
        .init(
            "cdc.heartbeat.interval", .duration(.milliseconds(10) ... .seconds(3600)),
            .absent("no heartbeat is written"),
            "How often a message is written to the WAL (pg_logical_emit_message), so that an idle slot moves."),
        .init(
            "cdc.heartbeat.table", .anything, .absent("no table is written to"),
            "Accepted from go-pq-cdc-kafka files.",
            caution:
                "is not written to: a heartbeat is a message in the WAL, without a table; where interval is not given, one comes every 100ms"
        ),
        .init(
            "cdc.extensionSupport", .anything, .absent("no extension is special"),
            "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: name the hypertable's chunks in mapping.tables, or publish them via their root"),
    ]

    static let publication: [KeySpecification] = [
        .init("cdc.publication.name", .text, .requiredToStream, "Name of the publication."),
        .init(
            "cdc.publication.createIfNotExists", .boolean, .value("false"),
            "Whether run creates the publication when it is missing."),
        .init(
            "cdc.publication.operations",
            .choiceList(ChoiceSet(PublicationSettings.Operation.allCases.map(\.rawValue), ignoresCase: true)),
            .absent("an existing publication is left as it is, a new one publishes insert, update and delete"),
            "Operations that the publication sends: insert, update, delete, truncate."),
        .init(
            "cdc.publication.generatedColumns",
            .choice(ChoiceSet(PublicationSettings.GeneratedColumns.allCases.map(\.rawValue))),
            .absent("an existing publication is left as it is, a new one sends none"),
            "Generated columns that the publication sends without a column list: none or stored; from PostgreSQL 18 on."
        ),
        .init("cdc.publication.tables[].name", .text, .required, "Name of a published table."),
        .init("cdc.publication.tables[].schema", .text, .value("public"), "Schema of the table."),
        .init(
            "cdc.publication.tables[].replicaIdentity",
            .choice(ChoiceSet(["FULL", "DEFAULT", "NOTHING", "USING INDEX"], ignoresCase: true)),
            .absent("left as it is"),
            "What setup makes the replica identity: FULL, DEFAULT, NOTHING or USING INDEX."),
        .init(
            "cdc.publication.tables[].replicaIdentityIndex", .text, .absent("no index"),
            "The index of USING INDEX."),
        .init(
            "cdc.publication.tables[].columns", .textList, .absent("all columns"),
            "Column list of the publication."),
        .init(
            "cdc.publication.tables[].partitioned", .boolean, .value("false"),
            "Whether the table is partitioned, so that its changes are published via the root."),
        .init(
            "cdc.publication.tables[].snapshotPartitionStrategy", .anything,
            .absent("tables are read by ranges of pages"), "Accepted from go-pq-cdc-kafka files.",
            caution: strategyCaution),
        .init(
            "cdc.publication.tables[].queryCondition", .text, .absent("cdc.snapshot.queryCondition holds"),
            "SQL that a row of the table must meet to be read by a snapshot; changes are not concerned."),
    ]

    private static let logLevels = ChoiceSet(LoggerSettings.Level.allCases.map(\.rawValue), ignoresCase: true)
}
