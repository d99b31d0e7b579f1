import Glibc
import LinuxSupport
import TestSupport
import Testing

/// A place where the daemon is to end, in one of the two ways of delivery.
struct FailpointExample: Sendable, CustomTestStringConvertible {
    enum Delivery: String, CaseIterable, Sendable {
        case atLeastOnce = "at-least-once"
        case exactlyOnce = "exactly-once"
    }

    let delivery: Delivery
    let failpoint: Failpoint
    /// Which time of reaching it: the first ones are of the position that a start writes.
    let count: Int

    var testDescription: String { "\(delivery.rawValue), \(failpoint):\(count)" }

    /// A release build has none.
    static let areThere: Bool = {
        guard getenv("PQCDC_TEST_BINARY") != nil else { return true }
        LeftOut.say("failpoints: PQCDC_TEST_BINARY may be a release build, which has none")
        return false
    }()

    /// Exactly once needs a real broker.
    static let deliveries = Delivery.allCases.filter { $0 == .atLeastOnce || KafkaKind.broker.isAvailable }

    /// The failpoints that end the daemon while it streams, each reached once and several times.
    static let deadly: [FailpointExample] = deliveries.flatMap { delivery in
        let transactional: [Failpoint] = delivery == .exactlyOnce ? [.beforeCommit, .afterCommit] : []
        let edges: [Failpoint] = [.beforeProduce, .afterProduce, .beforeReport, .beforeStatusUpdate] + transactional
        return edges.flatMap { edge in
            [1, 2, 5].map { FailpointExample(delivery: delivery, failpoint: edge, count: $0) }
        }
    }
}
