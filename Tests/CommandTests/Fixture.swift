import Postgres
import ReplicationProtocol
import RowMapping

@testable import Configuration
@testable import pqcdc_kafka

/// A configuration and a database that agree; each test changes what its claim is about.
enum Fixture {
    static let users = TableName(schema: "public", name: "users")

    static func settings(
        tables: [PublicationSettings.Table] = [], operations: Set<PublicationSettings.Operation> = [],
        mapping: [TableName: TableRule] = [users: TableRule(topic: "users.0", key: ["id"])],
        patterns: [PatternRule] = [], unmapped: UnmappedAction = .skip,
        snapshot: SnapshotSettings = SnapshotSettings()
    ) -> Settings {
        let publication = PublicationSettings(
            name: "pub", createIfNotExists: false, operations: operations, tables: tables)
        let cdc = CDCSettings(
            host: "localhost", port: 5432, username: "cdc_user", password: Secret("hush"), database: "db",
            debugMode: false, publication: publication,
            slot: SlotSettings(
                name: "slot", createIfNotExists: false, activityCheckerInterval: .seconds(3), onGap: .stop),
            snapshot: snapshot,
            metricPort: 0, logger: LoggerSettings(level: .info, format: .logfmt))
        let kafka = KafkaSettings(
            brokers: ["broker:9092"], clientID: "pqcdc-kafka", producerBatchSize: 2000, producerBatchBytes: 1 << 20,
            producerBatchTickerDuration: .milliseconds(200), compression: .none, allowAutoTopicCreation: true,
            partitioner: "murmur2_random", delivery: .atLeastOnce, stateTopic: "pqcdc-state",
            exactlyOnce: ExactlyOnceSettings(
                maxTransactionBytes: 256 << 20, commitInterval: .milliseconds(100), transactionTimeout: .seconds(60)),
            properties: [])
        return Settings(
            cdc: cdc, kafka: kafka, mapping: MappingRules(tables: mapping, patterns: patterns, unmapped: unmapped),
            memoryLimit: 32 << 20, shutdownTimeout: .seconds(30))
    }

    static func table(
        _ table: TableName = users, identity: PublicationSettings.ReplicaIdentity? = nil, columns: [String] = [],
        partitioned: Bool = false
    ) -> PublicationSettings.Table {
        PublicationSettings.Table(
            table: table, replicaIdentity: identity, columns: columns, partitioned: partitioned)
    }

    static func server(version: Int = 150_018, walLevel: String = "logical") -> ServerIdentity {
        ServerIdentity(
            version: version, systemIdentifier: 7, database: "db", walLevel: walLevel, maxWALSenders: 5,
            maxReplicationSlots: 5, walSenderTimeout: .seconds(60), maxSlotWALKeepSize: 1 << 30,
            serverEncoding: "UTF8", isInRecovery: false, currentLSN: LSN(rawValue: 0x300))
    }

    static var usersState: TableState {
        TableState(
            relation: RelationName(users),
            columns: [
                ColumnState("id", isNotNull: true),
                ColumnState("name", type: "text", typeOID: OID(rawValue: 25)),
            ],
            primaryKey: ["id"], replicaIdentityColumns: ["id"])
    }

    /// A rule for the tables of all schemas whose names match.
    static func pattern(_ name: String, _ rule: TableRule = TableRule(topic: "all")) -> PatternRule {
        PatternRule(pattern: TablePattern(schema: "*", name: name), rule: rule)
    }

    static var slot: ReplicationSlotState {
        ReplicationSlotState(name: "slot", plugin: "pgoutput", database: "db", confirmedFlush: LSN(rawValue: 0x100))
    }

    static var publication: PublicationState {
        PublicationState(
            name: "pub", members: [PublishedTable(RelationName(users))],
            published: [PublishedTable(RelationName(users), columns: ["id", "name"])])
    }

    /// Everything is there.
    static var database: DatabaseState {
        DatabaseState(
            server: server(), role: RoleState(name: "cdc_user"), slot: slot, publication: publication,
            tables: [RelationName(users): usersState])
    }

    /// Only the table is there.
    static var bareDatabase: DatabaseState {
        DatabaseState(
            server: server(), role: nil, slot: nil, publication: nil, tables: [RelationName(users): usersState])
    }
}
