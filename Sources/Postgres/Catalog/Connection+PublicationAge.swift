internal import CLibpq

extension Connection {
    /// Whether the slot holds changes of a time when the publication did not exist, which the server refuses to decode
    /// with it, or passes over from PostgreSQL 18 on; nil where that could not be found out.
    ///
    /// Changes nothing. Where the catalog does not say, the first changes are decoded and thrown away, for a few seconds
    /// at most, in which the slot counts as active.
    ///
    /// - Parameter slot: one that is free and not lost.
    public func publicationIsYounger(_ publication: String, thanSlot slot: String) throws(PostgresError) -> Bool? {
        guard try mayBeYounger(publication, thanSlot: slot) else { return false }
        let name = try quoteLiteral(try quoteIdentifier(publication))
        let action = "look at the first changes of the slot \"\(slot)\""
        try query("SET statement_timeout = '5s'", to: action)
        defer { _ = try? query("RESET statement_timeout", to: action) }
        do throws(PostgresError) {
            notices.forget()
            _ = try query(
                """
                SELECT pg_catalog.count(*) FROM pg_catalog.pg_logical_slot_peek_binary_changes(
                    \(quoteLiteral(slot)), NULL, 1, 'proto_version', '1', 'publication_names', \(name))
                """, .rows, to: action)
        } catch {
            switch error.sqlState {
            case Self.undefinedObject: return true
            // Too much to decode, in use meanwhile, or not for this role.
            case "57014", "55006", "55000", "42501": return nil
            default: throw error
            }
        }
        return notices.contains(Self.skippedPublication)
    }

    /// `publication "…" does not exist`, of a moment in the WAL; up to PostgreSQL 17.
    static let undefinedObject = "42704"
    /// `skipped loading publication`, a warning; from PostgreSQL 18 on.
    static let skippedPublication = "55000"

    /// Whether the publication was made, or only altered, in a transaction that the slot's catalog does not take for past.
    private func mayBeYounger(_ publication: String, thanSlot slot: String) throws(PostgresError) -> Bool {
        // Rows that belong to it may be older than its own, which each ALTER PUBLICATION … SET writes anew.
        let result = try query(
            """
            SELECT GREATEST(pg_catalog.age(p.xmin),
                    (SELECT pg_catalog.max(pg_catalog.age(r.xmin)) FROM pg_catalog.pg_publication_rel r
                     WHERE r.prpubid OPERATOR(pg_catalog.=) p.oid),
                    (SELECT pg_catalog.max(pg_catalog.age(d.xmin)) FROM pg_catalog.pg_shdepend d
                     WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_publication'::pg_catalog.regclass
                        AND d.objid OPERATOR(pg_catalog.=) p.oid
                        AND d.dbid OPERATOR(pg_catalog.=) (SELECT b.oid FROM pg_catalog.pg_database b
                            WHERE b.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())))
                OPERATOR(pg_catalog.<=) pg_catalog.age(s.catalog_xmin)
            FROM pg_catalog.pg_publication p, pg_catalog.pg_replication_slots s
            WHERE p.pubname OPERATOR(pg_catalog.=) \(quoteLiteral(publication))
                AND s.slot_name OPERATOR(pg_catalog.=) \(quoteLiteral(slot))
            """, to: "compare the publication \"\(publication)\" with the slot \"\(slot)\"")
        return result.rowCount > 0 && result.flag(0, 0)
    }
}
