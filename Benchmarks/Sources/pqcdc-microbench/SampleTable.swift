import ReplicationProtocol
import RowMapping

/// A table and rows of it, as they come over the wire.
struct SampleTable: Sendable {
    let name: String
    let columns: [(name: String, type: UInt32)]
    let row: @Sendable (Int) -> [String]

    private static let oid: UInt32 = 16_385
    // pg_type's own numbers.
    private static let (bool, int8, int4, text, timestamptz, numeric):
        (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) =
            (16, 20, 23, 25, 1184, 1700)

    /// 6 columns, 151 bytes on the wire: the same table as the end-to-end benchmark's.
    static let narrow = SampleTable(
        name: "narrow",
        columns: [
            ("id", int8), ("account", int4), ("name", text), ("amount", numeric), ("active", bool),
            ("updated_at", timestamptz),
        ],
        row: { row in
            [
                "\(100_000 + row)", "\(row % 1000)", "customer name number \(100_000 + row)", "\(row % 1000).25",
                row % 2 == 0 ? "t" : "f", "2026-01-01 10:\(10 + row % 50):00.000123+00",
            ]
        })

    /// 30 columns, 1.1 KB on the wire.
    static let wide = SampleTable(
        name: "wide",
        columns: (0..<30).map { index in
            switch index {
            case 0: ("id", int8)
            case 1...5: ("number_\(index)", int4)
            case 6...9: ("amount_\(index)", numeric)
            case 10, 11: ("flag_\(index)", bool)
            case 12...14: ("changed_at_\(index)", timestamptz)
            default: ("text_\(index)", text)
            }
        },
        row: { row in
            (0..<30).map { index in
                switch index {
                case 0: "\(100_000 + row)"
                case 1...5: "\(row * index % 100_000)"
                case 6...9: "\(row % 1000).\(10 + index)"
                case 10, 11: row % 2 == 0 ? "t" : "f"
                case 12...14: "2026-01-01 10:\(10 + row % 50):00.000123+00"
                default: "a text of fifty bytes or so, row \(100_000 + row), column \(index)"
                }
            }
        })

    /// Text in which every eighth byte must be escaped: quotes, backslashes, line feeds, control characters.
    static let escapes = SampleTable(
        name: "escapes", columns: [("id", int8)] + (1...5).map { ("text_\($0)", text) },
        row: { row in
            ["\(row)"] + (1...5).map { "say \"\(row)\" in C:\\dir\nline \($0)\tand\u{1}more text é" }
        })

    var relation: Relation {
        Relation(
            oid: OID(rawValue: Self.oid), schema: "public", name: name, replicaIdentity: .default,
            columns: columns.map { .init(isKey: $0.name == "id", name: $0.name, type: OID(rawValue: $0.type)) })
    }

    var relationFrame: [UInt8] {
        Wire.frame { wire in
            wire.add(Character("R"))
            wire.add(Self.oid)
            wire.add("public")
            wire.add(name)
            wire.add(Character("d"))
            wire.add(UInt16(columns.count))
            for column in columns {
                wire.add(UInt8(column.name == "id" ? 1 : 0))
                wire.add(column.name)
                wire.add(column.type)
                wire.add(Int32(-1))
            }
        }
    }

    func insertFrame(_ row: Int) -> [UInt8] {
        Wire.frame { wire in
            wire.add(Character("I"))
            wire.add(Self.oid)
            wire.add(Character("N"))
            wire.add(tuple: self.row(row))
        }
    }

    /// An update as REPLICA IDENTITY FULL sends it: the old row and the new one.
    func updateFrame(_ row: Int) -> [UInt8] {
        Wire.frame { wire in
            wire.add(Character("U"))
            wire.add(Self.oid)
            wire.add(Character("O"))
            wire.add(tuple: self.row(row))
            wire.add(Character("N"))
            wire.add(tuple: self.row(row))
        }
    }

    /// - Parameter adjust: what the rule declares besides its topic.
    func plan(_ adjust: (inout TableRule) throws -> Void = { _ in }) throws -> RowPlan {
        var rule = TableRule(topic: Template(literal: name))
        try adjust(&rule)
        return try RowPlan(rule: rule, relation: relation, primaryKey: ["id"], topic: 0)
    }
}
