internal import ReplicationProtocol
internal import RowMapping

/// What the assembler knows of logical messages: their rules, and the plans of those whose topic is open.
struct MessageState {
    let rules: [MessageRule]
    /// By the rule's place among ``rules``.
    var plans: [Int: MessagePlan] = [:]
    /// What could not become records since it was last taken.
    var failures: FailedChanges?

    init(rules: [MessageRule]) { self.rules = rules }

    /// The place of the rule for messages of `prefix`. The daemon's own, its heartbeats, have none, even where the
    /// rule `*` is for every prefix.
    func rule(for prefix: String) -> Int? {
        prefix.utf8.starts(with: Self.own.utf8) ? nil : rules.firstIndex { $0.matches(prefix) }
    }

    private static let own = "pqcdc."

    /// What a record says of its table: no table has a negative number.
    static func number(of rule: Int) -> Int { -1 - rule }

    /// The rule of a record that says `number` of its table.
    func rule(numbered number: Int32) -> MessageRule { rules[-1 - Int(number)] }

    mutating func count(failed action: FailureAction, reason: String, at lsn: LSN) {
        failures = FailedChanges(
            origin: FailedChanges.messages, action: action, count: (failures?.count ?? 0) + 1, reason: reason, lsn: lsn)
    }
}
