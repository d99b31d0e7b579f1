import ArgumentParser

/// What the daemon is to promise.
enum Delivery: String, CaseIterable, ExpressibleByArgument, Sendable {
    case atLeastOnce = "at-least-once"
    case exactlyOnce = "exactly-once"
}
