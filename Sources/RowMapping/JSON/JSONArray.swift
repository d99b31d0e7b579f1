/// Writes an array, as PostgreSQL prints it, as nested JSON arrays.
/// <https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO>
enum JSONArray {
    /// An array whose lower bounds are not 1 (`[2:3]={a,b}`) goes out as PostgreSQL's text: JSON has no such arrays.
    ///
    /// - Parameter scratch: room for `count` bytes, where quoted elements are unescaped.
    /// - Returns: nil where the text is not an array's.
    static func write(
        _ type: ArrayType, _ input: UnsafePointer<UInt8>, _ count: Int, to output: UnsafeMutablePointer<UInt8>,
        scratch: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8>? {
        guard count >= 2 else { return nil }
        if input[0] == UInt8(ascii: "[") { return JSONValue.write(.string, input, count, to: output) }
        var output = output
        var index = 0
        var depth = 0
        // Whether an element stands next, rather than a delimiter or the end: what tells `{1,2}` from `{1}2` or `{1,}`.
        var expectsElement = true
        while index < count {
            let byte = input[index]
            switch byte {
            case UInt8(ascii: "{"):
                guard expectsElement else { return nil }
                depth += 1
                output[0] = UInt8(ascii: "[")
                output += 1
                index += 1
            case UInt8(ascii: "}"):
                guard depth > 0, !expectsElement || input[index - 1] == UInt8(ascii: "{") else { return nil }
                expectsElement = false
                depth -= 1
                output[0] = UInt8(ascii: "]")
                output += 1
                index += 1
            case type.delimiter:
                guard depth > 0, !expectsElement else { return nil }
                expectsElement = true
                output[0] = UInt8(ascii: ",")
                output += 1
                index += 1
            case JSONText.quote:
                guard depth > 0, expectsElement else { return nil }
                expectsElement = false
                index += 1
                var length = 0
                while index < count, input[index] != JSONText.quote {
                    if input[index] == JSONText.backslash { index += 1 }
                    guard index < count else { return nil }
                    scratch[length] = input[index]
                    length += 1
                    index += 1
                }
                guard index < count, let end = JSONValue.write(type.element, scratch, length, to: output) else {
                    return nil
                }
                output = end
                index += 1
            default:
                guard depth > 0, expectsElement else { return nil }
                expectsElement = false
                let start = index
                while index < count, input[index] != type.delimiter, input[index] != UInt8(ascii: "}") { index += 1 }
                if isNull(input + start, index - start) {
                    output = JSONValue.writeNull(to: output)
                } else {
                    guard let end = JSONValue.write(type.element, input + start, index - start, to: output) else {
                        return nil
                    }
                    output = end
                }
            }
        }
        return depth == 0 ? output : nil
    }

    /// An unquoted NULL; the text "NULL" is always printed with quotes.
    private static func isNull(_ input: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        count == 4 && UnsafeRawPointer(input).loadUnaligned(as: UInt32.self) == UInt32(0x4C4C_554E).littleEndian
    }
}
