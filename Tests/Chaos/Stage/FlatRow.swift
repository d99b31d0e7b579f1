/// The whole numbers of a flat JSON object whose texts hold neither quotes nor commas.
struct FlatRow {
    private var numbers: [Substring: Int64] = [:]

    init(_ json: [UInt8]) {
        let text = String(decoding: json, as: UTF8.self)
        for field in text.dropFirst().dropLast().split(separator: ",") {
            let parts = field.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let number = Int64(parts[1]) else { continue }
            numbers[parts[0].dropFirst().dropLast()] = number
        }
    }

    subscript(name: Substring) -> Int64? { numbers[name] }
}
