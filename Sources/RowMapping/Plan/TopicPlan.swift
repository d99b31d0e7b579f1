/// A rule's topic, bound to a relation.
enum TopicPlan {
    /// The number under which the one topic was opened.
    case constant(Int32)
    case row(TemplatePlan, replacesIllegal: Bool)

    /// - Parameter number: of the constant topic.
    init(_ rule: TableRule, _ columns: RelationColumns, number: Int) throws(MappingError) {
        if try Self.constantName(rule, columns) != nil {
            self = .constant(Int32(number))
        } else {
            self = .row(
                try columns.template(rule.topic, in: rule.topicDeclaration),
                replacesIllegal: rule.illegalTopicCharacters == .replace)
        }
    }

    /// The columns that decide.
    var columns: [Int] {
        switch self {
        case .constant: []
        case .row(let template, _): template.columns
        }
    }

    /// - Throws: where every record would go to what Kafka does not take as a name.
    static func constantName(_ rule: TableRule, _ columns: RelationColumns) throws(MappingError) -> String? {
        guard var name = try columns.template(rule.topic, in: rule.topicDeclaration).constant else { return nil }
        if rule.illegalTopicCharacters == .replace {
            let count = name.withUnsafeMutableBufferPointer { buffer in
                buffer.baseAddress.map { TopicName.replaceIllegal($0, buffer.count) } ?? 0
            }
            name.removeSubrange(count...)
        }
        let text = String(decoding: name, as: UTF8.self)
        if let problem = TopicName.problem(text) { throw .illegalTopic(problem, table: columns.table) }
        return text
    }
}
