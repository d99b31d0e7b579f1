import Testing

@testable import Configuration

/// What only the service can get at (systemd's credentials, its environment) stops a command only where it is needed.
@Suite struct UnreadableValueTests {
    private static let file = Sample.text(
        cdc: """
            passwordFile: no-such-credential
            sslMode: verify-full
            sslKey: ${CREDENTIALS_DIRECTORY}/cdc-key
            """,
        kafka: """
            scramUsername: pqcdc
            scramPassword: ${NO_SUCH_VARIABLE}
            """,
        mapping: """
            hmacKeyFile: no-such-credential
            tables: {public.users: {topic: users, columns: {mask: {name: hmac-sha256}}}}
            """)

    private func load(_ text: String, _ tolerance: UnreadableValue.Tolerance) -> LoadResult {
        ConfigurationFile.parse(
            Array(text.utf8), fileName: "sample.yaml", directory: "/nowhere", environment: ["EMPTY": ""],
            tolerating: tolerance)
    }

    @Test func secretsThatCannotBeReadAreNotes() throws {
        let result = load(Self.file, .secrets)
        #expect(result.settings != nil, "\(result.rendered)")
        #expect(result.errors.isEmpty && result.diagnostics.allSatisfy { $0.severity == .note }, "\(result.rendered)")
        #expect(
            result.unreadable.map(\.key) == [
                "cdc.passwordFile", "cdc.sslKey", "kafka.scramPassword", "mapping.hmacKeyFile",
            ])
        #expect(result.unreadable.allSatisfy { $0.diagnostic.severity == .error })
        #expect(result.rendered.contains("cdc.passwordFile cannot be read: no such file or directory"))
    }

    @Test func forADaemonEachIsAnError() {
        let result = load(Self.file, .none)
        #expect(result.settings == nil && result.errors.count == 4 && result.unreadable.isEmpty, "\(result.rendered)")
    }

    @Test func otherValuesAreLeftOutOnlyWhereAllMayBe() {
        let text = Sample.text(
            kafka: "clientID: ${NO_SUCH_VARIABLE}", mapping: "tables: {public.users: {topic: \"${NONE}\"}}")
        #expect(load(text, .secrets).settings == nil)
        let result = load(text, .all)
        #expect(result.settings != nil, "\(result.rendered)")
        #expect(result.unreadable.map(\.key) == ["kafka.clientID", "mapping.tables.public.users.topic"])
    }

    @Test func whatIsWrongIsAnErrorWhateverIsTolerated() {
        #expect(load(Sample.text(cdc: "passwordFile: none", top: "memoryLimit: much"), .all).errors.count == 1)
    }

    // MARK: $NAME

    @Test(arguments: ["$KAFKA_CLIENT", "a-$(KAFKA_CLIENT)", "$KAFKA_CLIENT:1"])
    func aVariableWithoutBracesIsAWarning(_ text: String) {
        let result = Sample.load(Sample.text(kafka: "clientID: \"\(text)\""))
        #expect(result.warnings.count == 1 && result.errors.isEmpty, "\(result.rendered)")
        #expect(result.rendered.contains("a variable is written ${KAFKA_CLIENT}"), "\(result.rendered)")
    }

    @Test func aPasswordThatIsAVariableWithoutBracesIsAWarningThatDoesNotRepeatIt() {
        let result = Sample.load(Sample.text(cdc: "password: $CDC_PASSWORD"))
        #expect(result.warnings.count == 1 && !result.rendered.contains("CDC_PASSWORD"), "\(result.rendered)")
    }

    @Test(arguments: ["clientID: costs-5$", "clientID: $${A}", "clientID: a$b"])
    func anotherDollarSignIsNone(_ line: String) {
        let result = Sample.load(Sample.text(cdc: "password: pa$WORD$x", kafka: line))
        #expect(result.diagnostics.isEmpty, "\(result.rendered)")
    }
}
