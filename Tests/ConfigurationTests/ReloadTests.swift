import Foundation
import Testing

@testable import Configuration

/// Each key is put in force by a reload, or named as needing a restart.
@Suite struct ReloadTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var key: String
        var text: String
        var testDescription: String { key }
    }

    /// A file that differs from the sample in one key.
    private static let restarts: [Example] = [
        .init(key: "memoryLimit", text: Sample.text(top: "memoryLimit: 64mb")),
        .init(key: "cdc.snapshot", text: Sample.text(cdc: "snapshot: {mode: initial}")),
        .init(key: "cdc.host", text: replaced("host: localhost", "host: db")),
        .init(key: "cdc.port", text: Sample.text(cdc: "port: 5433")),
        .init(key: "cdc.username", text: replaced("username: cdc_user", "username: other")),
        .init(key: "cdc.password", text: Sample.text(cdc: "password: ${CDC_PASSWORD}")),
        .init(key: "cdc.database", text: replaced("database: cdc_db", "database: other")),
        .init(key: "cdc.pipeline", text: Sample.text(cdc: "pipeline: eu")),
        .init(key: "cdc.sslMode", text: Sample.text(cdc: "sslMode: require")),
        .init(key: "cdc.sslRootCert", text: Sample.text(cdc: "sslRootCert: /ca.pem")),
        .init(key: "cdc.sslCert", text: Sample.text(cdc: "sslCert: /client.pem")),
        .init(key: "cdc.sslKey", text: Sample.text(cdc: "sslKey: /client.key")),
        .init(key: "cdc.publication.name", text: replaced("name: cdc_publication", "name: other")),
        .init(
            key: "cdc.publication.createIfNotExists",
            text: Sample.text(publication: "createIfNotExists: true\noperations: [insert]\ntables: [{name: users}]")),
        .init(
            key: "cdc.publication.generatedColumns", text: Sample.text(publication: "generatedColumns: stored")),
        .init(key: "cdc.publication.operations", text: Sample.text(publication: "operations: [insert]")),
        .init(key: "cdc.publication.tables", text: Sample.text(publication: "tables: [{name: users}]")),
        .init(key: "cdc.slot.name", text: replaced("name: cdc_slot", "name: other")),
        .init(key: "cdc.slot.createIfNotExists", text: Sample.text(slot: "createIfNotExists: true")),
        .init(key: "cdc.slot.onGap", text: Sample.text(slot: "onGap: accept")),
        .init(key: "cdc.metric.port", text: Sample.text(cdc: "metric: {port: 9090}")),
        .init(key: "cdc.logger.format", text: Sample.text(cdc: "logger: {format: json}")),
        .init(key: "cdc.heartbeat.interval", text: Sample.text(cdc: "heartbeat: {interval: 1s}")),
        .init(key: "kafka.brokers", text: replaced("[localhost:9092]", "[other:9092]")),
        .init(key: "kafka.clientID", text: Sample.text(kafka: "clientID: other")),
        .init(key: "kafka.compression", text: Sample.text(kafka: "compression: zstd")),
        .init(key: "kafka.balancer", text: Sample.text(kafka: "balancer: CRC32Balancer")),
        .init(key: "kafka.allowAutoTopicCreation", text: Sample.text(kafka: "allowAutoTopicCreation: false")),
        .init(key: "kafka.delivery", text: Sample.text(kafka: "delivery: exactly-once")),
        .init(key: "kafka.stateTopic", text: Sample.text(kafka: "stateTopic: other")),
        .init(
            key: "kafka.exactlyOnce.transactionTimeout",
            text: Sample.text(kafka: "exactlyOnce: {transactionTimeout: 90s}")),
        .init(key: "kafka.readTimeout", text: Sample.text(kafka: "readTimeout: 30s")),
        .init(key: "kafka.metadataTTL", text: Sample.text(kafka: "metadataTTL: 30s")),
        .init(key: "kafka.secureConnection", text: Sample.text(kafka: "secureConnection: true")),
        .init(key: "kafka.rootCA", text: Sample.text(kafka: "secureConnection: true\nrootCA: /ca.pem")),
        .init(key: "kafka.maxMessageBytes", text: Sample.text(kafka: "maxMessageBytes: 2mb")),
        .init(key: "kafka.properties", text: Sample.text(kafka: "properties: {linger.ms: 5}")),
        .init(
            key: "kafka.scramUsername", text: Sample.text(kafka: "scramUsername: a\nscramPassword: ${CDC_PASSWORD}")),
        .init(
            key: "kafka.scramPassword", text: Sample.text(kafka: "scramUsername: a\nscramPassword: ${CDC_PASSWORD}")),
    ]

    private static func replaced(_ old: String, _ new: String) -> String {
        Sample.text().replacingOccurrences(of: old, with: new)
    }

    private func keys(_ text: String, from old: String = Sample.text()) throws -> [String] {
        let result = Sample.load(text)
        let new = try #require(result.settings, "\(result.rendered)")
        return try #require(Sample.load(old).settings).keysNeedingRestart(for: new)
    }

    @Test("A key that is read at start only is named", arguments: restarts)
    func itIsNamed(example: Example) throws {
        let keys = try keys(example.text)
        // The publication is compared as a whole, a property under its own name.
        #expect(keys.contains { example.key.hasPrefix($0) || $0.hasPrefix(example.key + ".") }, "\(keys)")
        #expect(!Settings.isReloadable(example.key))
    }

    @Test func theSameFileNeedsNothing() throws { #expect(try keys(Sample.text()) == []) }

    @Test(
        "A key that is put in force is not",
        arguments: [
            Sample.text(top: "shutdownTimeout: 5s"), Sample.text(top: "readiness: {maxStall: 5s}"),
            Sample.text(top: "readiness: {unpublished: fail}"),
            Sample.text(slot: "slotActivityCheckerInterval: 5s"),
            Sample.text(cdc: "logger: {level: debug}"), Sample.text(cdc: "snapshot: {onDemand: anyone}"),
            Sample.text(kafka: "producerBatchSize: 5"),
            Sample.text(kafka: "producerBatchBytes: 5kb"), Sample.text(kafka: "producerBatchTickerDuration: 5s"),
            Sample.text(kafka: "exactlyOnce: {maxTransactionBytes: 1mb, commitInterval: 1s}"),
            Sample.text(kafka: "tableTopicMapping: {public.a: b}"),
            Sample.text(mapping: "tables: {public.users: {topic: other}}"),
        ])
    func itIsPutInForce(text: String) throws {
        #expect(try keys(text) == [])
        let old = try #require(Sample.load(Sample.text()).settings)
        let new = try #require(Sample.load(text).settings)
        let merged = old.reloading(from: new)
        #expect("\(merged)" == "\(new)")
        #expect("\(merged)" != "\(old)")
    }

    @Test("Every key is one or the other, or has no effect", arguments: KeyTable.all.map(\.path))
    func everyKeyIsKnown(path: String) throws {
        let key = try #require(KeyTable.all.first { $0.path == path })
        let isNamed = Self.restarts.contains { path.hasPrefix($0.key) }
        #expect(Settings.isReloadable(path) || isNamed || key.caution != nil || Self.others.contains(path))
    }

    /// Those that are another way to give one that is named.
    private static let others: Set<String> = [
        "cdc.passwordFile", "kafka.scramPasswordFile", "kafka.interCA", "kafka.interCAPath", "mapping.unmapped",
    ]

    @Test func theReferenceNamesWhatAReloadPutsInForce() throws {
        let page = String(
            decoding: try Folders.bytes(
                of: "configuration.md",
                in: Folders.configuration.deletingLastPathComponent()
                    .appending(path: "docs")), as: UTF8.self)
        let section = try #require(page.components(separatedBy: "\n## Reloading\n").dropFirst().first)
            .components(separatedBy: "\n## ")[0]
        for key in Settings.reloadable { #expect(section.contains("`\(key)`"), "\(key)") }
    }
}
