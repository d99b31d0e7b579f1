/// Whether a session that ended with records that Kafka refused, or with a topic that was missing, is followed by one that
/// looks closely. See ``RecordSinkFactory/makeSink(reportingTo:for:looksClosely:)``.
///
/// A delivery report does not say which row it is about, and rests on metadata that may be old; a second session with fresh
/// metadata finds the row before it is sent. What ends that one as well is for a person.
struct CloserLook {
    private var isNext = false
    private var isNow = false

    /// A session that has gone well for so long has passed the rows that the one before it ended with.
    private static let settled = Duration.seconds(60)

    /// Says whether the session that begins is to look closely.
    mutating func begins() -> Bool {
        isNow = isNext
        isNext = false
        return isNow
    }

    /// Whether the session that ended is followed at once by one that looks closely.
    mutating func isWanted(after error: PipelineError, lasting duration: Duration) -> Bool {
        guard !isNow || duration >= Self.settled else { return false }
        isNext = Self.isWanted(error)
        return isNext
    }

    private static func isWanted(_ error: PipelineError) -> Bool {
        guard case .sink(let failure) = error, let code = KafkaCode(rawValue: failure.code) else { return false }
        // Brokers before 2.4 refuse a record without a key, in a compacted topic, as a damaged one.
        return code.isMissingTopic || code.consequence == .failedRow || code == .invalidMsg
    }
}
