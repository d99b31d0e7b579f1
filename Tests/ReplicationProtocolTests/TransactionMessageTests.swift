import Testing

@testable import ReplicationProtocol

@Suite struct TransactionMessageTests {
    @Test func aBeginNamesTheCommitThatIsToCome() throws {
        let message = try #require(try Capture.transactions.decoded().first?.message)
        guard case .begin(let begin) = message else {
            Issue.record("\(message) is no begin")
            return
        }
        #expect(begin.finalLSN == LSN("0/156B0F8"))
        #expect(begin.xid == 759)
    }

    @Test func aCommitEndsBehindItsRecord() throws {
        let messages = try Capture.transactions.decoded().map(\.message)
        guard case .begin(let begin) = messages[0], case .commit(let commit) = messages[4] else {
            Issue.record("\(messages) is not begin, relation, two inserts and commit")
            return
        }
        #expect(commit.flags == 0)
        #expect(commit.commitLSN == begin.finalLSN)
        #expect(commit.endLSN == LSN("0/156B128"))
        #expect(commit.commitTime == begin.commitTime)
    }

    @Test func anOriginNamesItselfAndTheCommitThere() throws {
        let origins = try Capture.transactions.decoded().compactMap { message -> Origin? in
            if case .origin(let origin) = message.message { origin } else { nil }
        }
        #expect(origins.map(\.name) == ["upstream"])
        #expect(origins.map(\.commitLSN) == [LSN("16/B374D848")])
    }

    @Test func theCommitTimeOfAnOriginIsTheOnesThere() throws {
        let begins = try Capture.transactions.decoded().compactMap { message -> Begin? in
            if case .begin(let begin) = message.message { begin } else { nil }
        }
        // 2026-11-23 10:00:00 UTC, as the script sets it.
        #expect(begins.last?.commitTime == ServerTime(microsecondsSinceUnixEpoch: 1_795_428_000_000_000))
    }

    @Test func serverTimeCountsFromTheYear2000() {
        #expect(ServerTime(rawValue: 0).microsecondsSinceUnixEpoch == 946_684_800_000_000)
        #expect(ServerTime(microsecondsSinceUnixEpoch: 946_684_800_000_001).rawValue == 1)
    }

    @Test(arguments: [Int64.min, .max])
    func aTimeFarOutsideTheCalendarDoesNotTrap(raw: Int64) {
        let time = ServerTime(rawValue: raw)
        #expect(ServerTime(microsecondsSinceUnixEpoch: time.microsecondsSinceUnixEpoch) == time)
    }
}
