import RowMapping
import Testing

@testable import Configuration

@Suite struct EnvironmentReferencesTests {
    private let references = EnvironmentReferences(environment: [
        "HOST": "db", "PORT": "6432", "EMPTY": "", "NESTED": "${HOST}", "YAML": "x: [1, 2]\ny: 3",
    ])

    @Test(arguments: [
        ("${HOST}", "db"), ("${HOST}:${PORT}", "db:6432"), ("a${HOST}b", "adbb"), ("plain", "plain"), ("", ""),
        ("${NONE:-x}", "x"), ("${NONE:-}", ""), ("${EMPTY}", ""), ("${EMPTY:-x}", "x"), ("${HOST:-x}", "db"),
        ("${NONE:-a:b-c}", "a:b-c"), ("$${HOST}", "${HOST}"), ("$$${HOST}", "$${HOST}"), ("$", "$"), ("$$", "$$"),
        ("$HOST", "$HOST"), ("100$", "100$"), ("}", "}"), ("${HOST}}", "db}"),
    ])
    func referencesAreReplaced(_ text: String, _ expansion: String) throws {
        #expect(try references.expand(text).text == expansion)
    }

    @Test func whatAVariableHoldsIsNotExpandedAgain() throws {
        #expect(try references.expand("${NESTED}").text == "${HOST}")
    }

    @Test(arguments: [
        "${", "${HOST", "${}", "${1A}", "${A B}", "${HOST:x}", "${HOST-x}", "${:-x}", "${NONE:-${HOST}}", "${\u{C4}}",
    ])
    func aMalformedReferenceIsRefused(_ text: String) {
        #expect(throws: ValueError.self) { try references.expand(text) }
    }

    @Test func anUnsetVariableIsNamed() {
        let error = #expect(throws: ValueError.self) { try references.expand("${NO_SUCH}") }
        #expect(error?.reason.contains("NO_SUCH") == true)
    }

    @Test func aVariableCannotBecomeYAML() throws {
        let result = Sample.load(
            Sample.text(mapping: "tables: {users: {topic: t, operationField: '${YAML}'}}"),
            environment: ["YAML": "x\nonDelete: skip"])
        let rule = try #require(result.settings?.mapping.tables.values.first)
        #expect(rule.operationField == "x\nonDelete: skip")
        #expect(rule.onDelete == .old)
    }

    @Test func theResultHasTheTypeThatTheKeyDemands() throws {
        let result = Sample.load(
            Sample.text(
                cdc: "port: ${PORT}\nmetric: {port: '${NONE:-0}'}", kafka: "allowAutoTopicCreation: ${FLAG}"),
            environment: ["PORT": "6432", "FLAG": "false"])
        let settings = try #require(result.settings)
        #expect(settings.cdc.port == 6432)
        #expect(settings.cdc.metricPort == 0)
        #expect(!settings.kafka.allowAutoTopicCreation)
    }

    @Test func keysAreNotExpanded() {
        let result = Sample.load(Sample.text(cdc: "${KEY}: 5432"), environment: ["KEY": "port"])
        #expect(result.errors == [#"unknown key "${KEY}" in cdc"#])
    }
}
