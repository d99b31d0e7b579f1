internal import Glibc

/// A NULL-terminated array of C strings, as libpq's calls take them; freed with the value.
struct CStringArray: ~Copyable {
    private let strings: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    init(_ texts: [String?]) {
        count = texts.count
        strings = .allocate(capacity: count + 1)
        for (index, text) in texts.enumerated() {
            (strings + index).initialize(to: text.map { UnsafePointer(strdup($0)) } ?? nil)
        }
        (strings + count).initialize(to: nil)
    }

    /// - Parameter texts: in the connection's encoding, without a NUL: what follows one would be left out.
    init(_ texts: [[UInt8]]) {
        count = texts.count
        strings = .allocate(capacity: count + 1)
        for (index, text) in texts.enumerated() {
            let copy = (text + [0]).withUnsafeBytes { strdup($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
            (strings + index).initialize(to: UnsafePointer(copy))
        }
        (strings + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { free(UnsafeMutablePointer(mutating: strings[index])) }
        strings.deallocate()
    }

    var pointer: UnsafePointer<UnsafePointer<CChar>?> { UnsafePointer(strings) }
}
