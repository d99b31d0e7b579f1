extension ClientProperties {
    /// Those that say how to reach the cluster and how to log in: what a client of any kind can do with.
    ///
    /// Not the rest, since a producer's properties can keep a consumer from being made: a `message.max.bytes` larger
    /// than what it fetches, say.
    var connection: ClientProperties { filtered { name in Self.connectionPrefixes.contains { name.hasPrefix($0) } } }

    private static let connectionPrefixes = [
        "bootstrap.servers", "metadata.", "topic.metadata.", "client.", "broker.", "reconnect.", "connections.",
        "socket.", "resolve.", "api.version.", "security.", "ssl.", "ssl_", "sasl.", "enable.ssl.", "enable.sasl.",
        "https.", "plugin.library.", "debug", "log_level",
    ]
}
