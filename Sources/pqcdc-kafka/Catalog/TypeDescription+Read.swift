import Postgres
import ReplicationProtocol
import RowMapping

extension TypeDescription {
    /// What the catalog says of types that are not built in; those that no longer exist are left out.
    static func read(_ oids: Set<OID>, on connection: Connection) throws(PostgresError) -> [OID: TypeDescription] {
        guard !oids.isEmpty else { return [:] }
        let states = try connection.types(oids)
        var descriptions: [OID: TypeDescription] = [:]
        for oid in oids where states[oid] != nil {
            let base = base(of: oid, states)
            let element = states[base]?.element
            descriptions[oid] = TypeDescription(
                base: base, element: element.map { Self.base(of: $0, states) },
                delimiter: element.flatMap { states[$0]?.delimiter } ?? UInt8(ascii: ","))
        }
        return descriptions
    }

    /// The type below all domains.
    private static func base(of oid: OID, _ states: [OID: Connection.TypeState]) -> OID {
        var oid = oid
        while let base = states[oid]?.domainBase { oid = base }
        return oid
    }
}
