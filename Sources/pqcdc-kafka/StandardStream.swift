import Glibc

/// The process's output and error streams, both unbuffered, so that their lines keep their order in a pipe too.
enum StandardStream {
    case output, error

    func line(_ text: String) { self.text(text + "\n") }

    func text(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = write(self == .output ? STDOUT_FILENO : STDERR_FILENO, rest.baseAddress, rest.count)
                // A reader that has gone away needs no answer.
                guard written > 0 || errno == EINTR else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(0, written)))
            }
        }
    }
}
