import Testing

@testable import Configuration

/// A secret reaches libpq and librdkafka, and nobody else.
@Suite struct SecrecyTests {
    private static let secret = "hunter2"

    /// Files that are wrong on the very line, or around it, where the secret stands.
    static let wrongFiles: [String] = [
        "cdc: {password: hunter2, port: x}", "cdc: {port: x, password: hunter2}", "cdc: {password: [hunter2]}",
        "cdc: {password: {hunter2: hunter2}}", "cdc:\n  password: hunter2\n  password: hunter2\n",
        "cdc:\n  pasword: hunter2\n", "cdc:\n  passwords: {a: hunter2}\n", "pw: hunter2\n", "password: hunter2\n",
        "cdc:\n  password: hunter2\n  passwordFile: x\n", "cdc:\n  password: hunter2 : x\n",
        "cdc:\n  password: 'hunter2\n  port: 1\n", "cdc:\n  password: \"abc\n  hunter2\n  port: [\n",
        "cdc:\n  password: |\n    hunter2\n\t  hunter2\n", "cdc:\n  password: |\n    hunter2\n    hunter2\n  hots: 1\n",
        "cdc:\n  password: &a hunter2\n", "cdc:\n  password: !x hunter2\n", "cdc:\n  password: ${X:-hunter2\n",
        "cdc:\n  password: ${X:-${hunter2}}\n", "cdc:\n  password: x ${NONE} hunter2\n",
        "cdc:\n  password: x # hunter2\n  password: y\n", "hunter2", "- hunter2", "\"hunter2", "hunter2: [",
        "kafka: hunter2",
        "kafka:\n  properties: sasl.password=hunter2\n", "kafka:\n  properties: [sasl.password=hunter2]\n",
        "kafka:\n  properties:\n    sasl.password: [hunter2]\n",
        "kafka:\n  properties:\n    sasl.password: hunter2\n    sasl.password: hunter2\n",
        "kafka:\n  properties:\n    ssl.key.password: hunter2: 1\n",
        "kafka: {scramPassword: hunter2, properties: {sasl.jaas.config: hunter2, acks: 1}, bogus: hunter2}",
        "kafka:\n  scramPassword: hunter2\n", "kafka:\n  scramPassword: \"\\xhunter2\"\n",
        "kafka:\n  scramPassword: hunter2\n\tx: 1\n", "cdc: {password: \"hunter2\", \u{1}}", "password=hunter2\0",
        "cdc: {heartbeat: {password: hunter2}}", "cdc:\n  snapshot:\n    password: hunter2\n",
        "cdc:\n  host:\n    password: hunter2\n", "kafka:\n  brokers: [{password: hunter2}]\n",
        "cdc:\n  ? [hunter2]\n  : hunter2\n", "cdc:\n  port: ${SECRET}\n  sslMode: ${SECRET}\n  host: [${SECRET}]\n",
        "kafka: {requiredAcks: '${SECRET}', compression: '${SECRET}', brokers: '${SECRET}:x', balancer: '${SECRET}'}",
        "cdc: {slot: {name: 'A${SECRET}', slotActivityCheckerInterval: '${SECRET}'}}\nmemoryLimit: ${SECRET}",
        "mapping: {hmacKey: [hunter2]}", "mapping:\n  hmacKey: hunter2\n  hmacKey: hunter2\n",
        "mapping: {hmackey: hunter2}",
        "mapping:\n  hmacKey: 'hunter2\n  tables:\n", "mapping: {hmacKey: hunter2, hmacKeyFile: x}",
        "mapping: {tables: {users: {filter: '${SECRET} = ${SECRET} x', topic: '{${SECRET}}'}}}",
        "mapping: {tables: {users: {headers: {a: '{${SECRET}'}, columns: {mask: {a: '${SECRET}'}}}}}",
        "mapping: {deadLetter: {topic: '${SECRET}/'}, messages: {a: {topic: '/${SECRET}', content: '${SECRET}'}}}",
        "mapping: {tables: {users: {partition: '${SECRET}', headers: '${SECRET}', envelope: '${SECRET}'}}}",
        "mapping: {tables: {users: {topic: 'a${SECRET}/{table}', key: a, columns: {mask: {a: redact}}}}}",
        "mapping: {tables: {users: {topic: '/${SECRET}', key: ['${SECRET}', '${SECRET}']}}}",
    ]

