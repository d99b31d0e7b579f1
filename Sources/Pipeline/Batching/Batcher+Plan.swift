internal import Logging
internal import ReplicationProtocol
internal import RowMapping

/// Another plan, from one transaction to the next.
extension Batcher {
    /// Takes over the plan that waits, if the stream is between two transactions: what came before it is sent by the
    /// old rules, what follows by its own.
    ///
    /// A plan whose rules do not fit the tables that are known is refused, and the old one stays: at a start the same
    /// would end the daemon, and here it need not.
    func adoptPlan() async throws(PipelineError) {
        guard !assembler.isInTransaction, let next = plans.take() else { return }
        try await flush()
        do throws(PipelineError) {
            try await check(next.rules)
        } catch {
            switch error {
            case .mapping, .topicMissing, .topicNotCreated, .topicTaken:
                logger.error(
                    "the reloaded configuration does not fit: \(error)",
                    metadata: ["advice": "correct it and reload again; until then the previous one stays in force"])
                return plans.settle(nil)
            default:
                // A server has gone in between, and the session ends with this. The next one goes by the plan.
                plans.settle(next)
                throw error
            }
        }
        if rules.schemaChangesTopic != next.rules.schemaChangesTopic { shapes = [:] }
        rules = next.rules
        plan = next.position
        requestPolicy = next.requests
        await refuseRequestsNoLongerAllowed()
        assembler.adopt(next.batch, messages: next.rules.messages)
        try await openOwnTopics()
        plans.settle(next)
        try await adoptRulesForRequest()
        logger.notice("the reloaded configuration is in force", metadata: ["lsn": "\(boundary)"])
    }

    /// Compiles the rules for all tables that have had changes, and throws what the first change after them would.
    private func check(_ rules: MappingRules) async throws(PipelineError) {
        for name in [rules.deadLetterTopic, rules.schemaChangesTopic].compactMap({ $0 }) {
            _ = try await sink.openTopic(name)
        }
        for relation in assembler.tables.map(\.relation) {
            let name = TableName(schema: relation.schema, name: relation.name)
            if let rule = rules.rule(for: name) {
                _ = try await compile(rule, relation, by: rules)
            } else if rules.unmapped == .error {
                throw .mapping(.unmappedTable(name), at: assembler.place)
            }
        }
    }
}
