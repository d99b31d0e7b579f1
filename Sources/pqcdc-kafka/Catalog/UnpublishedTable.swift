import Configuration
import Postgres
import RowMapping

/// A mapped table, or a pattern, whose changes do not arrive, or not all of them, because the publication does not send
/// them.
struct UnpublishedTable: Hashable, Sendable, CustomStringConvertible {
    enum Reason: Hashable, Sendable {
        case missing
        case absent
        /// Its partitions are sent under their own names.
        case sentAsPartitions
        /// It is a partition, and sent under the name of its root.
        case sentAsRoot(RelationName)
        case notLogged
        case noTable
        /// Partitions that are unlogged, or foreign tables.
        case unsentPartitions([RelationName])
        case operations([PublicationState.Operation])
        /// No published table's name matches the pattern.
        case matchesNothing
        /// There is no publication at all, whose name stands for the tables.
        case noPublication
    }

    /// `schema.name`, or the pattern as the file has it.
    let name: String
    /// nil for a pattern.
    let relation: RelationName?
    let reason: Reason
    let publication: String

    var description: String {
        switch reason {
        case .missing: "table \"\(name)\" does not exist"
        case .absent: "table \"\(name)\" is not in publication \"\(publication)\": its changes never arrive"
        case .sentAsPartitions:
            "table \"\(name)\" is partitioned, and publication \"\(publication)\" sends its changes under the partitions' "
                + "names"
        case .sentAsRoot(let root):
            "table \"\(name)\" is a partition, and publication \"\(publication)\" sends its changes as \"\(root)\""
        case .notLogged: "table \"\(name)\" is unlogged or temporary: its changes are not in the WAL"
        case .noTable: "\"\(name)\" is not a table, and only tables can be published"
        case .unsentPartitions(let leaves):
            "changes of \(leaves.map { "\"\($0)\"" }.joined(separator: ", ")) of table \"\(name)\" are not in the WAL: "
                + "unlogged, or a foreign table"
        case .operations(let operations):
            "publication \"\(publication)\" does not send \(operations.map(\.rawValue).joined(separator: ", ")) of table "
                + "\"\(name)\""
        case .matchesNothing: "\"\(name)\" names no table of publication \"\(publication)\""
        case .noPublication: "publication \"\(publication)\" does not exist any more: no change arrives"
        }
    }

    /// The SQL, or the change of the file, that mends it.
    ///
    /// - Parameter state: the publication's; nil where there is none.
    func remedy(_ state: PublicationState?, _ quoting: SQLQuoting) -> String {
        let alter = "ALTER PUBLICATION \(quoting.identifier(publication))"
        let table = relation.map(quoting.relation) ?? "…"
        return switch reason {
        case .missing: "create it, or remove it from the configuration (names are case-sensitive: \\dt *.*)"
        case .absent: "\(alter) ADD TABLE \(table);"
        case .sentAsPartitions: "\(alter) SET (publish_via_partition_root = true);\nor map the partitions instead"
        case .sentAsRoot(let root):
            "map \"\(root)\" instead, or: \(alter) SET (publish_via_partition_root = false);"
        case .notLogged: "ALTER TABLE \(table) SET LOGGED;"
        case .noTable: "map the tables that it is made of"
        case .unsentPartitions(let leaves):
            leaves.map { "ALTER TABLE \(quoting.relation($0)) SET LOGGED;" }.joined(separator: "\n")
        case .operations(let operations):
            "\(alter) SET (publish = \(quoting.literal(Self.list((state?.operations ?? []).union(operations)))));\n"
                + "or say in cdc.publication.operations which are wanted"
        case .matchesNothing:
            "\(alter) ADD TABLE …; or correct the pattern (names are case-sensitive: \\dt *.*)"
        case .noPublication: "pqcdc-kafka setup --config FILE; changes made before are not sent"
        }
    }

    private static func list(_ operations: Set<PublicationState.Operation>) -> String {
        PublicationState.Operation.allCases.filter(operations.contains).map(\.rawValue).joined(separator: ", ")
    }
}

extension UnpublishedTable {
    /// What of the mapping the publication does not send: asked by `validate --online`, and by `run` once a minute. Pure.
    ///
    /// - Parameter facts: of the tables that the mapping names, as far as they exist.
    static func find(
        _ rules: MappingRules, wanted: Set<PublicationState.Operation>, _ publication: PublicationState,
        facts: [RelationName: RelationFacts]
    ) -> [UnpublishedTable] {
        let published = Set(publication.published.map { TableName($0.relation) })
        func entry(_ name: TableName, _ reason: Reason) -> UnpublishedTable {
            UnpublishedTable(
                name: "\(name)", relation: RelationName(name), reason: reason, publication: publication.name)
        }
        var found: [UnpublishedTable] = []
        for name in rules.tables.keys.sorted() where !published.contains(name) {
            found.append(entry(name, reason(facts[RelationName(name)], RelationName(name), publication)))
        }
        for name in published.sorted() {
            guard let rule = rules.rule(for: name) else { continue }
            if let leaves = facts[RelationName(name)]?.unsentPartitions, !leaves.isEmpty {
                found.append(entry(name, .unsentPartitions(leaves)))
            }
            let lacking = rule.operations(wanted: wanted).subtracting(publication.operations)
            if !lacking.isEmpty {
                found.append(
                    entry(name, .operations(PublicationState.Operation.allCases.filter(lacking.contains))))
            }
        }
        for pattern in rules.patterns.map(\.pattern) where !published.contains(where: pattern.matches) {
            found.append(
                UnpublishedTable(
                    name: "\(pattern)", relation: nil, reason: .matchesNothing, publication: publication.name))
        }
        return found
    }

    /// Why a table that is mapped is not among those whose changes are sent under their own names.
    private static func reason(
        _ facts: RelationFacts?, _ name: RelationName, _ publication: PublicationState
    ) -> Reason {
        guard let facts else { return .missing }
        if !facts.isPermanent { return .notLogged }
        switch facts.kind {
        case .view, .materializedView, .foreignTable, .other: return .noTable
        case .partitionedTable where !publication.viaRoot && publication.sendsPartitions(of: name, facts):
            return .sentAsPartitions
        case .table, .partitionedTable: break
        }
        if let root = facts.partitionRoot, publication.viaRoot, publication.published(root) != nil {
            return .sentAsRoot(root)
        }
        return .absent
    }
}

extension TableRule {
    /// The operations that are to become records.
    ///
    /// - Parameter wanted: `cdc.publication.operations`; empty where the file states none.
    fileprivate func operations(wanted: Set<PublicationState.Operation>) -> Set<PublicationState.Operation> {
        var operations: Set<PublicationState.Operation> = [.insert]
        if !isOutbox {
            operations.insert(.update)
            if onDelete != .skip { operations.insert(.delete) }
        }
        if !wanted.isEmpty { operations.formIntersection(wanted) }
        if onTruncate == .record { operations.insert(.truncate) }
        return operations
    }
}

extension PublicationState {
    /// Whether a partitioned table that is not published under its own name is a member, so that its partitions are.
    fileprivate func sendsPartitions(of name: RelationName, _ facts: RelationFacts) -> Bool {
        allTables || schemas.contains(name.schema) || members.contains { $0.relation == name }
            || facts.partitions.contains { published($0) != nil }
    }
}
