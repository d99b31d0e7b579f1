extension Connection {
    /// What the server has against `condition` behind a WHERE of `relation`; nil where nothing. No row is read.
    ///
    /// - Parameter condition: one expression; what closes our parenthesis would be run as a statement.
    public func problem(
        withCondition condition: String, of relation: RelationName
    ) throws(PostgresError) -> String? {
        // The planner evaluates what is constant; it must not be able to write.
        try query("BEGIN READ ONLY", to: "check a condition")
        do throws(PostgresError) {
            try query(
                "SELECT FROM \(quoting.relation(relation)) WHERE (\n\(condition)\n) LIMIT 0", to: "check a condition")
        } catch {
            guard error.kind == .refused else { throw error }
            try query("ROLLBACK", to: "check a condition")
            return error.reason
        }
        try query("ROLLBACK", to: "check a condition")
        return nil
    }
}
