import TestSupport

/// A program that drains a slot.
enum Contender: Sendable {
    /// PostgreSQL's own client, which writes nothing anywhere.
    case pgRecvlogical
    /// At least once, its position in the slot alone: one kept in Kafka is confirmed once a second, so the race's end would
    /// wait for the second's.
    case daemon
    /// The same in exactly-once mode, which keeps its position in the Kafka transactions themselves.
    case exactlyOnce
    /// Any other, by a command line for `/bin/sh`, in which `{host}` and its kin are replaced.
    case command(name: String, line: String)

    /// What a command line may name.
    static let placeholders = [
        "host", "port", "user", "password", "database", "slot", "publication", "tables", "endlsn", "brokers", "topic",
        "changes",
    ]

    var name: String {
        switch self {
        case .pgRecvlogical: "pg_recvlogical -f /dev/null"
        case .daemon: "pqcdc-kafka"
        case .exactlyOnce: "pqcdc-kafka, exactly once"
        case .command(let name, _): name
        }
    }

    private var isExactlyOnce: Bool {
        if case .exactlyOnce = self { true } else { false }
    }

    /// Starts it on a slot.
    func start(_ load: LoadedWorkload, slot: String, route: Route, in rig: Rig) throws -> ChildProcess {
        let password = ["PGPASSWORD": PostgresServer.superuserPassword, "PATH": "/usr/local/bin:/usr/bin:/bin"]
        let host = rig.host(route)
        switch self {
        case .pgRecvlogical:
            return try ChildProcess(
                "\(rig.server.binaries)/pg_recvlogical",
                [
                    "-h", host, "-p", "\(rig.server.port)", "-U", PostgresServer.superuser, "-d", Rig.database,
                    "-S", slot, "--start", "-f", "/dev/null", "-o", "proto_version=1",
                    "-o", "publication_names=\(load.publication)", "--endpos", load.endLSN, "--no-loop",
                ], environment: password)
        case .daemon, .exactlyOnce:
            let file = "\(try Workspace.shared.makeFolder("daemon"))/pqcdc-kafka.yaml"
            let text = try rig.configuration(
                route, slot: slot, publication: load.publication, tables: load.tables, topic: load.topic,
                kafka: isExactlyOnce ? ["delivery: exactly-once"] : ["stateTopic: none"])
            try TextFile.write(text, to: file)
            return try ChildProcess(rig.binary, ["run", "--config", file], environment: [:])
        case .command(_, let line):
            let values = [
                host, "\(rig.server.port)", PostgresServer.superuser, PostgresServer.superuserPassword, Rig.database,
                slot, load.publication, load.tables.map { "public.\($0)" }.joined(separator: ","), load.endLSN,
                rig.kafka.bootstrapServers, load.topic, "\(load.changes)",
            ]
            var command = line
            for (placeholder, value) in zip(Self.placeholders, values) {
                command = command.replacing("{\(placeholder)}", with: value)
            }
            // The shell becomes the command, so the process is the contender's own.
            return try ChildProcess("/bin/sh", ["-c", "exec \(command)"])
        }
    }
}

extension String {
    /// This text with every occurrence of `part` replaced.
    fileprivate func replacing(_ part: String, with other: String) -> String {
        var result = ""
        var rest = self[...]
        while let first = part.first, let start = rest.firstIndex(of: first) {
            result += rest[..<start]
            rest = rest[start...]
            if rest.hasPrefix(part) {
                result += other
                rest = rest.dropFirst(part.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }
}
