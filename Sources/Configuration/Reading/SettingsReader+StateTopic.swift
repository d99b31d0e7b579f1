import RowMapping

/// The topic of the positions, which no record of a table or a message may go to.
extension SettingsReader {
    /// Nil where the file does without.
    var stateTopic: String? {
        let topic = file.section("kafka").requiredText("stateTopic")
        return topic == "none" ? nil : topic
    }

    func checkStateTopicName(_ kafka: CheckedSection) { check(kafka, "stateTopic", TopicName.problem) }

    /// Reports a topic of records that is the state topic; says whether it is.
    @discardableResult
    func refuseStateTopic(_ topic: String, _ what: String, at position: SourcePosition) -> Bool {
        guard topic == stateTopic else { return false }
        collector.error(
            "\(what) is the state topic (kafka.stateTopic)", at: position,
            note: "the positions need a topic of their own; name another in one of the two places")
        return true
    }
}
