extension SettingsReader {
    func delivery(_ kafka: CheckedSection) -> KafkaSettings.Delivery {
        kafka.choice("delivery", as: KafkaSettings.Delivery.self) ?? .atLeastOnce
    }

    /// `kafka.exactlyOnce`, which also holds defaults where it has no effect.
    func exactlyOnce(_ section: CheckedSection) -> ExactlyOnceSettings {
        ExactlyOnceSettings(
            maxTransactionBytes: section.byteSize("maxTransactionBytes"),
            commitInterval: section.duration("commitInterval"),
            transactionTimeout: section.duration("transactionTimeout"))
    }

    /// What is wrong with delivery, state topic and time-outs when they are seen together.
    func checkDelivery(_ kafka: CheckedSection) {
        checkStateTopicName(kafka)
        guard delivery(kafka) == .exactlyOnce else {
            reportWithoutEffect(kafka)
            return
        }
        if stateTopic == nil {
            collector.error(
                "kafka.delivery: exactly-once needs a state topic", at: kafka.position(of: "stateTopic"),
                note: "the position is kept in Kafka, in the transaction of its records")
        }
        checkTimeouts(kafka)
    }

    private func reportWithoutEffect(_ kafka: CheckedSection) {
        // A delivery that was refused may have been meant as exactly-once.
        if let entry = kafka.entry("exactlyOnce"), !kafka.isRefused("delivery") {
            collector.warning(
                "kafka.exactlyOnce has no effect without kafka.delivery: exactly-once", at: entry.keyPosition)
        }
        if stateTopic == nil, let entry = file.section("cdc").section("slot").entry("onGap") {
            collector.warning(
                "cdc.slot.onGap has no effect with kafka.stateTopic: none", at: entry.keyPosition,
                note: "without a position a gap is not noticed")
        }
    }

    private func checkTimeouts(_ kafka: CheckedSection) {
        let section = kafka.section("exactlyOnce")
        let timeout = section.duration("transactionTimeout")
        let text = DurationText.format(timeout)
        if section.duration("commitInterval") >= timeout {
            collector.error(
                "kafka.exactlyOnce.commitInterval is not below transactionTimeout (\(text))",
                at: section.position(of: "commitInterval"), note: "the brokers would abort each transaction")
        }
        if kafka.duration("producerBatchTickerDuration") >= timeout {
            collector.error(
                "kafka.producerBatchTickerDuration is not below kafka.exactlyOnce.transactionTimeout (\(text))",
                at: kafka.position(of: "producerBatchTickerDuration"), note: "the brokers would abort each transaction")
        }
        if kafka.has("readTimeout"), kafka.duration("readTimeout") > timeout {
            collector.error(
                "kafka.readTimeout is longer than kafka.exactlyOnce.transactionTimeout (\(text))",
                at: kafka.position(of: "readTimeout"), note: "a request must end before its transaction does")
        }
        let properties = kafka.section("properties")
        if let value = properties.text("socket.timeout.ms").flatMap({ Int64($0) }), .milliseconds(value) > timeout {
            collector.error(
                "kafka.properties sets \"socket.timeout.ms\" above kafka.exactlyOnce.transactionTimeout (\(text))",
                at: properties.position(of: "socket.timeout.ms"), note: "a request must end before its transaction does"
            )
        }
    }
}
