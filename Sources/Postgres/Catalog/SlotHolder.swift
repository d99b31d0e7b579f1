/// The session that streams from a replication slot, as far as this role may see it.
public struct SlotHolder: Hashable, Sendable, CustomStringConvertible {
    public var pid: Int?
    public var role: String?
    public var application: String?
    /// nil for a Unix socket, and where the role may not look at other roles' sessions.
    public var address: String?

    public init(pid: Int?, role: String? = nil, application: String? = nil, address: String? = nil) {
        self.pid = pid
        self.role = role
        self.application = application
        self.address = address
    }

    /// `PID 4711 (application "pqcdc-kafka", role "cdc_user", from 10.0.0.7)`.
    public var description: String {
        var facts: [String] = []
        if let application, !application.isEmpty { facts.append("application \"\(application)\"") }
        if let role { facts.append("role \"\(role)\"") }
        if let address { facts.append("from \(address)") }
        let session = pid.map { "PID \($0)" } ?? "another session"
        return facts.isEmpty ? session : "\(session) (\(facts.joined(separator: ", ")))"
    }
}
