/// The fields of a flat JSON object whose texts hold neither quotes nor commas.
struct FlatRow {
    private var fields: [Substring: Substring] = [:]

    init(_ json: [UInt8]) {
        let text = String(decoding: json, as: UTF8.self)
        for field in text.dropFirst().dropLast().split(separator: ",") {
            let parts = field.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { fields[parts[0].dropFirst().dropLast()] = parts[1] }
        }
    }

    /// A whole number.
    subscript(name: Substring) -> Int64? { fields[name].flatMap { Int64($0) } }

    /// A field as it stands in the JSON, a text with its quotes; nil where there is none.
    func json(_ name: Substring) -> Substring? { fields[name] }
}
