import Configuration
import Foundation
import RowMapping
import Testing

@Suite struct TutorialTests {
    private func load(_ environment: [String: String]) throws -> LoadResult {
        let path = Folders.examples.appending(path: "tutorial.yaml").path
        return ConfigurationFile.load(path: path, environment: environment)
    }

    @Test func theTutorialLoadsWithoutAWord() throws {
        let result = try load(["CDC_PASSWORD": "cdc_pass"])
        #expect(result.rendered == "")
        let settings = try #require(result.settings)
        #expect(settings.cdc.host == "127.0.0.1")
        #expect(settings.cdc.port == 5432)
        #expect(settings.cdc.password?.reveal() == "cdc_pass")
        #expect(settings.cdc.publication.name == "cdc_publication")
        #expect(settings.cdc.publication.operations.isEmpty)
        #expect(settings.cdc.slot.name == "cdc_slot")
        #expect(settings.cdc.slot.activityCheckerInterval == .seconds(3))
        #expect(settings.cdc.metricPort == 8081)
        #expect(settings.kafka.brokers == ["localhost:19092"])
        #expect(settings.kafka.producerBatchTickerDuration == .milliseconds(200))
        #expect(
            settings.mapping.tables == [
                TableName(schema: "public", name: "users"): TableRule(topic: "users.0", key: ["id"])
            ])
    }

    @Test func withoutItsVariableTheTutorialNamesIt() throws {
        let result = try load([:])
        #expect(result.settings == nil)
        #expect(
            result.errors == ["cdc.password needs the environment variable CDC_PASSWORD, which is not set"])
    }

    @Test func whatTheFileLeavesOutHasItsDefault() throws {
        let settings = try #require(Sample.load(Sample.text()).settings)
        #expect(settings.memoryLimit == 32 << 20)
        #expect(settings.shutdownTimeout == .seconds(30))
        #expect(settings.cdc.port == 5432)
        #expect(settings.cdc.password == nil)
        #expect(settings.cdc.metricPort == 8080)
        #expect(settings.cdc.logger.level == .info)
        #expect(settings.cdc.logger.format == .logfmt)
        #expect(settings.cdc.slot.activityCheckerInterval == .seconds(1))
        #expect(settings.kafka.producerBatchSize == 2000)
        #expect(settings.kafka.producerBatchBytes == 1 << 20)
        #expect(settings.kafka.producerBatchTickerDuration == .milliseconds(2))
        #expect(settings.kafka.compression == .none)
        #expect(settings.kafka.allowAutoTopicCreation)
        #expect(settings.kafka.partitioner == "murmur2_random")
        #expect(settings.mapping.unmapped == .skip)
    }
}
