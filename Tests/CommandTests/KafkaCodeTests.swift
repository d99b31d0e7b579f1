import Kafka
import Pipeline
import Testing

/// The table of Kafka's error codes, against the librdkafka that is loaded.
@Suite struct KafkaCodeTests {
    /// `TOPIC_EXCEPTION` for `topicException`, `_SSL` for `localSsl`.
    private static func symbol(_ code: KafkaCode) -> String {
        var symbol = ""
        for character in "\(code)" {
            if character.isUppercase { symbol += "_" }
            symbol += character.uppercased()
        }
        return symbol.hasPrefix("LOCAL_") ? String(symbol.dropFirst("LOCAL".count)) : symbol
    }

    @Test func everyCodeOfTheLibraryIsInTheTableUnderItsName() {
        let codes = LibraryVersion.errorCodes
        #expect(codes.count > 100)
        for (code, name, _) in codes {
            #expect(KafkaCode(rawValue: code).map(Self.symbol) == name, "\(code)")
        }
    }

    @Test(arguments: KafkaCode.allCases)
    func eachHasAClassAnExitStatusAndAdvice(code: KafkaCode) {
        let decision = RecoveryPolicy.decide(.sink(SinkFailure("x", code: code.rawValue)))
        #expect(!code.advice.isEmpty)
        switch code.consequence {
        case .wait, .retry: #expect(decision == .retry && code.exitStatus == .unavailable)
        case .failedRow: #expect(decision == .stop(.data, advice: code.advice) && code.exitStatus == .data)
        case .stop(let status): #expect(decision == .stop(status, advice: code.advice) && code.exitStatus == status)
        }
    }

    @Test func aCodeOfALaterLibraryIsTriedAgain() {
        #expect(KafkaCode(rawValue: 9999) == nil)
        #expect(RecoveryPolicy.decide(.sink(SinkFailure("x", code: 9999))) == .retry)
    }

    @Test func whatBrokersWouldRefuseForEverIsNotTriedAgain() {
        for code: KafkaCode in [.invalidTimestamp, .invalidTransactionTimeout, .localUnsupportedFeature] {
            #expect(RecoveryPolicy.decide(.sink(SinkFailure("x", code: code.rawValue))) != .retry, "\(code)")
        }
    }
}
