public import ReplicationProtocol

extension Connection {
    /// One row of `pg_type`, as far as values' texts are concerned.
    /// <https://www.postgresql.org/docs/current/catalog-pg-type.html>
    public struct TypeState: Hashable, Sendable {
        /// For a domain, the type below it.
        public var domainBase: OID?
        /// For an array, its elements' type.
        public var element: OID?
        public var delimiter: UInt8
    }

    /// The types of `oids`, and all types that these are made of; OIDs that no longer exist are left out.
    ///
    /// Needs no privilege, and works on a replication connection that is not streaming.
    public func types(_ oids: Set<OID>) throws(PostgresError) -> [OID: TypeState] {
        var known: [OID: TypeState] = [:]
        var asked: Set<OID> = []
        var pending = oids
        // Each round asks for what the last one named: as many rounds as domains and arrays are nested.
        while !pending.isEmpty {
            asked.formUnion(pending)
            let list = pending.map(\.description).sorted().joined(separator: ",")
            let action = "read the types \(list)"
            let result = try query(
                """
                SELECT oid, typdelim, CASE WHEN typtype OPERATOR(pg_catalog.=) 'd' THEN typbasetype END,
                    CASE WHEN typsubscript
                        OPERATOR(pg_catalog.=) 'pg_catalog.array_subscript_handler'::pg_catalog.regproc
                        THEN typelem END
                FROM pg_catalog.pg_type WHERE oid OPERATOR(pg_catalog.=) ANY ('{\(list)}'::pg_catalog.oid[])
                """, to: action)
            pending = []
            for row in 0..<result.rowCount {
                let delimiter = try result.text(row, 1, action).utf8.first ?? UInt8(ascii: ",")
                let state = TypeState(
                    domainBase: Self.oid(result[row, 2]), element: Self.oid(result[row, 3]), delimiter: delimiter)
                guard let oid = Self.oid(result[row, 0]) else { continue }
                known[oid] = state
                pending.formUnion([state.domainBase, state.element].compactMap { $0 })
            }
            pending.subtract(asked)
        }
        return known
    }

    private static func oid(_ text: String?) -> OID? { text.flatMap(UInt32.init).map(OID.init) }
}
