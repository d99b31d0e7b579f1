import Testing

@testable import Pipeline

@Suite struct CloserLookTests {
    private static func failure(_ code: KafkaCode) -> PipelineError { .sink(SinkFailure("x", code: code.rawValue)) }

    @Test(arguments: [
        KafkaCode.invalidTimestamp, .msgSizeTooLarge, .invalidRecord, .localUnknownPartition, .unknownTopicOrPart,
        .invalidMsg,
    ])
    func whatARecordBringsAboutIsLookedAtOnce(code: KafkaCode) {
        var look = CloserLook()
        let first = (look.begins(), look.isWanted(after: Self.failure(code), lasting: .seconds(1)))
        #expect(first == (false, true))
        let second = (look.begins(), look.isWanted(after: Self.failure(code), lasting: .seconds(1)))
        #expect(second == (true, false))
        let isThirdClose = look.begins()
        #expect(!isThirdClose)
    }

    @Test func aSessionThatWentWellForLongBeginsAnew() {
        var look = CloserLook()
        _ = look.begins()
        _ = look.isWanted(after: Self.failure(.invalidTimestamp), lasting: .seconds(1))
        _ = look.begins()
        let isWanted = look.isWanted(after: Self.failure(.invalidTimestamp), lasting: .seconds(61))
        #expect(isWanted)
    }

    @Test(arguments: [KafkaCode.topicAuthorizationFailed, .localTransport, .localFenced])
    func whatNoRecordBringsAboutIsNot(code: KafkaCode) {
        var look = CloserLook()
        _ = look.begins()
        let isWanted = look.isWanted(after: Self.failure(code), lasting: .seconds(1))
        #expect(!isWanted)
    }
}
