import Synchronization

/// What the writers have tried: entered before the COMMIT, so that nothing can be read that is not in it.
final class Journal: Sendable {
    private let transactions = Mutex<[Int64: [Change]]>([:])

    var all: [Int64: [Change]] { transactions.withLock { $0 } }

    func enter(_ number: Int64, _ changes: [Change]) {
        transactions.withLock { $0[number] = changes }
    }

    /// How many changes a transaction has; nil if no writer has made it.
    func size(of number: Int64) -> Int? { transactions.withLock { $0[number]?.count } }

    func changes(of number: Int64) -> [Change]? { transactions.withLock { $0[number] } }
}
