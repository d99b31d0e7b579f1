extension Connection {
    /// What the server has against `condition` behind a WHERE of `relation`; nil where nothing. No row is read.
    ///
    /// - Parameters:
    ///   - condition: one expression; what closes our parenthesis would be run as a statement.
    ///   - searchPath: where its names are looked for: that of the role for a condition of the configuration; nil for what
    ///     the server has printed itself.
    public func problem(
        withCondition condition: String, of relation: RelationName, searchPath: SearchPath? = nil
    ) throws(PostgresError) -> String? {
        // The planner evaluates what is constant; it must not be able to write.
        try query("BEGIN READ ONLY", to: "check a condition")
        do throws(PostgresError) {
            if let searchPath { try query(searchPath.statement(quoting), to: "check a condition") }
            _ = try query(
                "SELECT FROM \(quoting.relation(relation)) WHERE (\n\(condition)\n) LIMIT 0", .rows,
                to: "check a condition")
        } catch {
            guard error.kind == .refused, !error.isOfSession else { throw error }
            try query("ROLLBACK", to: "check a condition")
            switch error.sqlState ?? "" {
            // query_canceled, lock_not_available, deadlock_detected, serialization_failure: of other sessions.
            case "57014", "55P03", "40P01", "40001": throw error
            // undefined_table, invalid_schema_name: the condition's, or the table is gone by now.
            case "42P01", "3F000":
                try query("SELECT FROM \(quoting.relation(relation)) LIMIT 0", to: "check a condition")
            default: break
            }
            return error.reason
        }
        try query("ROLLBACK", to: "check a condition")
        return nil
    }
}