    @Test(arguments: wrongFiles) func noDiagnosticShowsASecret(_ text: String) {
        let result = Sample.load(text, environment: ["SECRET": Self.secret])
        #expect(!result.errors.isEmpty)
        #expect(!result.rendered.contains(Self.secret), "\(result.rendered)")
        #expect(!"\(result)".contains(Self.secret))
    }

    @Test func theSettingsCannotBePrintedWithTheirSecrets() throws {
        let result = Sample.load(
            Sample.text(
                cdc: "password: hunter2",
                kafka: """
                    scramUsername: u
                    scramPassword: hunter2
                    properties: {ssl.key.password: hunter2, ssl.key.pem: hunter2}
                    """,
                mapping: "hmacKey: hunter2\ntables: {a: {topic: a, columns: {mask: {b: hmac-sha256}}}}"))
        let settings = try #require(result.settings)
        var dumped = ""
        dump(result, to: &dumped)
        for text in ["\(settings)", String(describing: result), String(reflecting: settings), dumped] {
            #expect(!text.contains(Self.secret))
            #expect(text.contains("***"))
        }
        #expect(settings.cdc.password?.reveal() == Self.secret)
    }

    @Test(arguments: [
        "sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem", "ssl_key",
        "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config",
        "sasl.oauthbearer.assertion.private.key.passphrase",
        "sasl.oauthbearer.assertion.private.key.pem", "sasl.jaas.config", "SASL.PASSWORD",
    ])
    func aSecretOfLibrdkafkaIsMarked(_ name: String) throws {
        let settings = try #require(Sample.load(Sample.text(kafka: "properties: {\(name): hunter2}")).settings)
        guard case .secret(let secret)? = settings.kafka.properties.first(where: { $0.name == name })?.value else {
            Issue.record("\(name) is not secret")
            return
        }
        #expect(secret.reveal() == Self.secret)
    }

    @Test func thePasswordFileLosesOnlyItsLineBreak() throws {
        for (content, password) in [
            ("hunter2\n", "hunter2"), ("hunter2", "hunter2"), (" a \r\n", " a "), ("a\n\n", "a\n"),
        ] {
            try Folders.withTemporary(files: ["pw": content]) { folder in
                let result = Sample.load(Sample.text(cdc: "passwordFile: \(folder)/pw"))
                #expect(result.settings?.cdc.password?.reveal() == password)
            }
        }
    }

    @Test func aRelativePasswordFileIsACredentialFirstAndThenBesideTheFile() throws {
        try Folders.withTemporary(files: ["pw": "credential"]) { credentials in
            try Folders.withTemporary(files: ["pw": "beside", "other": "beside"]) { folder in
                func password(_ name: String, _ environment: [String: String]) -> String? {
                    ConfigurationFile.parse(
                        Array(Sample.text(cdc: "passwordFile: \(name)").utf8), fileName: "x", directory: folder,
                        environment: environment
                    ).settings?.cdc.password?.reveal()
                }
                #expect(password("pw", ["CREDENTIALS_DIRECTORY": credentials]) == "credential")
                #expect(password("other", ["CREDENTIALS_DIRECTORY": credentials]) == "beside")
                #expect(password("pw", [:]) == "beside")
            }
        }
    }

    @Test(arguments: [("", "it is empty"), ("\n", "it is empty"), ("a\0b", "it is not text")])
    func aUselessPasswordFileIsRefused(_ content: String, _ reason: String) throws {
        try Folders.withTemporary(files: ["pw": content]) { folder in
            let result = Sample.load(Sample.text(cdc: "passwordFile: \(folder)/pw"))
            #expect(result.errors == ["cdc.passwordFile cannot be read: \(reason)"])
        }
    }
}
