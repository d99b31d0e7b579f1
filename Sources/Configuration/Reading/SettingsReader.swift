import RowMapping

/// Turns checked keys into ``Settings`` and reports what only shows when keys are seen together.
struct SettingsReader {
    let file: CheckedSection
    let collector: DiagnosticCollector
    /// The folder that relative paths are meant from.
    let directory: String
    /// systemd's `$CREDENTIALS_DIRECTORY`, where it is set.
    let credentialsDirectory: String?
    /// nil where the file is not for this machine.
    let machine: MachineChecks?

    /// The settings; to be thrown away when the collector has errors.
    func settings() -> Settings {
        let mapping = mapping()
        let readiness = file.section("readiness")
        let settings = Settings(
            cdc: cdc(), kafka: kafka(), mapping: mapping.rules, filterSources: mapping.filterSources,
            memoryLimit: file.byteSize("memoryLimit"), shutdownTimeout: file.duration("shutdownTimeout"),
            maxStall: readiness.duration("maxStall"),
            unpublished: readiness.choice("unpublished", as: Settings.UnpublishedAction.self) ?? .warn)
        checkMemory(settings)
        checkSnapshot(settings.mapping)
        return settings
    }

    private func checkMemory(_ settings: Settings) {
        guard settings.kafka.producerBatchBytes > settings.memoryLimit else { return }
        let kafka = file.section("kafka")
        let limit = ByteSizeText.format(settings.memoryLimit)
        collector.error(
            "kafka.producerBatchBytes is larger than memoryLimit (\(limit))",
            at: kafka.position(of: "producerBatchBytes"), note: "a batch is held in memory as a whole")
    }
}
