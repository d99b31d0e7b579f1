public import ReplicationProtocol

extension Connection {
    /// The relation's columns that pgoutput does not send for this publication, whatever happens to them: generated ones
    /// that it leaves out, and those that its column list leaves out.
    public func unsentColumns(of oid: OID, publication: String) throws(PostgresError) -> [String] {
        let action = "read which columns of relation \(oid) are sent"
        // Column lists came with 15, and a list can be of a partition's ancestor.
        let listed =
            serverVersion < 150_000
            ? ""
            : """
             OR EXISTS (
                SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid OPERATOR(pg_catalog.=) r.prpubid
                WHERE p.pubname OPERATOR(pg_catalog.=) $1 AND r.prattrs IS NOT NULL
                    AND (r.prrelid OPERATOR(pg_catalog.=) \(oid)
                        OR EXISTS (
                            SELECT FROM pg_catalog.pg_partition_ancestors(\(oid)) t
                            WHERE t.relid OPERATOR(pg_catalog.=) r.prrelid))
                    AND NOT EXISTS (
                        SELECT FROM pg_catalog.pg_attribute l
                        WHERE l.attrelid OPERATOR(pg_catalog.=) r.prrelid AND l.attname OPERATOR(pg_catalog.=) a.attname AND l.attnum OPERATOR(pg_catalog.=) ANY (r.prattrs)))
            """
        // 18 sends them where the publication, or its column list, says so.
        let generated =
            serverVersion < 180_000
            ? "a.attgenerated OPERATOR(pg_catalog.<>) ''"
            : """
            a.attgenerated OPERATOR(pg_catalog.<>) '' AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_publication p
                WHERE p.pubname OPERATOR(pg_catalog.=) $1 AND p.pubgencols OPERATOR(pg_catalog.=) 's' AND a.attgenerated OPERATOR(pg_catalog.=) 's')
            AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid OPERATOR(pg_catalog.=) r.prpubid
                WHERE p.pubname OPERATOR(pg_catalog.=) $1 AND r.prrelid OPERATOR(pg_catalog.=) \(oid) AND a.attnum OPERATOR(pg_catalog.=) ANY (r.prattrs))
            """
        let result = try query(
            """
            SELECT a.attname FROM pg_catalog.pg_attribute a
            WHERE a.attrelid OPERATOR(pg_catalog.=) \(oid) AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped AND $1::pg_catalog.text IS NOT NULL
                AND ((\(generated))\(listed))
            """, [publication], to: action)
        var columns: [String] = []
        for row in 0..<result.rowCount { columns.append(try result.text(row, 0, action)) }
        return columns
    }
}
