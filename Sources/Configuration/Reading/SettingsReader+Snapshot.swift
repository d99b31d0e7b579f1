import RowMapping

/// The `cdc.snapshot` section.
extension SettingsReader {
    /// - Parameter published: the conditions of `cdc.publication.tables`.
    func snapshot(published: [TableName: String]) -> SnapshotSettings {
        let snapshot = file.section("cdc").section("snapshot")
        check(snapshot, "queryCondition", SQLCondition.problem)
        var conditions = published
        var tables: [TableName] = []
        var lines: [TableName: Int] = [:]
        for section in snapshot.sections("tables") {
            check(section, "name", IdentifierText.problem)
            check(section, "schema", IdentifierText.problem)
            check(section, "queryCondition", SQLCondition.problem)
            let table = TableName(schema: section.requiredText("schema"), name: section.requiredText("name"))
            if let first = lines.updateValue(section.position.line, forKey: table) {
                collector.error(
                    "\(section.path) is a table that is already listed on line \(first)",
                    at: section.position(of: "name"))
            }
            if let condition = section.text("queryCondition") { conditions[table] = condition }
            tables.append(table)
        }
        return SnapshotSettings(
            mode: mode(snapshot), tables: tables, queryCondition: snapshot.text("queryCondition"),
            tableConditions: conditions, chunkSize: snapshot.integer("chunkSize"),
            parallelism: snapshot.integer("parallelism"), maxRate: snapshot.givenByteSize("maxRate"),
            maxTransactionDuration: snapshot.duration("maxTransactionDuration"), onDemand: onDemand(snapshot),
            requestSecret: requestSecret(snapshot))
    }

    private func onDemand(_ snapshot: CheckedSection) -> SnapshotSettings.OnDemand {
        snapshot.choice("onDemand", as: SnapshotSettings.OnDemand.self) ?? .off
    }

    /// `requestSecret`, or what `requestSecretFile` holds.
    private func requestSecret(_ snapshot: CheckedSection) -> Secret? {
        let secret = secret(in: snapshot, text: "requestSecret", file: "requestSecretFile")
        let isGiven = snapshot.has("requestSecret") || snapshot.has("requestSecretFile")
        let isSigned = onDemand(snapshot) == .signed
        let key = snapshot.has("requestSecret") ? "requestSecret" : "requestSecretFile"
        if let secret, secret.reveal().utf8.count < Self.shortestSecret {
            collector.error(
                "\(snapshot.path(of: key)) must have \(Self.shortestSecret) bytes or more",
                at: snapshot.position(of: key), note: "openssl rand -hex 32 makes one")
        }
        if isSigned, !isGiven {
            collector.error(
                "cdc.snapshot.onDemand: signed needs a secret that requests are signed with",
                at: snapshot.position(of: "onDemand"), note: "give cdc.snapshot.requestSecretFile")
        } else if !isSigned, isGiven {
            collector.warning(
                "\(snapshot.path(of: key)) has no effect without cdc.snapshot.onDemand: signed",
                at: snapshot.position(of: key), note: "set onDemand: signed, or remove it")
        }
        return secret
    }

    /// A shorter one could be found by trying: whoever reads the WAL has a signature to compare with.
    private static let shortestSecret = 16

    private func mode(_ snapshot: CheckedSection) -> SnapshotSettings.Mode {
        if snapshot.givenBoolean("enabled") == false { return .never }
        return snapshot.choice("mode", as: SnapshotSettings.Mode.self) ?? .never
    }

    /// What is wrong with a snapshot when it is seen together with other sections.
    func checkSnapshot(_ mapping: MappingRules) {
        let cdc = file.section("cdc")
        let snapshot = cdc.section("snapshot")
        let mode = mode(snapshot)
        if snapshot.givenBoolean("enabled") == false, snapshot.has("mode"), snapshot.text("mode") != "never" {
            collector.warning(
                "cdc.snapshot.mode has no effect with cdc.snapshot.enabled: false",
                at: snapshot.position(of: "enabled"), note: "remove one of the two")
        }
        if mode == .snapshotOnly, snapshot.has("maxTransactionDuration") {
            collector.warning(
                "cdc.snapshot.maxTransactionDuration ends no transaction with mode: snapshot_only",
                at: snapshot.position(of: "maxTransactionDuration"),
                note: "all tables are read as of one moment; when it is over, the log names those that are not done")
        }
        if mode != .never, stateTopic == nil {
            collector.error(
                "cdc.snapshot.mode: \(mode.rawValue) needs a state topic", at: snapshot.position(of: "mode"),
                note: "its progress is kept there, so that it is neither taken twice nor lost; "
                    + "remove kafka.stateTopic: none")
        }
        if mode == .snapshotOnly, snapshot.sections("tables").isEmpty, mapping.tables.isEmpty {
            collector.error(
                "cdc.snapshot.mode: snapshot_only has no table", at: snapshot.position(of: "mode"),
                note: "name them in cdc.snapshot.tables, or by their full names in mapping.tables")
        }
        for section in snapshot.sections("tables") {
            let table = TableName(schema: section.requiredText("schema"), name: section.requiredText("name"))
            guard !table.name.isEmpty, mapping.rule(for: table) == nil else { continue }
            collector.error(
                "\(section.path) is table \(KeyChecker.quoted(table.description)), which is not mapped",
                at: section.position(of: "name"), note: "give it a rule in mapping.tables")
        }
    }
}
