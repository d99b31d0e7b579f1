import Glibc

// A parent that no longer reads our answers is no reason to die before our clients are done.
signal(SIGPIPE, SIG_IGN)
// Nothing is kept, so nothing needs an orderly end.
signal(SIGTERM) { _ in _exit(0) }

do {
    let options = try MockOptions(arguments: Array(CommandLine.arguments.dropFirst()))
    if options.help {
        print(MockOptions.usage, terminator: "")
        exit(0)
    }
    let cluster = try MockCluster(brokers: options.brokers)
    for topic in options.topics {
        try cluster.perform(.create(topic: topic.name, partitions: Int32(topic.partitions)))
    }
    answer("bootstrap.servers=\(cluster.bootstrapServers)")
    while let line = readLine() {
        do {
            try cluster.perform(try MockCommand(line: line))
            answer("ok")
        } catch {
            answer("error \(error.reason)")
        }
    }
} catch {
    let text = "pqcdc-mock-kafka: \(error.reason)\n\n\(MockOptions.usage)"
    write(STDERR_FILENO, text, text.utf8.count)
    exit(64)
}

/// Prints a line at once: whoever started us waits for it at the other end of a pipe.
func answer(_ line: String) {
    print(line)
    fflush(nil)
}
