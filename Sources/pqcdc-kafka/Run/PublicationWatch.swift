import Configuration
import Logging
import Observability
import Pipeline
import Postgres
import RowMapping

/// Compares the mapping with the publication: at start, once a minute, and after each reload. The stream itself never
/// tells of what it does not hold.
///
/// Belongs to the monitor's thread, and asks on its connection.
struct PublicationWatch {
    let settings: Settings
    let inForce: ConfigurationInForce
    let status: PipelineStatus
    let logger: Logger
    /// What was said already, so that it is said once.
    private var known: Set<UnpublishedTable> = []
    private var next = ContinuousClock.now
    /// Of the file whose rules were compared with the tables.
    private var checked: String??

    private static let interval = Duration.seconds(60)
    /// So many warnings at once; the rest is in `/status`.
    private static let spoken = 10
    /// Beyond so many published tables those that only a pattern names are not looked at one by one.
    private static let most = 200

    init(settings: Settings, inForce: ConfigurationInForce, status: PipelineStatus, logger: Logger) {
        self.settings = settings
        self.inForce = inForce
        self.status = status
        self.logger = logger
    }

    /// Looks, if it is time to. What the server refuses is tried again in a minute: tables may be dropped as we look.
    mutating func look(on connection: Connection) throws(PostgresError) {
        let current = inForce.current
        let isNew = checked == nil || checked != .some(current.hash)
        // Before there is a session the reader may be creating the publication, or about to end for want of it.
        guard settings.streams, status.hasSlotOrWaitsForIt, isNew || ContinuousClock.now >= next else { return }
        next = .now + Self.interval
        do throws(PostgresError) {
            let publication = try PublicationState.read(settings.cdc.publication.name, on: connection)
            let found = try UnpublishedTable.read(settings, current.rules, publication, on: connection)
            status.metrics.publication.update(found.map { ($0.name, "\($0)") })
            report(found, publication, connection.quoting)
            guard isNew else { return }
            try checkRules(current.rules, publication, on: connection)
            checked = .some(current.hash)
        } catch {
            guard error.sqlState != nil, connection.isUsable else { throw error }
            logger.debug("\(error)")
        }
    }

    private mutating func report(
        _ found: [UnpublishedTable], _ publication: PublicationState?, _ quoting: SQLQuoting
    ) {
        let news = found.filter { !known.contains($0) }
        for table in news.prefix(Self.spoken) {
            logger.warning("\(table)", metadata: ["advice": "\(Self.oneLine(table.remedy(publication, quoting)))"])
        }
        if news.count > Self.spoken {
            logger.warning(
                "there are \(news.count - Self.spoken) more mapped tables that the publication does not send",
                metadata: ["advice": "see pqcdc-kafka status, or validate --online"])
        }
        if found.isEmpty, !known.isEmpty { logger.notice("the publication sends all that is mapped again") }
        known = Set(found)
    }

    /// What the rules ask of the tables, by the findings of `validate --online`: keys and columns that do not exist end
    /// the daemon with the first change, which may be late at night.
    private func checkRules(
        _ rules: MappingRules, _ publication: PublicationState?, on connection: Connection
    ) throws(PostgresError) {
        guard let publication else { return }
        var settings = settings
        if settings.mapping != rules {
            settings.mapping = rules
            settings.filterSources = [:]
        }
        var state = DatabaseState(
            server: try ServerIdentity.read(on: connection), role: nil, slot: nil, publication: publication, tables: [:]
        )
        for relation in settings.relations { state.tables[relation] = try TableState.read(relation, on: connection) }
        if publication.published.count <= Self.most {
            for table in settings.mappedTables(state) where table.state == nil && table.published != nil {
                state.tables[table.relation] = try TableState.read(table.relation, on: connection)
            }
        }
        try state.readTypes(on: connection)
        let quoting = connection.quoting
        let findings =
            KeyFindings.evaluate(settings, state, quoting) + ShapeFindings.evaluate(settings, state)
        for finding in findings {
            let metadata: Logger.Metadata = ["advice": "\(Self.oneLine(finding.remedy ?? "see validate --online"))"]
            switch finding.severity {
            case .error: logger.warning("\(finding.message)", metadata: metadata)
            case .warning: logger.notice("\(finding.message)", metadata: metadata)
            case .note: break
            }
        }
    }

    private static func oneLine(_ text: String) -> String { text.split(separator: "\n").joined(separator: " ") }
}

extension UnpublishedTable {
    /// What the publication of now does not send of what is mapped.
    static func read(
        _ settings: Settings, _ rules: MappingRules, _ publication: PublicationState?, on connection: Connection
    ) throws(PostgresError) -> [UnpublishedTable] {
        guard let publication else {
            let name = settings.cdc.publication.name
            return [UnpublishedTable(name: name, relation: nil, reason: .noPublication, publication: name)]
        }
        let named = rules.tables.keys.map { RelationName($0) }
        let published = publication.published.map(\.relation).filter { rules.rule(for: TableName($0)) != nil }
        return find(
            rules, wanted: settings.wantedOperations, publication,
            facts: try RelationFacts.read(Set(named + published).sorted(), on: connection))
    }
}
