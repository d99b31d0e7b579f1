extension KeyTable {
    static let snapshot: [KeySpecification] = [
        .init(
            "cdc.snapshot.mode", .choice(ChoiceSet(SnapshotSettings.Mode.allCases.map(\.rawValue))), .value("never"),
            "Which rows that were there before are sent: never any, initial ones before streaming, or snapshot_only."),
        .init("cdc.snapshot.tables[].name", .text, .required, "Name of a table to take a snapshot of."),
        .init("cdc.snapshot.tables[].schema", .text, .value("public"), "Schema of that table."),
        .init(
            "cdc.snapshot.tables[].queryCondition", .text, .absent("cdc.snapshot.queryCondition holds"),
            "SQL that a row of that table must meet to be read."),
        .init(
            "cdc.snapshot.tables[].replicaIdentity", .anything, .absent("left as it is"),
            "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: a replica identity stands in cdc.publication.tables"),
        .init(
            "cdc.snapshot.tables[].snapshotPartitionStrategy", .anything, .absent("tables are read by ranges of pages"),
            "Accepted from go-pq-cdc-kafka files.", caution: strategyCaution),
        .init(
            "cdc.snapshot.tables[].replicaIdentityIndex", .anything, .absent("left as it is"),
            "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: a replica identity stands in cdc.publication.tables"),
        .init(
            "cdc.snapshot.tables[].columns", .anything, .absent("what the publication sends of the table"),
            "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: name the columns in cdc.publication.tables, or in columns of mapping.tables"),
        .init(
            "cdc.snapshot.tables[].partitioned", .anything, .absent("the server knows it"),
            "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: the partitions of a table are found by themselves; remove it"),
        .init(
            "cdc.snapshot.queryCondition", .text, .absent("all rows are read"),
            "SQL that a row must meet to be read, for tables without one of their own."),
        .init(
            "cdc.snapshot.chunkSize", .integer(1...100_000_000), .value("8000"),
            "How many rows are read by one statement and done together, estimated; fewer where they are large."),
        .init(
            "cdc.snapshot.parallelism", .integer(1...64), .value("2"), "How many connections read at the same time."),
        .init(
            "cdc.snapshot.maxRate", .byteRate((1 << 10)...(1 << 40)), .absent("as fast as both sides allow"),
            "How many bytes of rows a second may be read, by all connections together."),
        .init(
            "cdc.snapshot.maxTransactionDuration", .duration(.seconds(1) ... .seconds(7 * 86400)), .value("1h"),
            "How long one transaction may hold vacuum back before the rest is read from another snapshot."),
        .init(
            "cdc.snapshot.onDemand",
            .choice(
                ChoiceSet(
                    SnapshotSettings.OnDemand.allCases.map(\.rawValue), synonyms: ["false": "off"],
                    advice: ["true": "write signed, with requestSecretFile beside it; anyone is what true has meant"])),
            .value("off"),
            "Whose requests for snapshots are followed, written to the WAL: off, signed ones, or those of anyone."),
        .init(
            "cdc.snapshot.requestSecret", .text, .absent("no request can be signed"),
            "What requests are signed with; better ${REQUEST_SECRET} or requestSecretFile than the text itself.",
            isSecret: true),
        .init(
            "cdc.snapshot.requestSecretFile", .text, .absent("no file is read"),
            "File with the secret that requests are signed with; found as cdc.passwordFile is."),
        .init(
            "cdc.snapshot.enabled", .boolean, .absent("cdc.snapshot.mode alone decides"),
            "Accepted from go-pq-cdc-kafka files; false is mode: never."),
        .init(
            "cdc.snapshot.claimTimeout", .anything, .absent("nothing is claimed"),
            "Accepted from go-pq-cdc-kafka files.", caution: instanceCaution),
        .init(
            "cdc.snapshot.heartbeatInterval", .anything, .absent("nothing is claimed"),
            "Accepted from go-pq-cdc-kafka files.", caution: instanceCaution),
        .init(
            "cdc.snapshot.instanceId", .anything, .absent("nothing is claimed"),
            "Accepted from go-pq-cdc-kafka files.", caution: instanceCaution),
        .init(
            "cdc.snapshot.id", .anything, .absent("a snapshot is known by its slot"),
            "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: a snapshot's progress is kept in kafka.stateTopic, under the slot; remove it"),
        .init(
            "cdc.snapshot.resnapshot", .boolean, .value("false"), "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: rows are read again on demand, by the command snapshot; remove it",
            except: "false"),
    ]

    static let strategyCaution =
        "has no effect: tables are read by ranges of pages, which needs no key and no counting; remove it"
    private static let instanceCaution =
        "has no effect: whoever holds the slot takes the snapshot, with cdc.snapshot.parallelism; remove it"
}
