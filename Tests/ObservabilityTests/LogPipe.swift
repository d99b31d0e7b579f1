import Glibc
import Synchronization

/// A pipe in place of stderr.
final class LogPipe: Sendable {
    /// A thread that empties the pipe while it is written to.
    struct Reader {
        fileprivate let thread: pthread_t
        fileprivate let text: CollectedText
    }

    let writeEnd: Int32
    private let readEnd: Int32
    private let isOpen = Atomic(true)

    init() {
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0)
        // An exit test's process would keep the write end open, and the end of the text would not come.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        closeWriteEnd()
        close(readEnd)
    }

    /// Closes the write end and returns what was written, for a few lines that fit the pipe.
    func finish() -> String {
        finish(collect())
    }

    /// Closes the write end and returns what `reader` found.
    func finish(_ reader: Reader) -> String {
        closeWriteEnd()
        pthread_join(reader.thread, nil)
        return String(decoding: reader.text.bytes.withLock { $0 }, as: UTF8.self)
    }

    /// Starts to read.
    func collect() -> Reader {
        let text = CollectedText(descriptor: readEnd)
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<CollectedText>.fromOpaque(argument!).takeRetainedValue().readToEnd()
                return nil
            }, Unmanaged.passRetained(text).toOpaque())
        precondition(result == 0)
        return Reader(thread: thread, text: text)
    }

    private func closeWriteEnd() {
        if isOpen.exchange(false, ordering: .relaxed) { close(writeEnd) }
    }
}

/// What has been read from a pipe so far.
private final class CollectedText: Sendable {
    let descriptor: Int32
    let bytes = Mutex<[UInt8]>([])

    init(descriptor: Int32) { self.descriptor = descriptor }

    func readToEnd() {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return }
            bytes.withLock { $0 += buffer[..<count] }
        }
    }
}
