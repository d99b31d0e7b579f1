import RowMapping
import Testing

@testable import Configuration

/// Files of go-pq-cdc-kafka's own binary, and what they mean there.
@Suite struct MapperTests {
    private func settings(
        _ mapper: String, kafka: String = "", mapping: String = "tables: {public.users: {topic: users}}"
    ) throws -> Settings {
        let result = Sample.load(Sample.text(kafka: kafka, mapping: mapping, top: mapper))
        #expect(result.rendered == "")
        return try #require(result.settings)
    }

    private func rule(_ table: String, _ settings: Settings) throws -> TableRule {
        try #require(settings.mapping.rule(for: TableName(schema: "public", name: table)))
    }

    @Test("Key, operation and headers are those of that binary", arguments: ["mapper: {keyField: id}", "mapper: {}"])
    func recordsAreThoseOfTheBinary(mapper: String) throws {
        let rule = try rule("a", settings(mapper, kafka: "tableTopicMapping: {public.a: b}"))
        #expect(rule.key == ["id"] && rule.operationField == "operation" && rule.envelope == .row)
        #expect(rule.headers.map(\.name) == ["operation", "table", "source"])
        #expect(rule.headers.map(\.value.text) == ["{operation}", "{schema}.{table}", "{source}"])
        // As a file with the placeholders in it has them.
        for header in rule.headers { #expect(try Template.parse(header.value.text) == header.value) }
        #expect(rule.onDelete == .old && rule.onTruncate == .skip)
    }

    @Test func aTableHasAKeyOfItsOwn() throws {
        let settings = try settings(
            "mapper: {keyField: no, tableKeyMapping: {public.a: code, public.x_1: other, public.c: \"\"}}",
            kafka: "tableTopicMapping: {public.a: a, public.b: b, public.c: c}",
            mapping: "tables: {public.users: {topic: u, key: [mine]}, \"public.x_*\": {topic: x}}")
        #expect(try rule("a", settings).key == ["code"])
        #expect(try rule("b", settings).key == ["no"])
        #expect(try rule("c", settings).key == ["no"], "an empty one stands for keyField")
        #expect(try rule("x_1", settings).key == ["other"] && rule("x_2", settings).key == ["no"])
        #expect(try rule("users", settings).key == ["mine"], "what mapping says holds")
    }

    @Test func whatMappingSaysHolds() throws {
        let settings = try settings(
            "mapper: {keyField: id}", kafka: "tableTopicMapping: {public.a: a}\nskipOversizedMessages: true",
            mapping: "defaults: {operationField: op, headers: none, key: [x], onOversize: stop}")
        let rule = try rule("a", settings)
        #expect(rule.key == ["x"] && rule.operationField == "op" && rule.headers.isEmpty && rule.onOversize == .stop)
    }

    @Test func withoutTheSectionNothingComesOfIt() throws {
        let rule = try rule("a", settings("", kafka: "tableTopicMapping: {public.a: a}"))
        #expect(rule.key == nil && rule.operationField == nil && rule.headers.isEmpty && rule.onOversize == .stop)
    }

    @Test(
        "Oversized records are left out from the size on that is given",
        arguments: [
            ("skipOversizedMessages: true", FailureAction.skip, String?("1048576")),
            ("skipOversizedMessages: true\nmaxMessageBytes: 10kb", .skip, "10240"),
            ("skipOversizedMessages: false\nmaxMessageBytes: 2mb", .stop, "2097152"), ("", .stop, nil),
            ("skipOversizedMessages: true\nproperties: {message.max.bytes: 5000}", .skip, "5000"),
        ])
    func oversized(kafka: String, action: FailureAction, limit: String?) throws {
        let settings = try settings("", kafka: "tableTopicMapping: {public.a: a}\n" + kafka)
        #expect(try rule("a", settings).onOversize == action)
        let value = settings.kafka.properties.last { $0.name == "message.max.bytes" }.map { "\($0.value)" }
        #expect(value?.contains(limit ?? "-") ?? (limit == nil))
    }

    @Test(
        "A heartbeat comes as often as there",
        arguments: [
            ("{table: {name: h}, interval: 100ms}", Duration.milliseconds(100)),
            ("{table: {name: h}}", .milliseconds(100)),
            ("{interval: 5s}", .seconds(5)),
        ])
    func heartbeats(heartbeat: String, interval: Duration) throws {
        let result = Sample.load(Sample.text(cdc: "heartbeat: \(heartbeat)"))
        #expect(try #require(result.settings).cdc.heartbeatInterval == interval)
    }

    @Test(
        "Empty names, passwords and authorities are none",
        arguments: [
            "scramUsername: \"\"", "scramUsername: \"\"\nscramPassword: \"\"", "rootCA: \"\"\ninterCA: \"\"",
            "secureConnection: true\nrootCA: \"\"\nrootCAPath: \"\"\nscramUsername: \"\"",
        ])
    func emptyOnesAreNone(kafka: String) throws {
        let names = try settings("", kafka: kafka).kafka.properties.map(\.name)
        #expect(!names.contains { $0.hasPrefix("sasl.") || $0.hasPrefix("ssl.ca") })
    }

    @Test func aPathStandsForTheAuthorityThatIsNotGiven() throws {
        let properties = try settings("", kafka: "secureConnection: true\nrootCA: \"\"\nrootCAPath: /etc/root.pem")
            .kafka.properties
        #expect("\(properties)".contains("/etc/root.pem"))
    }

    @Test func anEmptyPasswordOfAUserIsAMistake() {
        let result = Sample.load(Sample.text(kafka: "scramUsername: u\nscramPassword: \"\""))
        #expect(result.errors.contains { $0.contains("kafka.scramPassword must not be empty") })
    }
}
