import Glibc

/// Names that no other test and no other run uses, for what is shared: topics, slots, databases, group ids.
public enum UniqueName {
    private static let state = Monitor(0)
    private static let run = String(UInt32.random(in: 0 ... .max), radix: 36)

    /// A name of small letters, digits and underscores, as a replication slot requires.
    public static func next(_ prefix: String) -> String {
        let number = state.withLock { count in
            count += 1
            return count
        }
        return "\(prefix)_\(run)_\(number)"
    }
}
