import Configuration
import Testing

/// What the units' `LoadCredential=` puts into $CREDENTIALS_DIRECTORY serves as every secret of the file.
@Suite struct CredentialTests {
    @Test func everySecretCanBeACredential() throws {
        let files = [
            "cdc-password": "one\n", "kafka-password": "two\n", "hmac-key": "three\n", "cdc-key": "a key\n",
            "kafka-key": "a key\n",
        ]
        try Folders.withTemporary(files: files) { credentials in
            let text = Sample.text(
                cdc: """
                    passwordFile: cdc-password
                    sslMode: verify-full
                    sslKey: ${CREDENTIALS_DIRECTORY}/cdc-key
                    """,
                kafka: """
                    secureConnection: true
                    scramUsername: pqcdc
                    scramPasswordFile: kafka-password
                    properties: {"ssl.key.location": "${CREDENTIALS_DIRECTORY}/kafka-key"}
                    """,
                mapping: """
                    hmacKeyFile: hmac-key
                    tables: {public.users: {topic: users, columns: {mask: {name: hmac-sha256}}}}
                    """)
            let result = Sample.load(text, environment: ["CREDENTIALS_DIRECTORY": credentials])
            let settings = try #require(result.settings, "\(result.rendered)")
            #expect(settings.cdc.password?.reveal() == "one")
            #expect(settings.cdc.sslKey == "\(credentials)/cdc-key")
            let properties = Dictionary(uniqueKeysWithValues: settings.kafka.properties.map { ($0.name, $0.value) })
            #expect(properties["sasl.password"] == .secret(Secret("two")))
            #expect(properties["ssl.key.location"] == .plain("\(credentials)/kafka-key"))
        }
    }
}
