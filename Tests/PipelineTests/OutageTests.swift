import Testing

@testable import Pipeline

/// The libraries' words about a connection, and what they mean for whoever reads the log.
@Suite struct OutageTests {
    @Test(
        arguments: [
            (
                -193, "kafka-1:9092/1: Failed to resolve 'kafka-1:9092': Name or service not known",
                KafkaOutage.unresolvedName
            ),
            (-195, "127.0.0.1:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused", .refusedConnection),
            (
                -181,
                "ssl://h:9092/bootstrap: SSL handshake failed: Disconnected: connecting to a PLAINTEXT broker listener?",
                .plaintextListener
            ),
            (
                -195,
                "h:9093/bootstrap: Disconnected while requesting ApiVersion: might be caused by incorrect security.protocol "
                    + "configuration (connecting to a SSL listener?)", .secureListener
            ),
            (
                -181,
                "ssl://h:9093/bootstrap: SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker "
                    + "certificate could not be verified", .untrustedCertificate
            ),
            (-181, "ssl://h:1/1: SSL handshake failed: tlsv13 alert certificate required", .clientCertificate),
            (-195, "h:1/1: Connection setup timed out in state CONNECT", .timedOut),
        ] as [(Int32, String, KafkaOutage)])
    func aBrokerThatCannotBeReachedHasACause(code: Int32, text: String, cause: KafkaOutage) {
        #expect(KafkaOutage(code: code, text: text) == cause)
        #expect(KafkaOutage.broker(in: text)?.contains(":") == true)
        let error = PipelineError.sink(SinkFailure("could not do it: \(text)", code: code))
        #expect(RecoveryPolicy.decide(error) == .retry)
        #expect(RecoveryPolicy.patience(error) == cause.advice)
    }

    @Test(arguments: [
        (#"could not translate host name "x" to address: Name or service not known"#, PostgresOutage.unresolvedName),
        (#"connection to server at "127.0.0.1", port 1 failed: Connection refused"#, .refusedConnection),
        ("server does not support SSL, but SSL was required", .withoutTLS),
        ("SSL error: certificate verify failed", .untrustedCertificate),
        (#"server certificate for "a" does not match host name "b""#, .otherHostName),
        (#"root certificate file "/x" does not exist"#, .unreadableFile),
        ("received invalid response to SSL negotiation: H", .otherServer),
        ("timeout expired", .timedOut),
    ])
    func aServerThatCannotBeReachedHasACause(text: String, cause: PostgresOutage) {
        #expect(PostgresOutage(text: text) == cause)
        let error = PipelineError.source(SourceFailure("could not connect: \(text)"))
        #expect(RecoveryPolicy.decide(error) == .retry)
        #expect(RecoveryPolicy.patience(error) == cause.advice)
    }
}
