import RowMapping

extension SettingsReader {
    /// The `cdc` section.
    func cdc() -> CDCSettings {
        let cdc = file.section("cdc")
        let publication = publication(cdc.section("publication"))
        check(cdc, "pipeline", IdentifierText.problem)
        checkTLSFiles(cdc)
        return CDCSettings(
            host: cdc.requiredText("host"), port: cdc.integer("port"), username: cdc.requiredText("username"),
            password: secret(in: cdc, text: "password", file: "passwordFile"),
            database: cdc.requiredText("database"), pipeline: cdc.text("pipeline"), debugMode: cdc.boolean("debugMode"),
            sslMode: cdc.text("sslMode"), sslRootCert: cdc.text("sslRootCert"), sslCert: cdc.text("sslCert"),
            sslKey: cdc.text("sslKey"), publication: publication,
            slot: slot(cdc.section("slot")),
            snapshot: snapshot(
                published: Dictionary(
                    publication.tables.compactMap { table in table.queryCondition.map { (table.table, $0) } },
                    uniquingKeysWith: { first, _ in first })),
            heartbeatInterval: heartbeatInterval(cdc.section("heartbeat")),
            metricPort: cdc.section("metric").integer("port"),
            logger: logger(cdc.section("logger")))
    }

    /// A file that names only a table has heartbeats there, so often.
    private func heartbeatInterval(_ heartbeat: CheckedSection) -> Duration? {
        heartbeat.givenDuration("interval") ?? (heartbeat.has("table") ? .milliseconds(100) : nil)
    }

    /// libpq would only say so, over and over, once it connects.
    private func checkTLSFiles(_ cdc: CheckedSection) {
        let mode = cdc.text("sslMode") ?? ""
        if machine == nil || mode == "disable" { return }
        for name in ["sslRootCert", "sslCert", "sslKey"] {
            // The system's authorities, and a key that an engine holds.
            guard let path = cdc.text(name), path != "system", !(name == "sslKey" && path.contains(":")) else {
                continue
            }
            // Without verify-… libpq does without a root certificate that is not there.
            if name == "sslRootCert", !mode.hasPrefix("verify"), SmallFile.obstacle(path) != nil {
                collector.warning(
                    "cdc.sslRootCert names a file that cannot be read, so the server's certificate is not checked",
                    at: cdc.position(of: name))
                continue
            }
            checkFile(path, "cdc.\(name)", at: cdc.position(of: name))
        }
    }

    private func slot(_ slot: CheckedSection) -> SlotSettings {
        check(slot, "name", IdentifierText.slotProblem)
        return SlotSettings(
            name: slot.requiredText("name"), createIfNotExists: slot.boolean("createIfNotExists"),
            activityCheckerInterval: slot.duration("slotActivityCheckerInterval"),
            onGap: slot.choice("onGap", as: SlotSettings.GapAction.self) ?? .stop)
    }

    private func logger(_ logger: CheckedSection) -> LoggerSettings {
        if logger.has("level"), let other = logger.entry("logLevel") {
            collector.error(
                "cdc.logger.level and cdc.logger.logLevel are both given", at: other.keyPosition,
                note: "they mean the same; remove logLevel")
        }
        let key = logger.has("logLevel") ? "logLevel" : "level"
        return LoggerSettings(
            level: logger.choice(key, as: LoggerSettings.Level.self) ?? .info,
            format: logger.choice("format", as: LoggerSettings.Format.self) ?? .logfmt)
    }

    private func publication(_ publication: CheckedSection) -> PublicationSettings {
        check(publication, "name", IdentifierText.problem)
        if let operations = publication.list("operations"), operations.isEmpty {
            collector.error(
                "cdc.publication.operations is empty", at: publication.position(of: "operations"),
                note: "name at least one of insert, update, delete, truncate")
        }
        var tables: [PublicationSettings.Table] = []
        var positions: [TableName: SourcePosition] = [:]
        for section in publication.sections("tables") {
            let table = publishedTable(section)
            if let first = positions.updateValue(section.position, forKey: table.table) {
                collector.error(
                    "\(section.path) is a table that is already listed on line \(first.line)",
                    at: section.position(of: "name"))
            }
            tables.append(table)
        }
        return PublicationSettings(
            name: publication.requiredText("name"), createIfNotExists: publication.boolean("createIfNotExists"),
            operations: Set(
                (publication.list("operations") ?? []).compactMap {
                    PublicationSettings.Operation(rawValue: $0.text)
                }),
            tables: tables,
            generatedColumns: publication.choice(
                "generatedColumns", as: PublicationSettings.GeneratedColumns.self))
    }

    private func publishedTable(_ table: CheckedSection) -> PublicationSettings.Table {
        check(table, "name", IdentifierText.problem)
        check(table, "schema", IdentifierText.problem)
        let name = table.requiredText("name")
        if name.contains("."), !table.has("schema") {
            collector.warning(
                "\(table.path(of: "name")) holds a dot and is taken as one name in schema public",
                at: table.position(of: "name"), note: "give the schema its own key: schema")
        }
        let identity = replicaIdentity(table)
        let columns = columns(table, "columns")
        check(table, "queryCondition", SQLCondition.problem)
        if identity == .full, !columns.isEmpty {
            collector.error(
                "\(table.path(of: "columns")) cannot stand with replicaIdentity FULL",
                at: table.position(of: "columns"),
                note: "PostgreSQL would refuse every UPDATE and DELETE of the table; use DEFAULT")
        }
        return PublicationSettings.Table(
            table: TableName(schema: table.requiredText("schema"), name: name), replicaIdentity: identity,
            columns: columns, partitioned: table.boolean("partitioned"),
            queryCondition: table.text("queryCondition"))
    }

    private func replicaIdentity(_ table: CheckedSection) -> PublicationSettings.ReplicaIdentity? {
        let name = table.text("replicaIdentity")
        let index = table.text("replicaIdentityIndex")
        if let entry = table.entry("replicaIdentityIndex"), name != "USING INDEX" {
            collector.error(
                "\(table.path(of: entry.name)) needs replicaIdentity: USING INDEX", at: entry.keyPosition)
        }
        switch name {
        case "FULL": return .full
        case "DEFAULT": return .default
        case "NOTHING": return .nothing
        case "USING INDEX":
            if !table.has("replicaIdentityIndex") {
                collector.error(
                    "\(table.path(of: "replicaIdentity")) USING INDEX needs replicaIdentityIndex",
                    at: table.position(of: "replicaIdentity"))
            }
            check(table, "replicaIdentityIndex", IdentifierText.problem)
            return .index(index ?? "")
        default: return nil
        }
    }

    /// A list of distinct column names that, if given, is not empty.
    func columns(_ section: CheckedSection, _ name: String) -> [String] {
        guard let items = section.list(name) else { return [] }
        if items.isEmpty {
            collector.error(
                "\(section.path(of: name)) is empty", at: section.position(of: name),
                note: "name at least one column, or remove the key")
        }
        var seen = Set<String>()
        for item in items {
            if let problem = IdentifierText.problem(item.text) {
                collector.error("\(section.path(of: name)) \(problem)", at: item.position)
            }
            if !seen.insert(item.text).inserted {
                collector.error(
                    "\(section.path(of: name)) names this column twice", at: item.position)
            }
        }
        return items.map(\.text)
    }

    /// Reports a text that its rule refuses; one that is missing has been reported.
    func check(_ section: CheckedSection, _ name: String, _ problem: (String) -> String?) {
        guard section.has(name), let text = section.text(name), let problem = problem(text) else { return }
        collector.error("\(section.path(of: name)) \(problem)", at: section.position(of: name))
    }
}
