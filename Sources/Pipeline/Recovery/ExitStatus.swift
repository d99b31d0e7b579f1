/// How the process ends: the codes of `sysexits.h`. <https://man7.org/linux/man-pages/man3/sysexits.h.3head.html>
public enum ExitStatus: Int32, CaseIterable, Sendable {
    case success = 0
    case usage = 64
    /// A row that cannot become a record.
    case data = 65
    /// PostgreSQL or Kafka is not there, or refuses.
    case unavailable = 69
    /// A broken invariant of our own.
    case `internal` = 70
    case `protocol` = 76
    case permission = 77
    case configuration = 78

    public var meaning: String {
        switch self {
        case .success: "done, or stopped as asked"
        case .usage: "wrong options or arguments"
        case .data: "a row that cannot become a record: too large, without its key, undecodable"
        case .unavailable:
            "PostgreSQL or Kafka cannot be reached, or refuses: slot, publication or topic missing or lost"
        case .internal: "an error of pqcdc-kafka itself"
        case .protocol: "the server sent what the replication protocol does not know"
        case .permission: "wrong password, or a privilege is missing"
        case .configuration: "the configuration file is wrong"
        }
    }
}
