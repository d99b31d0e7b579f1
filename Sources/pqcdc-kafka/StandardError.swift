import Glibc

/// Standard error, unbuffered.
struct StandardError: TextOutputStream {
    static func line(_ text: String) {
        var stream = StandardError()
        print(text, to: &stream)
    }

    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                // Nothing is left to tell it to when standard error itself is gone.
                guard written > 0 || errno == EINTR else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(0, written)))
            }
        }
    }
}
