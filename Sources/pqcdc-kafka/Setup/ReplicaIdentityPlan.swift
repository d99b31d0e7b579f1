import Configuration
import Postgres

/// `replicaIdentity` of `publication.tables`.
enum ReplicaIdentityPlan {
    static func make(_ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting) -> SetupPart {
        var part = SetupPart()
        for configured in settings.cdc.publication.tables {
            guard let wanted = configured.replicaIdentity.map({ ReplicaIdentity($0) }),
                let table = state.tables[RelationName(configured.table)]
            else { continue }
            if table.replicaIdentity != wanted {
                part.steps.append(alter(table.relation, from: table.replicaIdentity, to: wanted, quoting))
            }
            // ALTER TABLE does not pass a replica identity on to partitions, and theirs is what counts.
            if case .index = wanted, !table.partitions.isEmpty {
                part.notes.append(
                    "the partitions of \"\(table.relation)\" keep their replica identities, since each has its own "
                        + "index: set them by hand")
                continue
            }
            for partition in table.partitions where partition.replicaIdentity != wanted {
                part.steps.append(alter(partition.relation, from: partition.replicaIdentity, to: wanted, quoting))
            }
            if !table.partitions.isEmpty, wanted != .default {
                part.notes.append(
                    "a partition that is added to \"\(table.relation)\" later starts with REPLICA IDENTITY DEFAULT: "
                        + "run setup again then")
            }
        }
        return part
    }

    private static func alter(
        _ relation: RelationName, from present: ReplicaIdentity, to wanted: ReplicaIdentity, _ quoting: SQLQuoting
    ) -> SetupStep {
        let table = "ALTER TABLE \(quoting.relation(relation)) "
        return SetupStep(
            "set the replica identity of table \"\(relation)\"", table + wanted.clause(quoting),
            undo: table + present.clause(quoting))
    }
}
