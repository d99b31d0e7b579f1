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
                SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
                WHERE p.pubname = $1 AND r.prattrs IS NOT NULL
                    AND (r.prrelid = \(oid)
                        OR r.prrelid IN (SELECT relid FROM pg_catalog.pg_partition_ancestors(\(oid))))
                    AND NOT EXISTS (
                        SELECT FROM pg_catalog.pg_attribute l
                        WHERE l.attrelid = r.prrelid AND l.attname = a.attname AND l.attnum = ANY (r.prattrs)))
            """
        // 18 sends them where the publication, or its column list, says so.
        let generated =
            serverVersion < 180_000
            ? "a.attgenerated <> ''"
            : """
            a.attgenerated <> '' AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_publication p
                WHERE p.pubname = $1 AND p.pubgencols = 's' AND a.attgenerated = 's')
            AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
                WHERE p.pubname = $1 AND r.prrelid = \(oid) AND a.attnum = ANY (r.prattrs))
            """
        let result = try query(
            """
            SELECT a.attname FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = \(oid) AND a.attnum > 0 AND NOT a.attisdropped AND $1::pg_catalog.text IS NOT NULL
                AND ((\(generated))\(listed))
            """, [publication], to: action)
        var columns: [String] = []
        for row in 0..<result.rowCount { columns.append(try result.text(row, 0, action)) }
        return columns
    }
}
