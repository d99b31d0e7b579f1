/// What librdkafka measured of one broker.
public struct BrokerSample: Hashable, Sendable {
    /// `host:port`.
    public var name: String
    public var isUp: Bool
    /// Requests that wait to be sent, and those that wait for their answer.
    public var waitingRequests: UInt64
    public var sentRequests: UInt64
    /// Round-trip times of the last interval, in seconds; nil where there was none.
    public var averageRoundTrip: Double?
    public var slowRoundTrip: Double?
    public var sendErrors: UInt64
    public var receiveErrors: UInt64
    public var retries: UInt64
    public var timeouts: UInt64
    public var disconnects: UInt64

    public init(
        name: String, isUp: Bool, waitingRequests: UInt64, sentRequests: UInt64, averageRoundTrip: Double?,
        slowRoundTrip: Double?, sendErrors: UInt64, receiveErrors: UInt64, retries: UInt64, timeouts: UInt64,
        disconnects: UInt64
    ) {
        self.name = name
        self.isUp = isUp
        self.waitingRequests = waitingRequests
        self.sentRequests = sentRequests
        self.averageRoundTrip = averageRoundTrip
        self.slowRoundTrip = slowRoundTrip
        self.sendErrors = sendErrors
        self.receiveErrors = receiveErrors
        self.retries = retries
        self.timeouts = timeouts
        self.disconnects = disconnects
    }
}
