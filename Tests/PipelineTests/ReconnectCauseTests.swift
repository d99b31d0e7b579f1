import Observability
import Testing

@testable import Pipeline

@Suite struct ReconnectCauseTests {
    @Test(arguments: [
        (nil, ReconnectCause.connectionLost), ("57P01", .serverShutdown), ("57P03", .serverShutdown),
        ("08006", .connectionLost), ("55006", .serverRefused), ("53300", .serverRefused),
    ])
    func whatPostgreSQLSaysIsTheCause(_ sqlState: String?, _ cause: ReconnectCause) {
        #expect(ReconnectCause(.source(SourceFailure("gone", sqlState: sqlState))) == cause)
    }

    @Test(arguments: [(Int32(-144), ReconnectCause.fenced), (90, .fenced), (-195, .kafkaFailed)])
    func whatKafkaSaysIsTheCause(_ code: Int32, _ cause: ReconnectCause) {
        #expect(ReconnectCause(.sink(SinkFailure("gone", code: code))) == cause)
    }

    @Test(arguments: [
        PipelineError.source(SourceFailure("gone")), .source(SourceFailure("gone", sqlState: "57P01")),
        .sink(SinkFailure("gone", code: -195)), .sink(SinkFailure("gone", code: -144)),
    ])
    func whatIsTriedAgainComesWithAdvice(_ error: PipelineError) {
        #expect(!RecoveryPolicy.patience(error).isEmpty)
    }
}
