import Configuration
import RowMapping
import Synchronization

/// What `/status` and `/readyz` need of the configuration, as a reload may change it.
final class ConfigurationInForce: Sendable {
    struct State: Sendable {
        var rules: MappingRules
        var maxStall: Duration
        var unpublished: Settings.UnpublishedAction
        /// The SHA-256 of the file that was read last without an error.
        var hash: String?
    }

    private let state: Mutex<State>

    init(_ settings: Settings, hash: String?) {
        state = Mutex(
            State(rules: settings.mapping, maxStall: settings.maxStall, unpublished: settings.unpublished, hash: hash))
    }

    var current: State { state.withLock { $0 } }

    /// Takes over what a reload has put in force.
    func put(rules: MappingRules, _ settings: Settings, hash: String?) {
        state.withLock {
            $0 = State(rules: rules, maxStall: settings.maxStall, unpublished: settings.unpublished, hash: hash)
        }
    }
}
